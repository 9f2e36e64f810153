"""Place codes: posters that a citizen's phone reads. Rules and writes.

A place is a virtual kiosk: it stands somewhere, has a purpose and its lines in the log like any other, but no
device, no token and no heartbeat. What hangs there is one print with a random token; printing anew voids the
one before.

The token is stored as it is. It hangs in public for years, so a hash would protect nothing; and a city that
can look it up can print a second sheet for the other door, and tell whether what hangs there is its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import select

from citizen_app import clock
from citizen_app.audit.operations import current_actor, record
from citizen_app.ids import new_id
from citizen_app.kiosks.models import Kiosk, PlaceCode, Placement
from citizen_app.kiosks.operations import next_number
from citizen_app.kiosks.rules import PurposesOf, check_purposes
from citizen_app.registry.contract import Purpose
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

TOKEN_BYTES: Final = 16
PLACE_KIND: Final = "place"
ONE_OF_BOTH: Final = Text("用途和页面请填其中一个", "give either a purpose or a page")
NOT_FOR_POSTERS: Final = Text(
    "这个用途不接受场所码；接受的有：{purposes}", "this purpose takes no place codes; these do: {purposes}"
)
NO_SUCH_PAGE: Final = Text(
    "这项服务没有这样的公开页面；请写服务页面下的路径，例如 stops/1001",
    "the service has no such public page; write the path below its pages, such as stops/1001",
)
NEEDS_TITLE: Final = Text("打开页面的海报要有标题", "a poster that opens a page needs a title")
REVOKED: Final = Text(
    "该场所已停用，不能再印海报。", "This place is revoked; no poster can be printed for it."
)

IsPublicPage = Callable[[str, str], bool]
"""Whether a service has a page at this path that opens for anybody."""


def create(
    *,
    name: str,
    service: str,
    place: Text,
    purpose: str | None = None,
    page: str | None = None,
    title: Text | None = None,
    context: Mapping[str, Any] | None = None,
    purposes_of: PurposesOf,
    is_public_page: IsPublicPage,
) -> PlaceCode:
    """A place with its first poster: for a purpose that accepts place codes, or for a public page of the
    service (its path below `/services/<id>/`).

    `context` is what the scans of a purpose begin with; `title` stands on the poster, the purpose's own
    without it. Raises a 422 for what the service does not have.
    """
    if (purpose is None) == (page is None):
        raise invalid_input("/purpose", ONE_OF_BOTH)
    if purpose is not None:
        title = title or _fitting(service, purpose, context or {}, purposes_of).title
    elif purposes_of(service) is None or not is_public_page(service, page or ""):
        raise invalid_input("/page", NO_SUCH_PAGE)
    elif title is None:
        raise invalid_input("/title", NEEDS_TITLE)
    invalidate("kiosks")  # creations of kiosks take turns, so that numbers do not collide
    kiosk_id, moment = new_id(), clock.now()
    placement = Placement(id=new_id(), kiosk_id=kiosk_id, place_zh=place.zh, place_en=place.en, since=moment)
    kiosk = Kiosk(
        id=kiosk_id,
        number=next_number(),
        name=name,
        service=service,
        purposes=[purpose] if purpose else [],
        context=dict(context or {}),
        placement=placement,
        state="active",
        virtual=True,
        created_at=moment,
        created_by=current_actor().name[:60],
    )
    db.session.add_all([placement, kiosk])
    db.session.flush()
    return _hang(kiosk, purpose, page, title)


def print_anew(kiosk_id: str) -> PlaceCode:
    """A new poster for the place; the one before is void from this moment on. Also where none hangs any more.

    Raises a 404 without such a place, a 409 for one that is revoked.
    """
    kiosk = _locked(kiosk_id)
    if kiosk.state != "active":
        raise Problem("conflict", REVOKED)
    last = last_print(kiosk_id)
    _take_down(last)
    return _hang(kiosk, last.purpose, last.page, last.title)


def void(kiosk_id: str) -> PlaceCode:
    """Take the poster out of use; a second time changes nothing. Raises a 404 without such a place."""
    kiosk = _locked(kiosk_id)
    last = last_print(kiosk_id)
    if _take_down(last):
        record("place_code.void", "kiosk", kiosk.id, number=kiosk.number)
    return last


def last_print(kiosk_id: str) -> PlaceCode:
    """The newest print of a place, in use or void. Raises a 404 without such a place."""
    prints = select(PlaceCode).where(PlaceCode.kiosk_id == kiosk_id).order_by(PlaceCode.id.desc()).limit(1)
    found = db.session.scalar(prints)
    if found is None:
        raise Problem("not-found")
    return found


def _fitting(service: str, purpose: str, context: Mapping[str, Any], purposes_of: PurposesOf) -> Purpose:
    declared = purposes_of(service)
    check_purposes(service, [purpose], context, lambda _: declared, "/purpose")
    fitting = {one.id: one for one in declared or () if PLACE_KIND in one.kinds}
    if purpose not in fitting:
        raise invalid_input("/purpose", NOT_FOR_POSTERS.fill(purposes=", ".join(fitting) or "–"))
    return fitting[purpose]


def _hang(kiosk: Kiosk, purpose: str | None, page: str | None, title: Text) -> PlaceCode:
    made = PlaceCode(
        id=new_id(),
        kiosk_id=kiosk.id,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        purpose=purpose,
        page=page,
        title_zh=title.zh,
        title_en=title.en,
        printed_at=clock.now(),
        printed_by=current_actor().name[:60],
    )
    made.kiosk = kiosk
    db.session.add(made)
    db.session.flush()
    record("place_code.print", "kiosk", kiosk.id, number=kiosk.number, service=kiosk.service, purpose=purpose)
    return made


def _take_down(hanging: PlaceCode) -> bool:
    if hanging.voided_at is not None:
        return False
    hanging.voided_at = clock.now()
    db.session.flush()
    return True


def _locked(kiosk_id: str) -> Kiosk:
    kiosk = lock_row(Kiosk, kiosk_id)
    if kiosk is None or not kiosk.virtual:
        raise Problem("not-found")
    return kiosk
