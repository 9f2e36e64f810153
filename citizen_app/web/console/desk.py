"""The counter in the console: an account opened with a document, somebody who is present, what is done for
them."""

from __future__ import annotations

import base64
from typing import Any, Final

from flask import Response, make_response, url_for
from marshmallow import fields, validate

from citizen_app.codes.drawing import draw_plain_svg
from citizen_app.desk import accounts, deaths, presence, serving
from citizen_app.desk.findings import finding_of
from citizen_app.desk.models import DeskFinding
from citizen_app.desk.schemas import DeathSchema, NewAccountSchema, NewPhoneSchema, OtpSchema
from citizen_app.extensions import limiter
from citizen_app.identity.providers import NamedDocument
from citizen_app.identity.providers.chosen import providers
from citizen_app.identity.schemas import IdNumber, StatedKind, stated_document
from citizen_app.settings import current_settings
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.citizens import look, name_of
from citizen_app.web.console.frame import console_pages, form_view, go_on, render
from citizen_app.web.console.sentences_citizens import CITIZENS, DESK
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.self_service import ADDRESS
from citizen_app.wire.inputs import StrictSchema

A_MINUTE: Final = "20/minute"
FINDING: Final = "/<id:finding_id>"

pages = console_pages(
    "desk",
    Text("凭证件开户", "Open an account"),
    "citizens",
    read="citizens.serve",
    write="citizens.serve",
    sentences={**CITIZENS, **DESK},
)


class CodeSchema(StrictSchema):
    """A code that is shown at the counter."""

    code = fields.String(
        required=True,
        validate=validate.Length(1, 600),
        metadata={"label": Text("市民码", "Code"), "input": "text", "autocomplete": "off"},
    )


class DocumentInHandSchema(StrictSchema):
    """A document that the clerk has in hand."""

    id_number = IdNumber()
    document_kind = StatedKind()


@form_page(pages, "/", NewAccountSchema, own_units=True)
def open_account(form: Form) -> str:
    """Somebody with a document and without a phone."""
    back = url_for("console_citizens.find")
    return form_view(form, "desk.title", "desk.open", back, hint="desk.lead")


@open_account.sends
def _open(wanted: dict[str, Any]) -> str:
    limiter.check("60/minute", current_staff().limit_key)
    claimed = NamedDocument(wanted["name"], stated_document(wanted))
    proof = accounts.proof_at_desk(claimed, None if wanted["document_seen"] else providers().register)
    with transaction():
        found, opened = accounts.open_account(current_staff(), wanted["name"], proof, wanted["reason"])
        return _back(found.id, "opened" if opened else "known")


@form_page(pages, f"{FINDING}/code", CodeSchema)
def by_code(form: Form, finding_id: str) -> str:
    """The code that they show here."""
    return _asked(form, finding_id, "desk.code_title", hint="desk.code_hint", send="desk.confirm")


@by_code.sends
def _by_code(wanted: dict[str, Any], finding_id: str) -> str:
    finding = _limited(finding_id)
    presence.by_code(current_staff(), finding, wanted["code"].strip())
    return _back(finding_id, "present")


@pages.post(f"{FINDING}/otp")
def send_otp(finding_id: str) -> Response:
    """An OTP to their phone."""
    presence.by_phone(current_staff(), _limited(finding_id))
    return Response(status=303, headers={"Location": _back(finding_id, "sent")})


@form_page(pages, f"{FINDING}/otp/confirm", OtpSchema)
def confirm_otp(form: Form, finding_id: str) -> str:
    """What they read out."""
    return _asked(form, finding_id, "desk.otp_title", send="desk.confirm")


@confirm_otp.sends
def _confirm_otp(wanted: dict[str, Any], finding_id: str) -> str:
    presence.confirm_by_phone(current_staff(), _limited(finding_id), wanted["otp"])
    return _back(finding_id, "present")


@form_page(pages, f"{FINDING}/document", DocumentInHandSchema)
def by_document(form: Form, finding_id: str) -> str:
    """A first clerk has the document in hand."""
    return _asked(form, finding_id, "desk.document_title", hint="desk.document_hint", send="desk.confirm")


@by_document.sends
def _by_document(wanted: dict[str, Any], finding_id: str) -> str:
    presence.by_document(current_staff(), _limited(finding_id), stated_document(wanted))
    return _back(finding_id, "waits")


@form_page(pages, f"{FINDING}/document/confirm", DocumentInHandSchema)
def second_clerk(form: Form, finding_id: str) -> str:
    """A second clerk has it in hand, too."""
    return _asked(form, finding_id, "desk.second_title", send="desk.confirm")


