"""Tables of consent: how it stands now, and a ledger of how it came about."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NotRequired, TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

LONGEST_VERSION: Final = 20
WHOLE_SERVICE: Final = "*"


class Agreed(TypedDict):
    """A field that a citizen has agreed to: since when (RFC 3339), and whether by name, as sensitive ones
    must be (PIPL art. 29). `carried_over`: the service saw it before there was consent, and the citizen has
    not said anything yet."""

    since: str
    by_name: bool
    carried_over: NotRequired[bool]


class CitizenConsent(Model):
    """What one citizen has agreed to of one service.

    `agreed` is by field. `refused` are fields that they have declined or taken back themselves, `*` for the
    whole service: accepting the notice does not overrule them. `notice` is the version they had accepted at
    the time of the last change, `channel` how that change came about.
    """

    __tablename__ = "citizen_consents"

    citizen_id: Mapped[str] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), primary_key=True
    )
    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    agreed: Mapped[dict[str, Agreed]] = mapped_column(Json, nullable=False)
    refused: Mapped[list[str]] = mapped_column(Json, nullable=False)
    notice: Mapped[str | None] = mapped_column(String(LONGEST_VERSION))
    channel: Mapped[str] = mapped_column(String(12), nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class NoticeAcceptance(Model):
    """The version of the notice that a citizen has accepted last, and whether they have taken that back."""

    __tablename__ = "notice_acceptances"

    citizen_id: Mapped[str] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[str] = mapped_column(String(LONGEST_VERSION), nullable=False)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConsentEvent(Model):
    """Something was given or withdrawn; never changed, the proof of it (PIPL art. 14, 15).

    `subject_key` is the citizen's key in the usage log: erasing the citizen leaves events that belong to
    nobody. Without `service` it is about the notice itself.
    """

    __tablename__ = "consent_events"
    __table_args__ = (
        Index(None, "subject_key", "id"),
        CheckConstraint("act IN ('given', 'withdrawn', 'carried_over')", name="act"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    subject_key: Mapped[str] = mapped_column(Id, nullable=False)
    service: Mapped[str | None] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(12), nullable=False)
    scopes: Mapped[list[str]] = mapped_column(Json, nullable=False)
    notice: Mapped[str | None] = mapped_column(String(LONGEST_VERSION))
    channel: Mapped[str] = mapped_column(String(12), nullable=False)
    actor: Mapped[str] = mapped_column(String(10), nullable=False)
    delegation_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)


class PublishedNotice(Model):
    """A text of the city's privacy notice; the one with the highest number is in force. Each `{"zh": …,
    "en": …}`."""

    __tablename__ = "privacy_notices"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    summary: Mapped[dict[str, str]] = mapped_column(Json, nullable=False)
    body: Mapped[dict[str, str]] = mapped_column(Json, nullable=False)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
