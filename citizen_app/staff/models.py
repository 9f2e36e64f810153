"""Tables of staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model
from citizen_app.text import Text


class Staff(Model):
    """A person of the city. `totp_last_step` is the last time step whose one-time password was used (RFC
    6238).
    """

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("state IN ('active', 'disabled')", name="state"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), nullable=False)
    totp_sealed: Mapped[bytes] = mapped_column(LargeBinary, nullable=False)
    totp_last_step: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    failed_attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="active")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a disabled account was opened again; the days without use begin anew."""
    disabled_because: Mapped[str | None] = mapped_column(String(20))
    """`staff`, or `inactive`: ninety days without use."""

    totp_secret = SealedText("totp_sealed")
    """Base32, as authenticator apps take it."""


class Role(Model):
    """A named set of permissions. Roles are data: a city may add its own."""

    __tablename__ = "staff_roles"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title_zh: Mapped[str] = mapped_column(String(40), nullable=False)
    title_en: Mapped[str] = mapped_column(String(80), nullable=False)
    permissions: Mapped[list[str]] = mapped_column(Json, nullable=False)

    @property
    def title(self) -> Text:
        """What the role is called."""
        return Text(self.title_zh, self.title_en)


class StaffRole(Model):
    """A role given to a person: for every service, for one, or for one `unit` of it: a branch, a hospital, a
    place, whose id means something to the service alone."""

    __tablename__ = "staff_role_grants"
    # NULLs are distinct in a unique constraint; `grant` holds the person's row and looks first.
    __table_args__ = (UniqueConstraint("staff_id", "role_id", "service", "unit"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey(Staff.id), nullable=False, index=True)
    role_id: Mapped[str] = mapped_column(String(40), ForeignKey(Role.id), nullable=False)
    service: Mapped[str | None] = mapped_column(String(20))
    unit: Mapped[str | None] = mapped_column(String(64))


class Invitation(Model):
    """A one-time token with which a person makes their account, or gets a new password and a new second
    factor. Nobody else ever knows either. Without `username` it is the set-up token of a new installation."""

    __tablename__ = "staff_invitations"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=False, unique=True)
    username: Mapped[str | None] = mapped_column(String(40))
    staff_id: Mapped[str | None] = mapped_column(Id, ForeignKey(Staff.id))
    grants: Mapped[list[list[str | None]]] = mapped_column(Json, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSession(Model):
    """A signed-in person: ends after 15 idle minutes and after 8 hours at the latest (ASVS V7.3)."""

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey(Staff.id), nullable=False, index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=False, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)


class StaffToken(Model):
    """A personal access token for automation: some of its holder's permissions, for at most a year."""

    __tablename__ = "staff_tokens"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey(Staff.id), nullable=False, index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    permissions: Mapped[list[str]] = mapped_column(Json, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
