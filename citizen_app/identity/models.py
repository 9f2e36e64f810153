"""Tables of identity: how often somebody has tried to prove a name, and the city's own register."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model


class IdentityTry(Model):
    """How often a citizen has asked on the last day on which they asked (a day of the city)."""

    __tablename__ = "identity_tries"

    citizen_id: Mapped[str] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, index=True)
    tries: Mapped[int] = mapped_column(SmallInteger)


class RegisteredPerson(Model):
    """Who has a document, as the city was told by whoever issues it. The number stands here as a keyed index
    only."""

    __tablename__ = "identity_register"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    born_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    name = SealedText("name_sealed")
    born = SealedText("born_sealed")
    """The date of birth as `2001-02-03`, where the list has told it and the number does not."""
