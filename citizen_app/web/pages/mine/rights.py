"""我的数据 and 注销账户: a copy of what is kept of me, and closing my account."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Response, render_template, url_for
from marshmallow import validates

from citizen_app.audit.operations import Actor
from citizen_app.delegations.queries import WardLine
from citizen_app.rights import asking, erasing
from citizen_app.rights.holdings import WHAT_STAYS
from citizen_app.rights.permitted import ward_of_guardian
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.web.boundary.assurance import require_fresh
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.citizen_api.rights import FRESH_SECONDS, actor_of, copy_for
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.mine.confirming import confirmed_lately, to_confirm
from citizen_app.web.pages.mine.door import mine
from citizen_app.web.pages.session import drop_cookies
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import StrictBoolean, StrictSchema

BY_GUARDIAN: Final = Actor("citizen", None, "citizen by guardian")
TICK_IT: Final = Text("请先勾选", "Tick this first")


class LeavingSchema(StrictSchema):
    """That it is meant."""

    understood = StrictBoolean(
        required=True,
        metadata={"label": Text("我已了解，注销不能撤回", "I understand that this cannot be taken back")},
    )

    @validates("understood")
    def is_meant(self, value: bool, **options: Any) -> None:
        """It is ticked."""
        if not value:
            raise Refused(TICK_IT)


@form_page(mine, "/data")
def data(form: Form) -> str:
    """How it stands with a copy of mine; looked at anew while one is made."""
    return _data(form, current_citizen().citizen_id, url_for(".data"), url_for(".copy"))


@data.sends
def _ask(_: dict[str, Any]) -> str | Response:
    if not confirmed_lately():
        return to_confirm("mine.data")
    asking.ask_for_copy(current_citizen().citizen_id, asked_by="oneself")
    return url_for("mine.data")


@mine.get("/data/copy.zip")
def copy() -> Response:
    """The copy itself, for whoever has just proved that it is they."""
    if not confirmed_lately():
        return to_confirm("mine.data")
    caller = current_citizen()
    return copy_for(caller.citizen_id, actor_of(caller))


@form_page(mine, "/leave", LeavingSchema)
def leave(form: Form) -> str:
    """What stands against it, what goes, what stays; and whether it is meant."""
    return _leave_page(form, current_citizen().citizen_id, url_for(".leave"), url_for(".data"))


@leave.sends
def _leave(_: dict[str, Any]) -> Response:
    require_fresh(FRESH_SECONDS)
    caller = current_citizen()
    erasing.erase(caller.citizen_id, asked_by="oneself", actor=actor_of(caller))
    response = Response(status=303, headers={"Location": url_for("pages.left"), "Cache-Control": "no-store"})
    drop_cookies(response)
    return response


@form_page(mine, "/family/<id:delegation_id>/data")
def ward_data(form: Form, delegation_id: str) -> str:
    """A copy of what is kept of a child below fourteen, for their guardian."""
    ward, here = _ward(delegation_id), partial(url_for, delegation_id=delegation_id)
    return _data(form, ward.citizen_id, here(".ward_data"), here(".ward_copy"), ward)


@ward_data.sends
def _ask_for_ward(_: dict[str, Any], delegation_id: str) -> str | Response:
    if not confirmed_lately():
        return to_confirm("mine.ward_data", delegation_id=delegation_id)
    asking.ask_for_copy(_ward(delegation_id).citizen_id, asked_by="guardian")
    return url_for("mine.ward_data", delegation_id=delegation_id)


@mine.get("/family/<id:delegation_id>/data/copy.zip")
def ward_copy(delegation_id: str) -> Response:
    """The child's copy."""
    if not confirmed_lately():
        return to_confirm("mine.ward_data", delegation_id=delegation_id)
    return copy_for(_ward(delegation_id).citizen_id, BY_GUARDIAN)


@form_page(mine, "/family/<id:delegation_id>/leave", LeavingSchema)
def ward_leave(form: Form, delegation_id: str) -> str:
    """Closing the account of a child below fourteen, as their guardian."""
    ward, here = _ward(delegation_id), partial(url_for, delegation_id=delegation_id)
    return _leave_page(form, ward.citizen_id, here(".ward_leave"), here(".ward_data"), ward)


@ward_leave.sends
def _leave_for_ward(_: dict[str, Any], delegation_id: str) -> str:
    require_fresh(FRESH_SECONDS)
    erasing.erase(_ward(delegation_id).citizen_id, asked_by="guardian", actor=BY_GUARDIAN)
    return url_for("mine.family", done="ward_left")


def _data(form: Form, citizen_id: str, here: str, fetch: str, ward: WardLine | None = None) -> str:
    ready = asking.copy_that_is_ready(citizen_id)
    return render_template(
        "mine/data.html",
        form=form,
        waiting=asking.copy_that_waits(citizen_id),
        ready=ready,
        missing=[] if ready is None else [service_title(one) for one in ready.missing],
        proved=confirmed_lately(),
        place=here,
        fetch=fetch,
        ward=ward,
    )


def _leave_page(form: Form, citizen_id: str, here: str, copy: str, ward: WardLine | None = None) -> str:
    return render_template(
        "mine/leave.html",
        form=form,
        against=erasing.against(citizen_id),
        stays=WHAT_STAYS,
        proved=confirmed_lately(),
        place=here,
        copy=copy,
        ward=ward,
    )


def _ward(delegation_id: str) -> WardLine:
    return ward_of_guardian(current_citizen().citizen_id, delegation_id)
