"""One city for the tests of the whole API: every installed service and the probe, somebody of every kind who
may call, and objects that exist, so that generated requests also reach what lies behind a 404."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Final
from urllib.parse import quote

from sqlalchemy import select
from werkzeug.routing import Rule

from citizen_app import clock
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import phone_index
from citizen_app.clock import rfc3339
from citizen_app.consent.notice import terms_in_force
from citizen_app.consent.operations import agree
from citizen_app.demo.city import demo_city, load
from citizen_app.factory import CitizenFlask
from citizen_app.registry import state
from citizen_app.registry.modules import current_registry
from citizen_app.rights.asking import ask_for_copy
from citizen_app.staff.permissions import DEFAULT_ROLES, OWN_ACCOUNT
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from citizen_app.web.boundary.audiences import SAFE_METHODS, Audience
from tests.contract.api_hospital import LISTED_AT, much_at_one
from tests.contract.api_keys import partner_of
from tests.contract.api_tasks import RESEAL_TASK, sent_claims, sent_feed
from tests.integration.staff.people import hire

STAFF: Final = (
    "system_admin",
    "security_admin",
    "auditor",
    "service_operator",
    "service_operator:probe",
    "service_operator:bus",
    "desk_clerk",
    "hotline_clerk",
    "finance_clerk",
)
CALLERS: Final = ("nobody", "citizen", "kiosk", "partner:probe", *STAFF)
LOOKS: Final = "/api/v1/admin/services/probe/usage/looks"
_people = count(1)


class Callers:
    """Everyone who may call, with credentials that are made anew when a request may have ended them, and
    things of their own."""

    def __init__(self, app: CitizenFlask) -> None:
        self.app = app
        self.audiences = audiences(app)
        self.city = City(app)
        self.posters = [self.city.poster("probe", "by_poster") for _ in range(2)]
        self.kiosk: TestKiosk = self.city.kiosk("probe")
        self._used = False
        self._headers: dict[str, dict[str, str]] = {}
        self._ids: dict[tuple[str, str], str | None] = {}
        with app.app_context(), transaction():
            load(fresh_tokens=False)
            self._seeded = {
                module.id: module.seed(demo_city(module.id)).kiosks
                for module in current_registry()
                if module.seed
            }
        self.citizen = self._demo_citizen()
        self._ask_for_copies()
        for _ in range(2):
            sent_feed(app, self.headers("service_operator:bus"))
            sent_claims(app, self.headers("desk_clerk"))
            app.test_client().post(RESEAL_TASK, headers=self.headers("security_admin"))
        much_at_one(app, self.headers("service_operator"), self.headers("citizen"))

    def begin(self) -> None:
        """Sign everybody out: sessions do not last as long as this object."""
        self._headers.clear()
        self._ids.clear()
        self.citizen = self._demo_citizen()

    def _ask_for_copies(self) -> None:
        """Two that are over: one waits at a time."""
        with self.app.app_context(), transaction():
            for _ in range(2):
                asked = ask_for_copy(self.citizen.id, asked_by="oneself")
                asked.state = "over"
                db.session.flush()

    def headers(self, caller: str) -> dict[str, str]:
        """The headers of a caller who is signed in now."""
        if caller not in self._headers:
            self._headers[caller] = self._sign_in(caller)
        return self._headers[caller]

    def after(self, caller: str, method: str, status: int) -> None:
        """Mend what a successful write may have broken: the caller's own credentials, kiosks, services
        switched off."""
        if method.upper() in (*SAFE_METHODS, "TRACE") or status >= 300:
            return
        self._headers.pop(caller, None)
        self._ids.clear()
        if caller == "citizen":
            self._agree_again()
        if caller not in STAFF:
            return
        self._headers = {who: it for who, it in self._headers.items() if who in ("citizen", "nobody", *STAFF)}
        with self.app.app_context(), transaction():
            for module in current_registry():
                if not state.standing_of(module.id).enabled:
                    state.enable(module.id)

    def _agree_again(self) -> None:
        """To everything that services cannot do without."""
        with self.app.app_context(), transaction():
            for service, terms in terms_in_force().items():
                if terms.missing(None):
                    agree(self.citizen.id, service, [scope.name for scope in terms.asked])

    def address(self, path: str, caller: str) -> str | None:
        """The path with ids of things that the caller finds in the lists above them; None when there are
        none."""
        for parameter in re.findall(r"{(\w+)}", path):
            found = self.existing(path, parameter, caller)
            if found is None:
                return None
            path = path.replace("{" + parameter + "}", quote(found, safe=""), 1)
        return path

    def asking(self, path: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Addresses of a read, and the headers of everyone who may ask and finds what it names."""
        for caller in callers_of(self.audiences["GET", path], "GET"):
            headers, address = self.headers(caller), self.address(path, caller)
            if address is not None:
                yield address, headers

    def existing(self, path: str, parameter: str, caller: str) -> str | None:
        """The id of something that the caller finds in the list above `{parameter}`; None when there is no
        such list, or it is empty."""
        above = path.partition("/{" + parameter + "}")[0]
        above = LISTED_AT.get(above, above)
        if (above, caller) not in self._ids:
            answer = self.app.test_client().get(above, headers=self.headers(caller))
            items = answer.get_json().get("items", ()) if answer.status_code == 200 else ()
            named = items[0] if items else {}
            own = named.get("id", named.get(parameter))
            self._ids[above, caller] = None if own is None else str(own)
        return self._ids[above, caller]

    def _sign_in(self, caller: str) -> dict[str, str]:
        if caller == "nobody":
            return {}
        if caller == "citizen":
            self.citizen = self._demo_citizen()
            if not self._used:
                self._used = True
                self._use_everything(self.citizen)
            return {"Authorization": f"Bearer {self.citizen.access_token}"}
        if caller == "kiosk":
            self.kiosk = self.city.kiosk("probe")
            return {"Authorization": f"Bearer {self.kiosk.token}"}
        if caller.startswith("partner:"):
            return partner_of(self.city, caller.partition(":")[2])
        headers = hire(self.app, f"person.{next(_people)}", caller).sign_in()
        for name in ("nightly", "weekly"):
            token = {"name": name, "permissions": ["services.read"], "expires_at": in_a_month()}
            made = self.app.test_client().post("/api/v1/staff/tokens", json=token, headers=headers)
            assert made.status_code == 201, made.text
        return headers

    def _demo_citizen(self) -> TestCitizen:
        """The first citizen of the demo city, to whom services have given something; with a session of their
        own."""
        with self.app.app_context(), transaction():
            phone = demo_city("pass").citizens[0].phone
            known = select(Citizen).where(Citizen.phone_index == phone_index(phone))
            citizen = db.session.scalars(known).one()
            return self.city.present(citizen, phone)

    def _use_everything(self, citizen: TestCitizen) -> None:
        """The citizen gets two claims, scans at two kiosks of each service and acts for two others, the
        probe's staff look twice at what became of it."""
        with self.app.app_context(), transaction():
            for claim in ("student", "resident"):
                self.city.grant_claim(citizen.id, claim)
        for service, kiosks in self._seeded.items():
            for made in kiosks[:2]:
                kiosk = self.city.kiosk(service, *made.purposes, context=made.context)
                kiosk.scan(citizen.code(), made.purposes[0], context=dict(made.context))
        for _ in range(2):
            self.city.acting(citizen, self.city.citizen())
        probe = self.city.kiosk("probe")
        for _ in range(2):
            scanned = probe.scan(citizen.code(), "enter").get_json()
            assert "citizen_ref" in scanned, scanned
        body = {"citizen_ref": scanned["citizen_ref"], "reason": "Complaint 2026-118"}
        for _ in range(2):
            looked = self.app.test_client().post(
                LOOKS, json=body, headers=self.headers("service_operator:probe")
            )
            assert looked.status_code == 200, looked.text


