"""An appointment as a file for people's own calendars (iCalendar, RFC 5545).

    content = calendar_file(Appointment(uid=booking.id, title=TITLE, starts_at=…, ends_at=…), language)

A calendar is read by others, and often lies with another company: its title is as discreet as a text message.
A file with the same `uid` and a higher `sequence` changes what an earlier one put there; CANCELLED
strikes it out (§3.8.1.11, §3.8.7.4). The library behind it is loaded at the first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from citizen_app.text import Language, Text

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
MEDIA_TYPE: Final = "text/calendar"
PRODUCT: Final = "-//citizen-app//appointments//EN"


@dataclass(frozen=True, slots=True)
class Appointment:
    """What goes into somebody's calendar. `changed_at` is when it became what it is; `position` is WGS 84,
    latitude first; `alarm_before` how long before it the phone speaks up,
    where it is confirmed."""

    uid: str
    title: Text
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    place: Text | None = None
    position: tuple[float, float] | None = None
    note: Text | None = None
    link: str | None = None
    sequence: int = 0
    status: Status = "CONFIRMED"
    alarm_before: timedelta | None = None


def calendar_file(one: Appointment, language: Language) -> bytes:
    """The file, in UTF-8. Times are in UTC, which every calendar shows in its own zone (§3.3.5, form 2)."""
    from icalendar import Alarm, Calendar, Event

    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.changed_at.astimezone(UTC))
    event.add("dtstart", one.starts_at.astimezone(UTC))
    event.add("dtend", one.ends_at.astimezone(UTC))
    event.add("summary", one.title.say(language))
    event.add("sequence", one.sequence)
    event.add("status", one.status)
    event.add("class", "PRIVATE")
    if one.place is not None:
        event.add("location", one.place.say(language))
    if one.position is not None:
        event.add("geo", one.position)
    if one.note is not None:
        event.add("description", one.note.say(language))
    if one.link is not None:
        event.add("url", one.link)
    if one.alarm_before is not None and one.status == "CONFIRMED":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.title.say(language))
        alarm.add("trigger", -one.alarm_before)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
