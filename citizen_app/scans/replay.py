"""Replay protection: a code is claimed by the first scan that may use it. One atomic insert decides.

The primary key of `replay_claims` guarantees it: of any number of concurrent presentations exactly one row is
inserted. The key identifies one presentation of a code, not its text, because an ECDSA signature has a second
valid form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Date, LargeBinary, String, delete, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app import clock
from citizen_app.codes.format import Code
from citizen_app.codes.reading import replay_key
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model, db
from citizen_app.storage.statements import Prepared, upsert

LATE_UPLOAD: Final = timedelta(days=7)
"""How long after the scan an offline kiosk may still upload it; claims are kept that long."""


class ReplayClaim(Model):
    """One used presentation of a code, keyed by its expiry day, so that old days are cheap to delete."""

    __tablename__ = "replay_claims"

    expires_on: Mapped[date] = mapped_column(Date, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    usage_id: Mapped[str] = mapped_column(Id, nullable=False)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    placement_id: Mapped[str] = mapped_column(Id, nullable=False)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


@dataclass(frozen=True)
class Claim:
    """A scan's claim to a code; its attributes are the columns."""

    expires_on: date
    key: bytes
    usage_id: str
    service: str
    placement_id: str
    claimed_at: datetime

    @property
    def identity(self) -> tuple[date, bytes]:
        """The primary key."""
        return self.expires_on, self.key


_CLAIMS: Final[Any] = ReplayClaim.__table__
_INSERT: Final = Prepared(lambda: upsert(_CLAIMS).on_conflict_do_nothing())


def key_of(code: Code) -> tuple[date, bytes] | None:
    """Expiry day and replay key of a single-use code; None for paper codes, which are guarded by rate
    limits."""
    key = replay_key(code)
    if key is None:
        return None
    return clock.at(code.credential.claims.expires_at).date(), key


def claim(claims: Sequence[Claim]) -> Mapping[tuple[date, bytes], Claim]:
    """Try to claim; returns, for each claim that lost, the claim that won.

    Waits for a concurrent claimant to commit or roll back. Claims are sorted, so two uploads with the same
    codes cannot deadlock.
    """
    if not claims:
        return {}
    wanted: dict[tuple[date, bytes], Claim] = {}
    for one in claims:
        wanted.setdefault(one.identity, one)
    rows = [vars(wanted[one]) for one in sorted(wanted)]
    if _INSERT.run_many(rows) == len(claims):
        return {}
    standing = _standing(list(wanted))
    return {
        one.identity: standing[one.identity]
        for one in claims
        if standing[one.identity].usage_id != one.usage_id
    }


def _standing(identities: Sequence[tuple[date, bytes]]) -> dict[tuple[date, bytes], Claim]:
    if not identities:
        return {}
    rows = db.session.execute(
        select(_CLAIMS).where(tuple_(_CLAIMS.c.expires_on, _CLAIMS.c.key).in_(identities))
    )
    return {(row.expires_on, row.key): Claim(**row._mapping) for row in rows}


def release(claims: Collection[tuple[date, bytes]]) -> None:
    """Release codes that were claimed in this transaction by scans that were not decided."""
    if claims:
        db.session.execute(delete(_CLAIMS).where(tuple_(_CLAIMS.c.expires_on, _CLAIMS.c.key).in_(claims)))


def forget_old_claims() -> None:
    """Delete claims of codes that no late upload can contain any more, by the retention clock."""
    oldest = (retention_now() - LATE_UPLOAD).date() - timedelta(days=1)
    db.session.execute(delete(_CLAIMS).where(_CLAIMS.c.expires_on < oldest))
