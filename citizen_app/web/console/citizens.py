"""Citizens, found by one exact key and for a reason, which they are told; the hotline stops a stolen code."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, make_response, url_for

from citizen_app.citizens.documents import document_title, masked_number
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import ASSURANCE_TITLES, AssuranceLevel
from citizen_app.desk import accounts
from citizen_app.desk.findings import Found, citizen_of, describe, finding_of
from citizen_app.desk.models import DeskFinding
from citizen_app.desk.queries import at_counter
from citizen_app.desk.schemas import SearchSchema, wanted_of
from citizen_app.desk.search import role_of, search
from citizen_app.extensions import limiter
from citizen_app.text import Text
from citizen_app.usage.looks import Reading, note_look_of_city
from citizen_app.usage.offices import CITY
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.frame import console_pages, form_view, go_on, render
from citizen_app.web.console.sentences_citizens import CITIZENS, DESK, STATES
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.sentences import say

WORDS: Final = {
    "states": STATES,
    "document_title": document_title,
    "masked_number": masked_number,
    "level_of": lambda found: ASSURANCE_TITLES[AssuranceLevel(found.assurance_level)],
}

pages = console_pages(
    "citizens",
    Text("查找市民", "Find a citizen"),
    "citizens",
    read="citizens.search",
    write="citizens.search",
    sentences={**CITIZENS, **DESK},
)


@form_page(pages, "/", SearchSchema)
def find(form: Form) -> str:
    """The search; what was looked for stands in no address."""
    return render("citizens.html", form=form, result=None, **WORDS)


@find.sends
def _found(wanted: dict[str, Any]) -> Response:
    limiter.check("120/minute", current_staff().limit_key)
    result = search(current_staff(), wanted_of(wanted), wanted["reason"])
    fresh = Form(SearchSchema())
    page = make_response(render("citizens.html", form=fresh, result=result, **WORDS))
    page.headers["Cache-Control"] = "no-store"
    return page


@pages.get("/<id:finding_id>")
def one(finding_id: str) -> str:
    """Somebody whom the caller has found, as they are now; what is read is a look."""
    caller = current_staff()
    finding = finding_of(caller, finding_id)
    citizen = citizen_of(finding)
    look(finding, citizen, "citizens.read")
    return render(
        "citizen.html", found=describe(finding, citizen), counter=at_counter(caller, finding), **WORDS
    )


@form_page(pages, "/<id:finding_id>/freeze")
def freeze(form: Form, finding_id: str) -> str:
    """The question."""
    return form_view(
        form,
        "citizens.freeze_title",
        "citizens.freeze",
        url_for(".one", finding_id=finding_id),
        hint="citizens.freeze_hint",
        tone="danger",
        name=name_of(finding_of(current_staff(), finding_id)),
    )


@freeze.sends
def _freeze(wanted: dict[str, Any], finding_id: str) -> str:
    finding = finding_of(current_staff(), finding_id)
    look(finding, accounts.stop_code(finding), "citizens.stopped")
    return go_on(url_for(".one", finding_id=finding_id), "stopped")


def look(finding: DeskFinding, citizen: Citizen, action: str) -> None:
    """One more look at somebody who was found, with the reason of the search."""
    caller = current_staff()
    reading = Reading(CITY, finding.reason or "", caller.actor, role_of(caller))
    note_look_of_city(reading, [citizen.id], action, ("finding", finding.id))


def name_of(finding: DeskFinding) -> str:
    """What whoever was found is called on a page: never in full."""
    found: Found = describe(finding, citizen_of(finding))
    return found.masked_name or say("citizens.no_name")
