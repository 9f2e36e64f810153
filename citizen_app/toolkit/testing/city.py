"""A small city for tests: it makes citizens with codes, kiosks with tokens, and operators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import delete, text, update

from citizen_app import clock
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.documents import Source, proof_of, store_proof
from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.citizens.personal import phone_index
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.sessions import start_session
from citizen_app.citizens.tokens import read_access_token
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.operations import ClaimSource, Grant, grant_claim
from citizen_app.consent.notice import notice_in_force
from citizen_app.consent.operations import accept_notice
from citizen_app.delegations.acting import act_by
from citizen_app.delegations.models import Proof
from citizen_app.delegations.operations import Terms, accept, establish
from citizen_app.demo import city as demo
from citizen_app.demo.people import invented_number
from citizen_app.factory import CitizenFlask
from citizen_app.identity.documents import kind_of_number, read_document
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import send_due
from citizen_app.kiosks import operations as kiosk_operations
from citizen_app.kiosks import posters
from citizen_app.payments import events as payment_events
from citizen_app.payments import purses, transfers
from citizen_app.payments.provider_models import PaymentOrder
from citizen_app.payments.providers.interface import Event, Outcome
from citizen_app.registry import state
from citizen_app.registry.modules import current_registry
from citizen_app.registry.public_pages import is_public_page
from citizen_app.registry.state import ServiceState
from citizen_app.scans.pipeline import ScanQueues
from citizen_app.staff import operations as staff_operations
from citizen_app.staff.callers import held_by
from citizen_app.staff.tokens import create_token
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.tasks.runner import run_waiting_tasks
from citizen_app.text import Text
from citizen_app.toolkit.testing.founding import found
from citizen_app.toolkit.testing.partners import hand_out
from citizen_app.toolkit.testing.people import TestCitizen, TestKiosk, TestOperator, TestPoster

PASSWORD: Final = "quiet-lantern-river"
_numbers: Final = count(1)


class City:
    """Makes citizens, kiosks and operators in an application whose services are all enabled."""

    def __init__(self, app: CitizenFlask) -> None:
        self.app = app
        self.client = app.test_client()
        with app.app_context(), transaction():
            found()

    def citizen(
        self,
        name: str = "张小三",
        *claims: str,
        level: AssuranceLevel = AssuranceLevel.REAL_NAME,
        born: date | None = None,
        consents: bool = True,
    ) -> TestCitizen:
        """A citizen, signed in, to whom a counter has granted these claims, or of whom the date of birth is
        known, from which those by age follow; who has accepted the city's notice, or with `consents=False`
        agreed to nothing."""
        phone = _fresh_phone()
        with self.app.app_context(), transaction():
            citizen = create_citizen(phone, name=name, assurance_level=level)
            citizen.born = born.isoformat() if born is not None else None
            for claim in claims:
                self.grant_claim(citizen.id, claim)
            if consents:
                accept_notice(citizen.id, notice_in_force().version)
            return self.present(citizen, phone)

    @staticmethod
    def grant_claim(citizen_id: str, claim: str, **when: datetime | None) -> CitizenClaim:
        """What a counter grants, in a unit of work: for a year either way, unless `valid_from` and `valid_to`
        say when."""
        year, present = timedelta(days=365), clock.now()
        times = {"valid_from": present - year, "valid_to": present + year, **when}
        valid_from, valid_to = times["valid_from"], times["valid_to"]
        assert valid_from is not None
        return grant_claim(citizen_id, Grant(claim, ClaimSource.STAFF, valid_from, valid_to))

    def card_holder(
        self, born: date = date(1951, 10, 1), name: str = "王秀兰", *, with_phone: bool = False
    ) -> TestCitizen:
        """Somebody with an identity card who has accepted the notice, without a phone unless that is said."""
        phone, number = _fresh_phone() if with_phone else "", self.unused_id_number(born)
        with self.app.app_context(), transaction():
            found = self.present(create_citizen(phone or None, name=name), phone)
            accept_notice(found.id, notice_in_force().version)
        self.give_document(found, number)
        return found

    @staticmethod
    def unused_id_number(born: date = date(1951, 10, 1)) -> str:
        """The number of an identity card that nobody has: its division was never issued."""
        return invented_number(born, next(_numbers) % 1000)

    def give_document(self, citizen: TestCitizen, number: str) -> None:
        """Let a citizen have a document from now on, whoever had it before."""
        citizen.id_number = number
        document = read_document(kind_of_number(number), number, clock.now().date())
        proof = proof_of(document, Source.DESK, AssuranceLevel.IN_PERSON)
        with self.app.app_context(), transaction():
            db.session.execute(delete(CitizenDocument).where(CitizenDocument.number_index == proof.index))
            store_proof(db.session.get_one(Citizen, citizen.id), proof)

    def present(self, citizen: Citizen, phone: str) -> TestCitizen:
        """A citizen who is registered already, in a session of their own; in a unit of work."""
        signed_in = read_access_token(start_session(citizen).access_token)
        return TestCitizen(citizen.id, citizen.subject_number, signed_in, self.app, phone)

    def second_sign_in(self, citizen: TestCitizen) -> str:
        """Sign a citizen in on another phone, too; the id of that session."""
        with self.app.app_context(), transaction():
            opened = start_session(db.session.get_one(Citizen, citizen.id))
            return read_access_token(opened.access_token).session_id

    def acting(
        self, agent: TestCitizen, ward: TestCitizen, kind: str = "carer", *services: str
    ) -> TestCitizen:
        """The ward, for whom an agent calls and shows codes for the next five minutes, at these services or
        at all: what a test does with it, a family member does with their own phone."""
        with self.app.app_context(), transaction():
            terms = Terms(ActingKind(kind), services or None)
            made = establish(agent.id, ward.id, terms, Proof.DESK)
            if made.accepted_at is None:  # from fourteen on a ward is asked, too
                made = accept(ward.id, made.id)
            signed_in = read_access_token(act_by(agent.signed_in, made.id).access_token)
            return TestCitizen(ward.id, ward.subject_number, signed_in, self.app, ward.phone)

    def change_phone(self, citizen: TestCitizen, phone: str | None = None) -> None:
        """Give a citizen's account another number (E.164), a fresh one without it."""
        citizen.phone = phone or _fresh_phone()
        with self.app.app_context(), transaction():
            row = db.session.get_one(Citizen, citizen.id)
            row.phone_index = phone_index(citizen.phone)
            row.phone = citizen.phone

    def kiosk(
        self, service: str, *purposes: str, name: str = "东门 1 号", context: Mapping[str, Any] | None = None
    ) -> TestKiosk:
        """An activated kiosk of a service, for all its purposes unless some are named."""
        with self.app.app_context(), transaction():
            module = current_registry().get(service)
            assert module is not None, f"{service} is not installed"
            declared = [p.id for p in module.descriptor.purposes]
            kiosk, code = kiosk_operations.create(
                name=name,
                service=service,
                purposes=purposes or declared,
                place=Text("东门", "East gate"),
                context=context or {},
                purposes_of=lambda _: module.descriptor.purposes,
            )
            _, token = kiosk_operations.activate(code)
            allowed, told = tuple(kiosk.purposes), dict(kiosk.context)
            return TestKiosk(kiosk.id, token, self.app.test_client(), allowed, told)

    def poster(
        self, service: str, purpose: str | None = None, *, page: str | None = None, **context: Any
    ) -> TestPoster:
        """A poster of a service: for a purpose that accepts place codes, or for a public page."""
        with self.app.app_context(), transaction():
            module = current_registry().get(service)
            assert module is not None, f"{service} is not installed"
            made = posters.create(
                name="海报",
                service=service,
                purpose=purpose,
                page=page,
                title=None if purpose else Text("看一看", "Have a look"),
                place=Text("服务台", "Counter"),
                context=context,
                purposes_of=lambda _: module.descriptor.purposes,
                is_public_page=is_public_page,
            )
            return TestPoster(made.kiosk_id, made.token)

    def seed(self, *services: str) -> list[TestKiosk]:
        """Load the demo city with the data of these services or of all, as `flask demo load` does; returns
        its kiosks."""
        with self.app.app_context(), transaction():
            loaded = demo.load(services, fresh_tokens=True)
        return [
            TestKiosk(one["id"], one["token"], self.app.test_client(), tuple(one["purposes"]), one["context"])
            for one in loaded["kiosks"]
        ]

    def operator(
        self, service: str | None, role: str = "service_operator", unit: str | None = None
    ) -> TestOperator:
        """A member of staff with a role for one service, for one unit of it, or for the whole city."""
        with self.app.app_context(), transaction():
            name, grant = f"{role[:20]}-{next(_numbers)}", (role, service, unit)
            hired = staff_operations.create(name, PASSWORD, [grant]).staff
            held = held_by(hired.id)
            rights = sorted({*held.permissions, *(permission for permission, _ in held.units)})
            _, token = create_token(hired.id, "tests", rights, clock.now() + timedelta(days=364))
            return TestOperator(token, self.app.test_client(), hired.id, self.app)

    def partner_headers(
        self, service: str, unit: str, scopes: Iterable[str], *, name: str = ""
    ) -> dict[str, str]:
        """The headers of another system that calls a service for one of its units, within these scopes."""
        with self.app.app_context(), transaction():
            _, key = hand_out(service, unit, scopes, name=name)
        return {"Authorization": f"Bearer {key}"}

    def choose(self, service: str, **settings: Any) -> None:
        """Choose settings of a service, as staff do; what is left out takes its default."""
        with self.app.app_context(), transaction():
            state.change_settings(service, settings)

    def grant(self, service: str, *scopes: str) -> None:
        """Grant a service these scopes and no others: so it stands when it declares more than staff have
        approved."""
        with self.app.app_context(), transaction():
            db.session.execute(
                update(ServiceState)
                .where(ServiceState.service == service)
                .values(granted_scopes=sorted(scopes))
            )
            invalidate("services")

    def let_scans_race(self, leaders: int = 64) -> None:
        """From now on concurrent scans are walked concurrently, each alone, as in several processes.

        Otherwise those of one service go together, in turn, and a race test would have no race.
        """
        self.app.extensions["scan_queues"] = ScanQueues(leaders)

    def top_up(self, citizen: TestCitizen, amount: int) -> None:
        """Put money (分) into a citizen's purse."""
        with self.app.app_context(), transaction():
            purse = purses.opened(citizen.id)
            transfers.receive(purse.id, amount, provider="simulated", key=new_id())

    def provider_says(self, order_id: str, outcome: Outcome = "paid") -> None:
        """The payment provider says what has become of a payment that a service has asked for; the service is
        told."""
        with self.app.app_context():
            with transaction():
                order = db.session.get_one(PaymentOrder, order_id)
                payment_events.take(
                    order.provider, Event(order_id, outcome, order.amount, new_id(), clock.now())
                )
            send_due()

    def run_jobs(self, service: str) -> None:
        """Run every job of a service once, now, as the runner does: each in a unit of work."""
        with self.app.app_context():
            module = current_registry().get(service)
            assert module is not None, f"{service} is not installed"
            for job in module.jobs:
                if job.own_transactions:
                    job.run()
                else:
                    with transaction():
                        job.run()

    def run_tasks(self) -> list[str | None]:
        """Run every task that waits, as the jobs process does; returns how each ended, None for one that was
        put back."""
        with self.app.app_context():
            return [state for _, state in run_waiting_tasks()]

    def count(self, table: str, where: str = "1=1") -> int:
        """Rows of a table."""
        with self.app.app_context(), transaction(reading=True):
            return int(db.session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}")) or 0)


def _fresh_phone() -> str:
    return f"+86138001{next(_numbers):05d}"