def in_a_month() -> str:
    """A moment within what a personal access token may last."""
    return rfc3339(clock.now() + timedelta(days=30))


def documented_path(rule: Rule) -> str:
    """The route as OpenAPI writes it."""
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)


def audiences(app: CitizenFlask) -> dict[tuple[str, str], Audience]:
    """The audience of every documented operation, by `(METHOD, path)`."""
    found: dict[tuple[str, str], Audience] = {}
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        if hasattr(blueprint, "_docs"):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found[method, documented_path(rule)] = getattr(blueprint, "audience")  # noqa: B009
    return found


def callers_of(audience: Audience, method: str) -> tuple[str, ...]:
    """Who may call an operation of this audience, as far as its audience says."""
    if audience.kind == "anyone":
        return CALLERS
    if audience.kind in ("citizen", "kiosk"):
        return (audience.kind,)
    if audience.kind == "partner":
        partner = f"partner:{audience.service}"
        return ("nobody", partner) if audience.open and method.upper() == "GET" else (partner,)
    wanted, service = audience.permission(method), audience.service
    return tuple(c for c in STAFF if wanted in _held(c) and service in (None, c.partition(":")[2] or service))


def _held(caller: str) -> frozenset[str]:
    role = next(role for role in DEFAULT_ROLES if role.id == caller.partition(":")[0])
    return frozenset({*role.permissions, OWN_ACCOUNT})