@second_clerk.sends
def _second_clerk(wanted: dict[str, Any], finding_id: str) -> str:
    presence.confirm_by_document(current_staff(), _limited(finding_id), stated_document(wanted))
    return _back(finding_id, "present")


@pages.post(f"{FINDING}/done")
def done(finding_id: str) -> Response:
    """Whoever stood there has gone."""
    finding_of(current_staff(), finding_id)
    presence.done(current_staff())
    return Response(status=303, headers={"Location": _back(finding_id, "gone")})


@pages.post(f"{FINDING}/acting")
def act(finding_id: str) -> Response:
    """Act for whoever is present: here, or on a kiosk that reads the link."""
    finding = _limited(finding_id)
    tokens = serving.act_for(current_staff(), finding, None)
    path = f"{ADDRESS}#acting={tokens.access_token}"
    picture = base64.b64encode(draw_plain_svg(f"{current_settings().public_url}{path}", "QR")).decode()
    page = make_response(
        render(
            "citizen_acting.html",
            name=name_of(finding),
            finding_id=finding_id,
            path=path,
            picture=f"data:image/svg+xml;base64,{picture}",
            ends_at=tokens.ends_at,
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page


@form_page(pages, f"{FINDING}/phone", NewPhoneSchema)
def new_phone(form: Form, finding_id: str) -> str:
    """Another phone for their account."""
    return _asked(form, finding_id, "desk.phone_title", hint="desk.phone_hint", send="desk.send")


@new_phone.sends
def _new_phone(wanted: dict[str, Any], finding_id: str) -> str:
    serving.begin_new_phone(current_staff(), _limited(finding_id), wanted["phone"])
    return go_on(url_for(".confirm_phone", finding_id=finding_id))


@form_page(pages, f"{FINDING}/phone/confirm", OtpSchema)
def confirm_phone(form: Form, finding_id: str) -> str:
    """The OTP that came there."""
    return _asked(form, finding_id, "desk.otp_title", send="desk.confirm")


@confirm_phone.sends
def _confirm_phone(wanted: dict[str, Any], finding_id: str) -> str:
    finding = _limited(finding_id)
    citizen = serving.confirm_new_phone(current_staff(), finding, wanted["otp"])
    look(finding, citizen, "citizens.phone_given")
    return _back(finding_id, "phone_given")


@pages.post(f"{FINDING}/unfreeze")
def unfreeze(finding_id: str) -> Response:
    """Let the codes of whoever is present go on."""
    finding = finding_of(current_staff(), finding_id)
    presence.present(current_staff(), finding)
    look(finding, accounts.let_go_on(finding), "citizens.going_on")
    return Response(status=303, headers={"Location": _back(finding_id, "going_on")})


@form_page(pages, f"{FINDING}/death", DeathSchema)
def death(form: Form, finding_id: str) -> str:
    """A death, and by what it is proved."""
    return _asked(
        form, finding_id, "desk.death_title", hint="desk.death_hint", send="desk.death_send", tone="danger"
    )


@death.sends
def _death(wanted: dict[str, Any], finding_id: str) -> str:
    finding = _limited(finding_id)
    proof = deaths.DeathProof(wanted["proof"])
    dead = deaths.report_death(current_staff(), finding, proof, wanted["reference"])
    look(finding, dead, "citizens.dead")
    return _back(finding_id, "dead")


@form_page(pages, f"{FINDING}/death/correct")
def correct_death(form: Form, finding_id: str) -> str:
    """The question."""
    hint = "citizens.correct_hint"
    return _asked(form, finding_id, "citizens.correct_title", send="citizens.correct", hint=hint)


@correct_death.sends
def _correct(wanted: dict[str, Any], finding_id: str) -> str:
    finding = _limited(finding_id)
    look(finding, deaths.correct_death(current_staff(), finding), "citizens.alive")
    return _back(finding_id, "alive")


def _limited(finding_id: str) -> DeskFinding:
    """Whom the caller has found; counted against a limit."""
    limiter.check(A_MINUTE, current_staff().limit_key)
    return finding_of(current_staff(), finding_id)


def _back(finding_id: str, said: str) -> str:
    return go_on(url_for("console_citizens.one", finding_id=finding_id), said)


def _asked(
    form: Form, finding_id: str, title: str, *, send: str, hint: str | None = None, tone: str = "primary"
) -> str:
    back = url_for("console_citizens.one", finding_id=finding_id)
    name = name_of(finding_of(current_staff(), finding_id))
    return form_view(form, title, send, back, hint=hint, tone=tone, name=name)
