"""The start page of 我的, and the settings of this browser."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from citizen_app.citizens import personal
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.notices.inbox import unread_count
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.boundary.page_callers import SignInFirst
from citizen_app.web.pages.mine.door import mine
from citizen_app.web.pages.mine.entries import SECTIONS


@dataclass(frozen=True, slots=True)
class Me:
    """The citizen as they see themselves in passing: masked, because others look over a shoulder."""

    name: str | None
    phone: str | None


def me() -> Me:
    """The signed-in citizen."""
    citizen = citizen_by_id(current_citizen().citizen_id)
    if citizen is None:
        raise SignInFirst
    name, phone = citizen.name, citizen.phone
    return Me(
        personal.masked_name(name) if name is not None else None,
        personal.masked_phone(phone) if phone is not None else None,
    )


@mine.get("")
def start() -> str:
    """Where everything of one's own is found."""
    unread = unread_count(current_citizen().citizen_id)
    waiting = {"/mine/notices": str(unread)} if unread else {}
    return render_template("mine/start.html", me=me(), sections=SECTIONS, waiting=waiting)


@mine.get("/settings")
def settings() -> str:
    """Size, look and language; kept in cookies of this browser."""
    return render_template("mine/settings.html")
