"""Staff and their roles: who there is, invitations, locks."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, make_response, url_for
from marshmallow import fields, validate
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from citizen_app.clock import now
from citizen_app.registry.modules import current_registry
from citizen_app.settings import current_settings
from citizen_app.staff import operations
from citizen_app.staff.invitations import invite, invite_again
from citizen_app.staff.operations import Grant
from citizen_app.staff.queries import all_roles, all_staff, person_or_404
from citizen_app.text import Text
from citizen_app.web.console.frame import console_pages, form_view, go_on, render
from citizen_app.web.console.sentences_people import SENTENCES
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.wire.inputs import StrictSchema

pages = console_pages(
    "people",
    Text("工作人员", "Staff"),
    "people",
    read="staff.read",
    write="staff.manage",
    sentences=SENTENCES,
)
ACTS: Final = {
    "enable": operations.enable,
    "disable": operations.disable,
    "unlock": operations.unlock,
    "sign-out": operations.sign_out_everywhere,
}


class GrantSchema(StrictSchema):
    """A role, and where it holds."""

    role = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"label": Text("角色", "Role"), "input": "select"},
    )
    service = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 20),
        metadata={"label": Text("服务（不选为全部）", "Service (none: all)"), "input": "select"},
    )
    unit = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 64),
        metadata={
            "label": Text("单位编号", "Unit"),
            "help": Text(
                "服务里的分馆、院区、小区等的编号；不填为整项服务。",
                "The id of a branch, hospital or place in the service; empty for the whole service.",
            ),
        },
    )


class InvitationSchema(GrantSchema):
    """Whom to invite."""

    username = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"label": Text("用户名", "User name"), "autocomplete": "off"},
    )


def _choose(form: Form) -> None:
    form.choose("role", [(role.id, role.title) for role in all_roles()])
    form.choose("service", [(module.id, module.descriptor.title) for module in current_registry()])


@pages.get("/")
def listed() -> str:
    """Everybody, with lock and last sign-in."""
    titles = {role.id: role.title for role in all_roles()}
    return render("people.html", people=all_staff(), titles=titles, now=now())


@form_page(pages, "/new", InvitationSchema)
def new(form: Form) -> str:
    """Invite somebody."""
    _choose(form)
    return form_view(form, "people.new", "people.invite", url_for(".listed"), hint="people.new_hint")


@new.sends
def _invite(wanted: dict[str, Any]) -> Response:
    grant = Grant(wanted["role"], wanted["service"], wanted["unit"])
    return _shown_once(invite(wanted["username"], [grant]), wanted["username"])


@pages.get("/<id:staff_id>")
def person(staff_id: str) -> str:
    """One person, with roles and what can be done."""
    titles = {role.id: role.title for role in all_roles()}
    return render("person.html", one=person_or_404(staff_id), titles=titles, now=now())


@form_page(pages, "/<id:staff_id>/grant", GrantSchema)
def grant(form: Form, staff_id: str) -> str:
    """Give a role."""
    _choose(form)
    name = person_or_404(staff_id).staff.username
    back = url_for(".person", staff_id=staff_id)
    return form_view(form, "people.grant_to", "people.grant", back, username=name)


@grant.sends
def _grant(wanted: dict[str, Any], staff_id: str) -> str:
    operations.grant(staff_id, wanted["role"], wanted["service"], wanted["unit"])
    return go_on(url_for(".person", staff_id=staff_id), "granted")


@form_page(pages, "/<id:staff_id>/revoke", GrantSchema)
def revoke(form: Form, staff_id: str) -> str:
    """Take a role back; the form comes filled from the list."""
    form.hide(role="", service=None, unit=None)
    name = person_or_404(staff_id).staff.username
    back = url_for(".person", staff_id=staff_id)
    return form_view(form, "people.revoke_of", "people.revoke", back, username=name)


@revoke.sends
def _revoke(wanted: dict[str, Any], staff_id: str) -> str:
    operations.revoke_role(staff_id, wanted["role"], wanted["service"], wanted["unit"])
    return go_on(url_for(".person", staff_id=staff_id), "revoked")


@pages.post("/<id:staff_id>/<any(enable, disable, unlock, 'sign-out'):act>")
def act_on(staff_id: str, act: str) -> Answer:
    """What takes one press."""
    ACTS[act](staff_id)
    return redirect(go_on(url_for(".person", staff_id=staff_id), act.replace("-", "_")), 303)


@pages.post("/<id:staff_id>/invitation")
def renew(staff_id: str) -> Response:
    """A token for a new password and a new authenticator."""
    return _shown_once(invite_again(staff_id), person_or_404(staff_id).staff.username)


def _shown_once(token: str, username: str) -> Response:
    address = f"{current_settings().public_url}{url_for('console_setup.start')}"
    page = make_response(render("token.html", token=token, username=username, address=address))
    page.headers["Cache-Control"] = "no-store"
    return page
