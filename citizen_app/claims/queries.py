"""Reads of claims: with the citizens of a scan, and as lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, String, cast, func, select, type_coerce

from citizen_app.citizens.models import Citizen
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.truth import Known, periods_in
from citizen_app.settings import current_settings
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db, on_sqlite


def periods_column() -> ScalarSelect[Any]:
    """All that counts of a citizen's claims, as one text (`truth.periods_in`): a column of a SELECT of
    citizens, so that a walk reads everybody's claims in the statement that reads them."""
    fields = (CitizenClaim.type, CitizenClaim.valid_from, CitizenClaim.valid_to, CitizenClaim.source)
    together = (
        type_coerce(func.json_group_array(func.json_array(*fields)), String)
        if on_sqlite()
        else cast(func.json_agg(func.json_build_array(*fields)), String)
    )
    mine = select(together).where(CitizenClaim.citizen_id == Citizen.id, CitizenClaim.replaced_by.is_(None))
    return mine.correlate(Citizen).scalar_subquery().label("claims")  # type: ignore[return-value]


def known(citizen_id: str, claims: str | None, born_sealed: bytes | None) -> Known:
    """What is known of a citizen, of whom `claims` was read as `periods_column`."""
    born = Citizen.born.unseal(citizen_id, born_sealed)
    zone = current_settings().timezone
    return Known(periods_in(claims), date.fromisoformat(born) if born else None, zone)


def known_of(citizen_id: str) -> Known | None:
    """What is known of one citizen; None for whoever is not there."""
    row = db.session.execute(
        select(periods_column(), Citizen.born_sealed).where(Citizen.id == citizen_id)
    ).one_or_none()
    return None if row is None else known(citizen_id, row[0], row[1])


def claims_page(citizen_id: str, limit: int, cursor: str | None) -> Page[CitizenClaim]:
    """One page of what was granted to a citizen, what was recorded last first; what a newer statement
    replaced is left out."""
    mine = select(CitizenClaim).where(
        CitizenClaim.citizen_id == citizen_id, CitizenClaim.replaced_by.is_(None)
    )
    return page(mine, CitizenClaim.id, limit, cursor)
