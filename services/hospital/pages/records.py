"""For whoever has signed in: results, after a fresh proof, and letters of referral."""

from __future__ import annotations

from typing import Any

from flask import Response

from citizen_app.toolkit.pages import CITIZEN, Form, asked, form_page, go_on, render, service_pages, url_for
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import PageQuerySchema, attachment, require
from services.hospital.manifest import SERVICE
from services.hospital.operations import letters
from services.hospital.operations import reports as results
from services.hospital.operations.privacy import looking
from services.hospital.operations.record_words import FLAGS, LETTER_STATES, REPORT_KINDS, REPORT_STATUSES
from services.hospital.pages.finding import words
from services.hospital.pages.sentences import SENTENCES
from services.hospital.queries import records
from services.hospital.routes.results import FRESH_SECONDS, PAPER, PDF

ONE = "/referrals/<id:letter_id>"
pages = service_pages(SERVICE.id, CITIZEN, "records", SENTENCES)


@pages.get("/reports")
@require(2, fresh_seconds=FRESH_SECONDS)
def reports() -> str:
    """My results."""
    found = records.reports_page(looking(), now(), **asked(PageQuerySchema))
    return render("records/reports.html", found=found, kinds=REPORT_KINDS, statuses=REPORT_STATUSES)


@pages.get("/reports/<id:report_id>")
@require(2, fresh_seconds=FRESH_SECONDS)
def report(report_id: str) -> str:
    """One of them."""
    one = results.shown(results.read(looking(), report_id, now()))
    return render("records/report.html", one=one, kinds=REPORT_KINDS, statuses=REPORT_STATUSES, flags=FLAGS)


@pages.get("/reports/<id:report_id>/paper")
@require(2, fresh_seconds=FRESH_SECONDS)
def paper(report_id: str) -> Response:
    """One of them as its hospital made it."""
    row = results.read(looking(), report_id, now(), results.DOWNLOADED)
    return attachment(results.paper_of(row), PDF, PAPER)


@pages.get("/referrals")
def referrals() -> str:
    """My letters of referral."""
    found = records.letters_of(looking(), now(), **asked(PageQuerySchema))
    return render("records/referrals.html", found=found, states=LETTER_STATES)


@pages.get(ONE)
def referral(letter_id: str) -> str:
    """One of them: its reason, and the numbers that can be had with it."""
    moment = now()
    letter = records.own_letter(looking(), letter_id, moment)
    return render(
        "records/referral.html",
        one=records.shown_letter(letter, moment),
        states=LETTER_STATES,
        slots=records.slots_for(letter, moment),
        **words(),
    )


@form_page(pages, f"{ONE}/agree")
def agree(form: Form, letter_id: str) -> str:
    """Agree to it?"""
    return _question(form, letter_id, "agree", "primary")


@agree.sends
@require(2)
def _agree(_: dict[str, Any], letter_id: str) -> str:
    return _decided(letter_id, True)


@form_page(pages, f"{ONE}/decline")
def decline(form: Form, letter_id: str) -> str:
    """Not agree to it?"""
    return _question(form, letter_id, "decline", "warn")


@decline.sends
def _decline(_: dict[str, Any], letter_id: str) -> str:
    return _decided(letter_id, False)


def _question(form: Form, letter_id: str, deed: str, tone: str) -> str:
    one = records.shown_letter(records.own_letter(looking(), letter_id, now()), now())
    return render("records/decide.html", form=form, one=one, deed=deed, tone=tone)


def _decided(letter_id: str, agreed: bool) -> str:
    who, moment = looking(), now()
    letters.decide(records.own_letter(who, letter_id, moment), agreed, moment, who.by.name)
    return go_on(url_for(".referral", letter_id=letter_id), "agreed" if agreed else "declined")
