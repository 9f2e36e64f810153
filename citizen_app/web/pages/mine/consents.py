"""What services see of me, and my say in it; the city's privacy notice. Who acts for a ward decides about the
services of the delegation; the notice is the citizen's own."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from citizen_app.consent import operations
from citizen_app.consent.queries import (
    FieldStanding,
    ServiceConsent,
    consent_of,
    consents_of,
    notice_standing,
)
from citizen_app.consent.schemas import AcceptNoticeSchema, SeenFieldsSchema
from citizen_app.text import Text
from citizen_app.web.boundary.acting import open_to_acting
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.boundary.page_callers import local_address
from citizen_app.web.citizen_api.consents import FOR_A_WARD, acting_now, actor_for
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.mine.door import mine, wards
from citizen_app.wire.problems import Problem

CHOICE = Text("{title}：{reason}", "{title}: {reason}")
SENSITIVE = Text("（敏感信息）", " (sensitive)")


@wards.get("/consents")
@mine.get("/consents")
@open_to_acting(*FOR_A_WARD)
def consents() -> str:
    """Each service, and how it stands with it."""
    citizen_id, acting = current_citizen().citizen_id, acting_now()
    services = consents_of(citizen_id, acting.services if acting else None)
    notice = None if acting else notice_standing(citizen_id)
    return render_template("mine/consents.html", notice=notice, services=services)


@form_page(mine, "/consents/notice", AcceptNoticeSchema)
def notice(form: Form) -> str:
    """Accept the notice in force."""
    standing = notice_standing(current_citizen().citizen_id)
    form.hide(version=standing.notice.version)
    return render_template("mine/notice.html", form=form, standing=standing)


@notice.sends
def _accept(sent: dict[str, Any]) -> str:
    operations.accept_notice(current_citizen().citizen_id, sent["version"])
    return url_for("mine.consents", done="agreed")


@form_page(mine, "/consents/notice/withdraw")
def withdraw_notice(form: Form) -> str:
    """Whether to take the acceptance back."""
    return render_template("mine/withdraw_notice.html", form=form)


@withdraw_notice.sends
def _withdraw_notice(_: dict[str, Any]) -> str:
    operations.withdraw_notice(current_citizen().citizen_id)
    return url_for("mine.consents", done="withdrawn")


@form_page(mine, "/consents/<string:service>", SeenFieldsSchema, acting=FOR_A_WARD)
def consent(form: Form, service: str) -> str:
    """What one service sees: ticked is agreed to, unticked is taken back. With `?next=` a page that could not
    go on without it waits."""
    actor_for(service)
    standing = _of(service)
    asked_for = [one for one in standing.scopes if one.state != "by_law"]
    form.choose("scopes", [(one.scope.name, _choice(one)) for one in asked_for])
    form.start(scopes=[one.scope.name for one in asked_for if one.state == "agreed"])
    by_law = [one.scope for one in standing.scopes if one.state == "by_law"]
    essential = [one.scope.title for one in asked_for if one.scope.essential]
    return render_template(
        "mine/consent.html",
        form=form,
        standing=standing,
        by_law=by_law,
        asks=bool(asked_for),
        essential=essential,
    )


@consent.sends
def _decide(sent: dict[str, Any], service: str) -> str:
    citizen_id, actor = current_citizen().citizen_id, actor_for(service)
    if sent["scopes"]:
        operations.agree(citizen_id, service, sent["scopes"], actor)
    else:
        operations.withdraw(citizen_id, service, actor)
    return local_address(request.args.get("next"), url_for(".consents", done="decided"))


consent.stands_at(wards, "/consents/<string:service>")


def _of(service: str) -> ServiceConsent:
    """How it stands with a service of which there is something to say."""
    standing = consent_of(current_citizen().citizen_id, service)
    if not standing.scopes:
        raise Problem("not-found")
    return standing


def _choice(one: FieldStanding) -> Text:
    words = CHOICE.fill(title=one.scope.title, reason=one.scope.reason)
    return Text(words.zh + SENSITIVE.zh, words.en + SENSITIVE.en) if one.scope.sensitive else words
