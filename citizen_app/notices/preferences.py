"""What a citizen has chosen about notices, and what follows from it at a moment."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from citizen_app.clock import now
from citizen_app.notices.models import NoticePreferences
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert
from citizen_app.text import Text

Speech = Literal["both", "zh", "en"]
"""In which language messages leave; in the inbox both are there."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Channels that may be used, quiet hours of the city's day (from and to, the same for never), the
    language of messages, and services whose notices stay in the inbox."""

    sms: bool = True
    email: bool = True
    quiet_from: int = 22
    quiet_to: int = 7
    language: Speech = "both"
    muted: tuple[str, ...] = ()


USUAL: Final = Preferences()


def spoken(text: Text, language: Speech, between: str = " ") -> str:
    """A text in the language in which somebody wants messages."""
    return f"{text.zh}{between}{text.en}" if language == "both" else text.say(language)


def preferences_of(citizen_id: str) -> Preferences:
    """What the citizen has chosen, or what is usual."""
    row = db.session.get(NoticePreferences, citizen_id)
    if row is None:
        return USUAL
    chosen = {one.name: getattr(row, one.name) for one in fields(Preferences)}
    return Preferences(**{**chosen, "muted": tuple(row.muted)})


def choose(citizen_id: str, chosen: Preferences) -> None:
    """Keep what the citizen chooses."""
    row = {**asdict(chosen), "muted": sorted(set(chosen.muted)), "updated_at": now()}
    stored = upsert(NoticePreferences).values(citizen_id=citizen_id, **row)
    db.session.execute(stored.on_conflict_do_update(index_elements=["citizen_id"], set_=row))
    db.session.expire_all()


def quiet_until(chosen: Preferences, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which a moment lies; None outside of them."""
    start, end, local = chosen.quiet_from, chosen.quiet_to, moment.astimezone(zone)
    hour = local.hour
    quiet = start <= hour < end if start < end else start != end and (hour >= start or hour < end)
    if not quiet:
        return None
    day = local.date() if hour < end else local.date() + timedelta(days=1)
    return datetime.combine(day, time(end), zone).astimezone(moment.tzinfo)
