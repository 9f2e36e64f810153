"""Reading place codes: which place a poster names, and what hangs where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from citizen_app.kiosks.models import Kiosk, PlaceCode
from citizen_app.kiosks.posters import last_print
from citizen_app.kiosks.queries import KioskView
from citizen_app.settings import current_settings
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
VOID: Final = Text(
    "这张海报已作废。请找现场新的海报，或向工作人员询问。",
    "This poster is void. Look for the new one, or ask the staff.",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place by the token of a poster: its virtual kiosk, and what the poster is for, a purpose or a public
    page. `is_void` says that the poster hangs no more."""

    kiosk: KioskView
    title: Text
    purpose: str | None
    page: str | None
    is_void: bool

    @property
    def page_address(self) -> str | None:
        """The path of the public page that it opens."""
        return None if self.page is None else f"/services/{self.kiosk.service}/{quote(self.page)}"


def place_of_token(token: str) -> Place:
    """The place that a poster names, void or not. Raises a 404 for a token that was never printed."""
    found = _print_of(token)
    kiosk = found.kiosk
    return Place(
        kiosk=KioskView(
            id=kiosk.id,
            number=kiosk.number,
            name=kiosk.name,
            service=kiosk.service,
            purposes=tuple(kiosk.purposes),
            placement_id=kiosk.placement_id,
            place=kiosk.placement.place,
            context=kiosk.context,
        ),
        title=found.title,
        purpose=found.purpose,
        page=found.page,
        is_void=not found.is_current,
    )


def poster_of_token(token: str) -> PlaceCode:
    """The print with this token. Raises a 404 for one that was never printed, a 410 for one that is void."""
    found = _print_of(token)
    if not found.is_current:
        raise Problem("gone", VOID)
    return found


def address_of(token: str) -> str:
    """What a poster says to a camera."""
    return f"{current_settings().public_url}/p/{token}"


def place_code_or_404(kiosk_id: str, services: frozenset[str] | None) -> PlaceCode:
    """The newest print of a place, as far as the reader may see it (`services`; None: all)."""
    found = last_print(kiosk_id)
    if services is not None and found.kiosk.service not in services:
        raise Problem("not-found")
    return found


def place_code_page(
    *, services: frozenset[str] | None, limit: int, cursor: str | None = None, service: str | None = None
) -> Page[PlaceCode]:
    """One page of the posters that hang, newest first."""
    query = _hanging()
    if services is not None:
        query = query.where(Kiosk.service.in_(services))
    if service is not None:
        query = query.where(Kiosk.service == service)
    return page(query, PlaceCode.id, limit, cursor)


def hanging_posters() -> list[PlaceCode]:
    """Every poster that hangs, for the command line."""
    return list(db.session.scalars(_hanging().order_by(Kiosk.number)))


def _print_of(token: str) -> PlaceCode:
    found = None
    if TOKEN.fullmatch(token):
        found = db.session.scalar(select(PlaceCode).where(PlaceCode.token == token))
    if found is None:
        raise Problem("not-found")
    return found


def _hanging() -> Select[PlaceCode]:
    return (
        select(PlaceCode)
        .join(PlaceCode.kiosk)
        .options(contains_eager(PlaceCode.kiosk))
        .where(PlaceCode.voided_at.is_(None), Kiosk.state == "active")
    )
