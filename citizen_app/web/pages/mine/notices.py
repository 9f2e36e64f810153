"""My inbox: what I was told, "this is not me", and how I want to be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Response, redirect, render_template, url_for

from citizen_app.extensions import limiter
from citizen_app.notices import emails, inbox, preferences
from citizen_app.notices.preferences import Preferences
from citizen_app.notices.schemas import (
    EmailCodeSchema,
    InboxQuerySchema,
    NewEmailSchema,
    PreferencesSchema,
    ReadThroughSchema,
)
from citizen_app.registry.state import enabled_modules
from citizen_app.storage.transactions import write_after_read
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.forms.reading import asked
from citizen_app.web.pages.mine.confirming import confirmed_lately, to_confirm
from citizen_app.web.pages.mine.door import mine


@form_page(mine, "/notices", ReadThroughSchema)
def notices(form: Form) -> str:
    """My notices, newest first; the form marks what is shown as read."""
    filters, me = asked(InboxQuerySchema), current_citizen().citizen_id
    found = inbox.inbox_of(me, **filters)
    if found.items:
        form.hide(through=found.items[0].id)
    return render_template("mine/notices.html", form=form, found=found, unread=inbox.unread_count(me))


@notices.sends
def _read(sent: dict[str, Any]) -> str:
    inbox.mark_all_read(current_citizen().citizen_id, sent["through"])
    return url_for("mine.notices")


@mine.get("/notices/<id:notice_id>")
def told(notice_id: str) -> str:
    """One notice, whole; opened, it is read."""
    me = current_citizen().citizen_id
    found = inbox.notice_of(me, notice_id)
    if found.read_at is None:
        write_after_read(partial(inbox.mark_read, me, notice_id))
    return render_template("mine/told.html", one=found)


@form_page(mine, "/notices/<id:notice_id>/dispute")
def not_me(form: Form, notice_id: str) -> str:
    """Whether it really was not me."""
    found = inbox.notice_of(current_citizen().citizen_id, notice_id)
    return render_template("mine/not_me.html", form=form, one=found)


@not_me.sends
def _dispute(_: dict[str, Any], notice_id: str) -> str:
    inbox.dispute(current_citizen().citizen_id, notice_id)
    return url_for("mine.told", notice_id=notice_id)


@form_page(mine, "/notices/settings", PreferencesSchema)
def how_told(form: Form) -> str:
    """How I want to be told."""
    chosen = preferences.preferences_of(current_citizen().citizen_id)
    form.start(**asdict(chosen))
    offered = list(_services(chosen))
    if offered:
        form.choose("muted", offered)
    else:
        form.hide(muted=())
    email = emails.standing_of(current_citizen().citizen_id)
    return render_template("mine/how_told.html", form=form, email=email)


@how_told.sends
def _choose(chosen: Preferences) -> str:
    preferences.choose(current_citizen().citizen_id, chosen)
    return url_for("mine.notices", done="told_so")


@form_page(mine, "/notices/email", NewEmailSchema)
def email(form: Form) -> str | Response:
    """To which address notices go, too."""
    return render_template("mine/email.html", form=form) if confirmed_lately() else to_confirm("mine.email")


@email.sends
@limiter.limit("10/minute;20/hour")
def _send_code(sent: dict[str, Any]) -> str | Response:
    if not confirmed_lately():
        return to_confirm("mine.email")
    emails.ask_for(current_citizen().citizen_id, sent["address"])
    return url_for("mine.email_code")


@form_page(mine, "/notices/email/code", EmailCodeSchema)
def email_code(form: Form) -> str | Response:
    """The code from the message."""
    standing = emails.standing_of(current_citizen().citizen_id)
    if standing.pending is None and not form.is_sent:
        return redirect(url_for("mine.how_told"), 303)  # type: ignore[return-value]
    return render_template("mine/email_code.html", form=form, email=standing)


@email_code.sends
@limiter.limit("30/minute")
def _confirm_email(sent: dict[str, Any]) -> str:
    emails.confirm(current_citizen().citizen_id, sent["code"])
    return url_for("mine.how_told", done="email_set")


@form_page(mine, "/notices/email/remove")
def remove_email(form: Form) -> str | Response:
    """Whether no e-mail is to come any more."""
    if not confirmed_lately():
        return to_confirm("mine.remove_email")
    standing = emails.standing_of(current_citizen().citizen_id)
    return render_template("mine/remove_email.html", form=form, email=standing)


@remove_email.sends
def _remove_email(_: dict[str, Any]) -> str | Response:
    if not confirmed_lately():
        return to_confirm("mine.remove_email")
    emails.take_away(current_citizen().citizen_id)
    return url_for("mine.how_told", done="email_gone")


def _services(chosen: Preferences) -> Iterator[tuple[str, Text]]:
    """Services that tell something, and those that are muted already."""
    telling = {module.id for module in enabled_modules() if module.descriptor.notices}
    for service in sorted(telling | set(chosen.muted)):
        yield service, service_title(service)
