"""The call screens of a service's queues, for its staff in the console: the queues that are theirs, who is in
the room, who waits, and a button for each act.

    wall = wall_pages(SERVICE.id, VIEWS)
    staff = staff_of_service(SERVICE.id, "calls", by_unit=True)
    pages = call_pages(SERVICE.id, staff, VIEWS, title=Text("叫号", "Calling"), wall=wall)

`words` replace those of `queueing.words.CALLS`, or add some for pages that the service puts beside them;
`links` lead to those from each screen: keys of words with endpoints that take `queue_id`; `ticket_links` from
who is in the room, with `ticket_id` too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for

from citizen_app.clock import now
from citizen_app.queueing.calling import ACTS
from citizen_app.queueing.order import ORDINARY, URGENT
from citizen_app.queueing.schemas import act_schema, next_schema
from citizen_app.queueing.views import QueueViews, WallPlace, line_of
from citizen_app.queueing.words import CALLS, worded
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.staff.officers import Officer
from citizen_app.storage.orm import Model, table_of
from citizen_app.text import Text
from citizen_app.usage.looks import Reading, note_look
from citizen_app.web.boundary.audiences import Audience, calling_officer, current_staff
from citizen_app.web.console.frame import ConsoleBlueprint, form_view, go_on, operators_pages
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.walls import wall_link
from citizen_app.wire.problems import Problem

Views = QueueViews[Any, Any]
Words = Mapping[str, Text]
Links = Sequence[tuple[str, str]]


def call_pages(
    service: str,
    audience: Audience,
    views: Views,
    *,
    title: Text,
    words: Words | None = None,
    links: Links = (),
    ticket_links: Links = (),
    wall: PageBlueprint | None = None,
) -> ConsoleBlueprint:
    """Pages under `/console/services/<service>/calls/` for whom `staff_of_service(…)` means."""
    said = {**CALLS, "title": title, **(words or {})}
    pages = operators_pages(service, audience, "calls", title, worded("calls", said))
    pages.own_sentences, pages.key = {}, "calls"
    _add_list(pages, views, wall)
    if wall is not None:
        _add_renewal(pages, views)
    _add_screen(pages, views, said["look"], {"links": links, "ticket_links": ticket_links})
    _add_next(pages, views, said)
    _add_act(pages, views, said)
    return pages


def by_officer(officer: Officer) -> str:
    """Who moves a ticket, as its moves say."""
    return f"staff {officer.name}"[:64]


def _add_list(pages: ConsoleBlueprint, views: Views, wall: PageBlueprint | None) -> None:
    @pages.get("/")
    def listed() -> str:
        """The queues that are mine to call for, and the walls of their places."""
        officer = calling_officer()
        found = [one for one in views.queues_of(officer, now()) if views.may_call(officer, one)]
        walls = (
            [(one.id, _name_of(one), wall_link(wall, one)) for one in views.walls_of(officer, found)]
            if wall
            else []
        )
        return render_template("queueing/list.html", queues=[views.view(one) for one in found], walls=walls)


def _add_renewal(pages: ConsoleBlueprint, views: Views) -> None:
    @form_page(pages, "/walls/<id:place_id>")
    def renew_wall(form: Form, place_id: str) -> str:
        """Take the link of a wall back?"""
        return form_view(
            form,
            "calls.renew_question",
            "calls.renew",
            url_for(".listed"),
            hint="calls.renew_hint",
            tone="danger",
            place=_name_of(_wall_or_404(views, place_id)),
        )

    @renew_wall.sends
    def _renew_wall(_: dict[str, Any], place_id: str) -> str:
        views.renew_wall(_wall_or_404(views, place_id))
        return go_on(url_for(".listed"), "renewed")


def _add_screen(pages: ConsoleBlueprint, views: Views, reason: Text, links: Mapping[str, Links]) -> None:
    @pages.get("/<id:queue_id>")
    def screen(queue_id: str) -> str:
        """Who is in the room, who waits, what can be done; each whose name is shown finds the look."""
        queue = views.queue_or_404(calling_officer(), queue_id)
        inside, beside = views.in_rooms(queue_id), views.beside(queue_id)
        refs = [one.ref for one in (*inside, *beside) if one.ref]
        if refs:
            reading = Reading(pages.service, reason, current_staff().actor)
            of = (_kind_of(views.calling.queues), queue_id)
            note_look(reading, refs, f"{pages.service}.look", of, reason=reason.en)
        return render_template(
            "queueing/screen.html",
            inside=inside,
            beside=beside,
            last=views.last_done(queue_id),
            **links,
            **_shown(views, queue),
        )

    @pages.get("/<id:queue_id>/waiting")
    def who_waits(queue_id: str) -> str:
        """Who waits, by number: the part of the screen that is fetched anew."""
        queue = views.queue_or_404(calling_officer(), queue_id)
        return render_template("queueing/waiting.html", **_shown(views, queue))


def _add_next(pages: ConsoleBlueprint, views: Views, said: Words) -> None:
    @form_page(pages, "/<id:queue_id>/next", next_schema(said))
    def call_next(form: Form, queue_id: str) -> str:
        """Call the next; the screen has a button for it."""
        queue = views.queue_or_404(calling_officer(), queue_id)
        form.start(room=queue.room)
        return form_view(form, "calls.next", "calls.next", url_for(".screen", queue_id=queue_id))

    @call_next.sends
    def _call_next(wanted: dict[str, Any], queue_id: str) -> str:
        officer = calling_officer()
        views.queue_or_404(officer, queue_id)
        called = views.calling.call_next(
            queue_id, wanted["room"], now(), by_officer(officer), finish=wanted["finish"]
        )
        return go_on(url_for(".screen", queue_id=queue_id), "called" if called else "nobody")


def _add_act(pages: ConsoleBlueprint, views: Views, said: Words) -> None:
    @form_page(pages, "/<id:queue_id>/<id:ticket_id>", act_schema(said))
    def act(form: Form, queue_id: str, ticket_id: str) -> str:
        """Do something else with a number: take it back, bring it forward, with a reason."""
        views.queue_or_404(calling_officer(), queue_id)
        ticket = views.ticket_or_404(queue_id, ticket_id)
        form.choose(
            "act", [(name, said[f"act.{name}"]) for name, states in ACTS.items() if ticket.state in states]
        )
        back = url_for(".screen", queue_id=queue_id)
        return form_view(form, "calls.ticket", "calls.do", back, number=ticket.number)

    @act.sends
    def _act(wanted: dict[str, Any], queue_id: str, ticket_id: str) -> str:
        officer = calling_officer()
        views.queue_or_404(officer, queue_id)
        ticket = views.ticket_or_404(queue_id, ticket_id)
        views.calling.act(ticket, wanted["act"], now(), by_officer(officer), wanted["reason"])
        return go_on(url_for(".screen", queue_id=queue_id), wanted["act"])


def _shown(views: Views, queue: Any) -> dict[str, Any]:
    return {
        "queue": queue,
        "name": views.name_of(queue),
        "waiting": views.calling.order.waiting(queue.id),
        "notes": views.notes(queue),
        "urgent": URGENT,
        "ordinary": ORDINARY,
    }


def _wall_or_404(views: Views, place_id: str) -> WallPlace:
    place = views.wall_place(place_id)
    if place is None or not views.has_wall(calling_officer(), place):
        raise Problem("not-found")
    return place


def _name_of(place: WallPlace) -> Text:
    """With what it is part of: two hospitals have a department of the same name."""
    return line_of(place.of, place.name)


def _kind_of(model: type[Model]) -> str:
    """What the audit log calls a row of a table."""
    return table_of(model).name.removesuffix("s")
