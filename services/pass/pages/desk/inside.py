"""Who is inside now, emergencies, and the muster list on the screen and on paper."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any, Final

from flask import Response

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import Form, asked, form_page, go_on, render, url_for
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import PageQuerySchema, Problem, language

from ... import queries
from ...models import PassPresence
from ...operations import emergencies, reading
from ...operations.reading import Reader, refs_of_seen
from ...queries import desk
from ...queries.views import Seen, by_unit
from ...routes.muster_sheet import printed_pdf
from ...schemas.desk import MusterEntrySchema, NewEmergencySchema
from ...snapshot import title_of_gate, title_of_place
from ..blueprint import pages
from .door import reader_of

USUAL_EMERGENCY: Final = timedelta(hours=2)
"""What a fresh form offers."""


@pages.get("/managed/<id:place_id>/inside")
def inside(place_id: str) -> str:
    """Who is inside now."""
    reader = reader_of(place_id)
    found = queries.present_page(place_id, **asked(PageQuerySchema))
    _shown(reader, found.items, reading.PRESENCE, "read_presence")
    return _drawn("desk/inside.html", place_id, found=found, count=queries.inside_count(place_id))


@pages.get("/managed/<id:place_id>/inside/sheet")
def inside_sheet(place_id: str) -> str:
    """Who is inside now, on paper."""
    reader = reader_of(place_id)
    rows = sorted(queries.present_rows(place_id), key=by_unit)
    _shown(reader, rows, reading.PRESENCE_SHEET, "print_presence")
    return _drawn("desk/sheet.html", place_id, rows=rows, emergency=None, at=now())


@pages.get("/managed/<id:place_id>/muster")
def muster(place_id: str) -> str:
    """Everybody to be accounted for since the newest emergency began."""
    reader, emergency = reader_of(place_id), emergencies.latest(place_id)
    if emergency is None:
        return _drawn("desk/no_emergency.html", place_id)
    found = queries.muster_page(emergency, **asked(PageQuerySchema))
    _shown(reader, found.items, reading.MUSTER, "read_muster")
    return _drawn(
        "desk/muster.html",
        place_id,
        found=found,
        emergency=emergency,
        is_open=emergencies.current(place_id) is not None,
        missing=queries.missing_count(emergency),
    )


@pages.get("/managed/<id:place_id>/muster/sheet")
def muster_sheet(place_id: str) -> str:
    """The muster list on paper."""
    reader, emergency = reader_of(place_id), emergencies.latest_or_404(place_id)
    rows = sorted(queries.muster_rows(emergency), key=by_unit)
    _shown(reader, rows, reading.MUSTER_SHEET, "print_muster")
    return _drawn("desk/sheet.html", place_id, rows=rows, emergency=emergency, at=now())


@pages.get("/managed/<id:place_id>/muster/sheet.pdf")
def muster_pdf(place_id: str) -> Response:
    """The muster list as a PDF, to be sent on or printed elsewhere."""
    reader, emergency = reader_of(place_id), emergencies.latest_or_404(place_id)
    rows = sorted(queries.muster_rows(emergency), key=by_unit)
    _shown(reader, rows, reading.MUSTER_SHEET, "print_muster")
    entries = MusterEntrySchema().dump(rows, many=True)
    content = printed_pdf(title_of_place(place_id), entries, language())
    return Response(content, mimetype="application/pdf")


@form_page(pages, "/managed/<id:place_id>/muster/<id:person_id>")
def account_for(form: Form, place_id: str, person_id: str) -> str:
    """Whether somebody has been found safe; the list has a button for it."""
    reader, found = reader_of(place_id), desk.present_at(place_id, person_id)
    if found is None:
        raise Problem("not-found")
    _shown(reader, [found], reading.MUSTER, "read_muster")
    return _drawn("desk/account_for.html", place_id, form=form, seen=found)


@account_for.sends
def _account_for(_: dict[str, Any], place_id: str, person_id: str) -> str:
    by = reader_of(place_id).by
    emergencies.account_for(emergencies.latest_or_404(place_id), person_id, by)
    return go_on(url_for(".muster", place_id=place_id), "accounted")


@form_page(pages, "/managed/<id:place_id>/emergency/new", NewEmergencySchema)
def open_emergency(form: Form, place_id: str) -> str:
    """Open every gate to everybody now."""
    reader_of(place_id)
    form.start(until=(now() + USUAL_EMERGENCY).replace(second=0, microsecond=0))
    return _drawn("desk/open_emergency.html", place_id, form=form)


@open_emergency.sends
def _open_emergency(wanted: dict[str, Any], place_id: str) -> str:
    emergencies.open_all(place_id, **wanted, by=reader_of(place_id).by)
    return go_on(url_for(".muster", place_id=place_id), "opened")


@form_page(pages, "/managed/<id:place_id>/emergency/end")
def end_emergency(form: Form, place_id: str) -> str:
    """Whether to close the gates again."""
    reader_of(place_id)
    return _drawn("desk/end_emergency.html", place_id, form=form)


@end_emergency.sends
def _end_emergency(_: dict[str, Any], place_id: str) -> str:
    emergencies.end(place_id, by=reader_of(place_id).by)
    return go_on(url_for(".muster", place_id=place_id), "closed")


def _shown(reader: Reader, rows: list[Seen[PassPresence]], why: Text, action: str) -> None:
    reader.sees(chain.from_iterable(map(refs_of_seen, rows)), why, action)


def _drawn(template: str, place_id: str, **shown: Any) -> str:
    return render(
        template,
        place_id=place_id,
        place=title_of_place(place_id),
        title_of_gate=title_of_gate,
        **shown,
    )
