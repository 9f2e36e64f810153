"""Every use of my code, who has looked at my data, and "this was not me"; of a ward too, within the services
of the delegation."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from citizen_app.citizens.acting import ActingKind
from citizen_app.delegations.queries import people_of
from citizen_app.payments.queries import receipt_of, receipts_of
from citizen_app.scans.answers import displays_of
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.usage.lines import as_shown, line_as_shown
from citizen_app.usage.looks import looks_at_citizen
from citizen_app.usage.operations import dispute as dispute_use
from citizen_app.usage.queries import event_of_citizen, line_of_citizen
from citizen_app.usage.schemas import UsageQuerySchema
from citizen_app.web.boundary.acting import acting_scope, open_to_acting
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.citizen_api.consents import acting_now
from citizen_app.web.citizen_api.usage import usage_between
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.forms.reading import asked
from citizen_app.web.pages.mine.door import mine, wards


@wards.get("/uses")
@mine.get("/uses")
@open_to_acting()
def uses() -> str:
    """My uses, newest first; of one service with `?service=`, with one of my people with `?delegation=`."""
    filters, me = asked(UsageQuerySchema), current_citizen().citizen_id
    page = usage_between(me, within=acting_scope(filters["service"]), **filters)
    found = as_shown(page, displays_of([line.id for line in page.items]))
    people = [] if acting_now() else people_of(me)
    return render_template("mine/uses.html", found=found, people=people, shown=filters["delegation"])


@wards.get("/uses/<id:event_id>")
@mine.get("/uses/<id:event_id>")
@open_to_acting()
def use(event_id: str) -> str:
    """One use, whole: what was shown, what was seen of me, what was found out later."""
    citizen_id, acting = current_citizen().citizen_id, acting_now()
    line, paid = line_of_citizen(citizen_id, event_id, acting_scope()), None
    if acting is None:
        receipt = receipts_of(citizen_id, [(line.service, line.id)]).get(line.id)
        paid = None if receipt is None else receipt_of(citizen_id, receipt).line
    return render_template(
        "mine/use.html",
        line=line_as_shown(line, displays_of([line.id])),
        may_dispute=acting is None or acting.kind == ActingKind.GUARDIAN,
        paid=paid,
    )


@form_page(mine, "/uses/<id:event_id>/dispute", acting=(ActingKind.GUARDIAN,))
def dispute(form: Form, event_id: str) -> str:
    """Whether it really was not me."""
    line = event_of_citizen(current_citizen().citizen_id, event_id, acting_scope())
    return render_template("mine/dispute.html", form=form, line=line)


@dispute.sends
def _dispute(_: dict[str, Any], event_id: str) -> str:
    dispute_use(current_citizen().citizen_id, event_id, acting_scope())
    return url_for(".use", event_id=event_id, done="disputed")


dispute.stands_at(wards, "/uses/<id:event_id>/dispute")


@wards.get("/looks")
@mine.get("/looks")
@open_to_acting()
def looks() -> str:
    """Who has looked at my data, newest first."""
    me = current_citizen().citizen_id
    found = looks_at_citizen(me, within=acting_scope(), **asked(PageQuerySchema))
    return render_template("mine/looks.html", found=found)
