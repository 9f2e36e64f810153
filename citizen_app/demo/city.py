"""Loading the demo city: once, and harmless to repeat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from citizen_app.citizens.challenges import DEMO_OTP
from citizen_app.citizens.documents import Source, owner_of_document, proof_of, store_proof
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import masked_name, phone_index
from citizen_app.citizens.queries import remember_refs
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.claims.catalogue import CLAIMS
from citizen_app.claims.operations import ClaimSource, Grant, grant_claim
from citizen_app.claims.truth import beginning_of
from citizen_app.clock import now
from citizen_app.codes.keys import ensure_keys
from citizen_app.consent.models import NoticeAcceptance
from citizen_app.consent.notice import notice_in_force
from citizen_app.consent.operations import accept_notice
from citizen_app.demo.families import load_family
from citizen_app.demo.money import load_charges, load_difference, load_purse
from citizen_app.demo.people import CITIZENS, STAFF
from citizen_app.demo.places import hang, purposes_of
from citizen_app.identity.importing import Listed, store_people
from citizen_app.kiosks import operations as kiosk_operations
from citizen_app.kiosks import pins
from citizen_app.kiosks.models import Kiosk
from citizen_app.registry import state
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.registry.seeding import DemoCity, DemoPerson, SeedKiosk
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.sheets.report import Report
from citizen_app.staff import operations as staff_operations
from citizen_app.staff.models import Staff
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

ONLY_IN_DEMO: Final = Text(
    "演示数据只能在演示模式载入（CITIZEN_DEMO=1）。", "Demo data loads in demo mode only (CITIZEN_DEMO=1)."
)
NOT_INSTALLED: Final = Text("没有安装服务 {service}。", "The service {service} is not installed.")


def load(services: Collection[str] = (), *, fresh_tokens: bool) -> dict[str, Any]:
    """Create what is missing of the demo city, with the data of these services or of all; returns who can
    sign in.

    With `fresh_tokens` every demo kiosk gets a new token, which is in the answer, beside the one that a
    browser may use. Raises `Problem` outside demo mode and for a service that is not installed.
    """
    if not current_settings().demo:
        raise Problem("not-permitted", ONLY_IN_DEMO)
    for service in services:
        if current_registry().get(service) is None:
            raise Problem("not-found", NOT_INSTALLED.fill(service=service))
    ensure_keys()
    modules = [module for module in current_registry() if module.id in services or not services]
    for module in modules:
        state.enable(module.id)
    citizens = _citizens()
    load_purse()
    seeds = [(module, module.seed(demo_city(module.id))) for module in modules if module.seed is not None]
    load_difference()
    for module, seed in seeds:
        load_charges(module.id, seed.charges)
    return {
        "citizens": citizens,
        "wards": load_family(),
        "kiosks": [_kiosk(module, wanted, fresh_tokens) for module, seed in seeds for wanted in seed.kiosks],
        "place_codes": [hang(module.id, wanted) for module, seed in seeds for wanted in seed.posters],
        "staff": _staff(),
    }


def _citizens() -> list[dict[str, Any]]:
    people = [Listed(proof_of(p.document, Source.LOCAL).index, p.name, None) for p in CITIZENS]
    store_people(people, Report())
    for person in CITIZENS:
        known = select(Citizen).where(Citizen.phone_index == phone_index(person.phone))
        citizen = db.session.scalars(known).one_or_none() or create_citizen(
            person.phone,
            name=person.name,
            assurance_level=person.assurance_level,
            is_demo=True,
        )
        _accept_notice(citizen.id)
        proof = proof_of(person.document, Source.LOCAL)
        real_named = person.assurance_level >= AssuranceLevel.REAL_NAME
        if real_named and owner_of_document(proof.index) is None:
            store_proof(citizen, proof)
        for claim in person.claims:
            grant_claim(citizen.id, _granted(claim))
    return described_citizens()


def _granted(claim: str) -> Grant:
    """A year of school, or for good: the same whenever it is loaded within the year."""
    zone = current_settings().timezone
    today = now().astimezone(zone).date()
    year = today.year - (today.month < 9)
    ends = beginning_of(date(year + 1, 9, 1), zone) if CLAIMS[claim].needs_end else None
    return Grant(claim, ClaimSource.STAFF, beginning_of(date(year, 9, 1), zone), ends)


def _accept_notice(citizen_id: str) -> None:
    """A demo citizen has accepted the notice, the newest at each loading; one who has taken that back stays
    without."""
    known = db.session.get(NoticeAcceptance, citizen_id)
    if known is None or known.withdrawn_at is None:
        accept_notice(citizen_id, notice_in_force().version)


def described_citizens() -> list[dict[str, Any]]:
    """The demo citizens: phone, OTP, masked name, name and identity number as one types them, and what each
    is there to show."""
    return [
        {
            "phone": person.phone,
            "otp": DEMO_OTP,
            "masked_name": masked_name(person.name),
            "name": person.name,
            "id_number": person.document.number,
            "claims": list(person.claims),
            "assurance_level": int(person.assurance_level),
            "note": person.note.as_dict(),
        }
        for person in CITIZENS
    ]


def demo_city(service: str) -> DemoCity:
    """The demo city as passed to the seed of a service, which has met those of its citizens who are there."""
    vault, people, met = current_vault(), [], []
    for person in CITIZENS:
        known = select(Citizen.id).where(Citizen.phone_index == phone_index(person.phone))
        citizen_id = db.session.scalar(known)
        ref = vault.citizen_ref(service, citizen_id) if citizen_id else None
        people.append(DemoPerson(person.phone, person.name, ref))
        if ref is not None and citizen_id is not None:
            met.append((ref, citizen_id))
    remember_refs(service, met)
    return DemoCity(tuple(people))


def _kiosk(module: InstalledModule, wanted: SeedKiosk, fresh_token: bool) -> dict[str, Any]:
    found = db.session.scalar(
        select(Kiosk).where(Kiosk.service == module.id, Kiosk.name == wanted.name, Kiosk.state != "revoked")
    )
    if found is None:
        found, _ = kiosk_operations.create(
            name=wanted.name,
            service=module.id,
            purposes=wanted.purposes,
            place=wanted.place,
            context=wanted.context,
            purposes_of=purposes_of,
        )
    if not pins.has_pin(found.id):
        pins.set_pin(found.id, pins.DEMO_PIN)
    if wanted.enrolled is not None:
        wanted.enrolled(found.id)
    token = kiosk_operations.add_token(found.id) if fresh_token else None
    return {
        "id": found.id,
        "name": wanted.name,
        "place": wanted.place.as_dict(),
        "service": module.id,
        "purpose": wanted.purposes[0],
        "purposes": list(wanted.purposes),
        "context": dict(wanted.context),
        "token": token,
        "pin": pins.DEMO_PIN,
    }


def _staff() -> list[dict[str, Any]]:
    staff_operations.seed_roles()
    present = [person for person in STAFF if person.service is None or current_registry().get(person.service)]
    for person in present:
        if db.session.scalar(select(Staff.id).where(Staff.username == person.username)) is None:
            grants = [(person.role, person.service)]
            staff_operations.create(person.username, person.password, grants, totp_secret=person.totp_secret)
    return [
        {
            "username": p.username,
            "password": p.password,
            "totp_secret": p.totp_secret,
            "role": p.role,
            "service": p.service,
        }
        for p in present
    ]
