"""How an account comes to be: at the first right OTP of a phone, or made by the demo city and by tests."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from citizen_app.citizens import personal
from citizen_app.citizens.documents import Proof, store_proof
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.claims.waiting import assign_waiting_claims
from citizen_app.ids import new_id
from citizen_app.storage.orm import db


def create_citizen(
    phone: str | None,
    *,
    name: str | None = None,
    document: Proof | None = None,
    assurance_level: AssuranceLevel = AssuranceLevel.PHONE,
    is_demo: bool = False,
) -> Citizen:
    """A new account for a mobile number in any notation, or for somebody who has none; of the level given, or
    that the document proves.

    Raises `PhoneRefused`, `IntegrityError` if the phone has an account, and `DocumentTaken` if the document
    has.
    """
    phone = None if phone is None else personal.normalised_phone(phone)
    citizen = Citizen(
        id=new_id(),
        phone=phone,
        phone_index=None if phone is None else personal.phone_index(phone),
        name=name or None,
        assurance_level=assurance_level,
        is_demo=is_demo,
    )
    db.session.add(citizen)
    db.session.flush()
    if document is not None:
        store_proof(citizen, document)
        assign_waiting_claims(citizen)
    return citizen


def registered_citizen(phone: str) -> Citizen:
    """The account of a phone in E.164, made now if there is none; concurrent first sign-ins make one
    account."""
    wanted = select(Citizen).where(Citizen.phone_index == personal.phone_index(phone))
    known = db.session.scalars(wanted).one_or_none()
    if known is not None:
        return known
    try:
        with db.session.begin_nested():
            return create_citizen(phone)
    except IntegrityError:
        return db.session.scalars(wanted).one()
