"""Who acts for whom: invite, accept, decline, end; and an account for a child."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, redirect, render_template, url_for

from citizen_app.citizens.acting import ActingKind
from citizen_app.clock import now
from citizen_app.delegations import operations, queries
from citizen_app.delegations.ages import day_of
from citizen_app.delegations.children import open_account
from citizen_app.delegations.models import Side
from citizen_app.delegations.queries import DelegationLine
from citizen_app.delegations.schemas import ChildSchema, InvitationFormSchema
from citizen_app.identity.documents import DocumentRefused, kind_of_number, read_document
from citizen_app.identity.providers import NamedDocument
from citizen_app.identity.providers.chosen import providers
from citizen_app.registry.state import enabled_modules
from citizen_app.registry.words import words_of
from citizen_app.rights.permitted import asks_for_child
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.forms.reading import asked
from citizen_app.web.pages.mine.confirming import confirmed_lately, to_confirm
from citizen_app.web.pages.mine.door import mine
from citizen_app.wire.problems import invalid_input

NAMED: Final = 2
"""The level from which on somebody acts for others: their name is proved."""


@mine.get("/family")
def family() -> str:
    """My delegations, newest first: invitations that wait for me stand out."""
    found = queries.delegations_of(current_citizen().citizen_id, **asked(PageQuerySchema))
    return render_template("mine/family.html", found=found)


@form_page(mine, "/family/new", InvitationFormSchema)
def invite(form: Form) -> str | Response:
    """Ask somebody to act for me, or to let me act for them."""
    if not confirmed_lately():
        return to_confirm("mine.invite")
    form.start(role=Side.WARD, kind=ActingKind.CARER)
    form.hide(valid_from=None, uses=None)
    form.choose("services", [(module.id, module.descriptor.title) for module in enabled_modules()])
    return render_template("mine/invite.html", form=form)


@invite.sends
def _invite(sent: dict[str, Any]) -> str | Response:
    if sent["role"] == Side.WARD and not confirmed_lately():
        return to_confirm("mine.invite")
    made = operations.invite(current_citizen().citizen_id, sent["role"], sent["phone"], sent["terms"])
    return url_for("mine.delegation", delegation_id=made.id, done="invited")


@mine.get("/family/<id:delegation_id>")
def delegation(delegation_id: str) -> str:
    """One of them."""
    line = _mine(delegation_id)
    titles = None if line.services is None else [words_of(one).title for one in line.services]
    of_a_child = asks_for_child(current_citizen().citizen_id, delegation_id)
    return render_template("mine/delegation.html", line=line, services=titles, of_a_child=of_a_child)


@form_page(mine, "/family/<id:delegation_id>/accept")
def accept(form: Form, delegation_id: str) -> str | Response:
    """Whether to accept an invitation."""
    line = _mine(delegation_id)
    if line.role == Side.WARD and not confirmed_lately():
        return to_confirm("mine.accept", delegation_id=delegation_id)
    return render_template("mine/accept.html", form=form, line=line)


@accept.sends
def _accept(_: dict[str, Any], delegation_id: str) -> str | Response:
    if _mine(delegation_id).role == Side.WARD and not confirmed_lately():
        return to_confirm("mine.accept", delegation_id=delegation_id)
    operations.accept(current_citizen().citizen_id, delegation_id)
    return url_for("mine.delegation", delegation_id=delegation_id, done="accepted")


@form_page(mine, "/family/<id:delegation_id>/end")
def end_delegation(form: Form, delegation_id: str) -> str:
    """Whether to end it, withdraw it or decline it."""
    return render_template("mine/end_delegation.html", form=form, line=_mine(delegation_id))


@end_delegation.sends
def _end_delegation(_: dict[str, Any], delegation_id: str) -> str:
    operations.end(current_citizen().citizen_id, delegation_id)
    return url_for("mine.family", done="ended")


@form_page(mine, "/family/child", ChildSchema, own_units=True)
def child(form: Form) -> str | Response:
    """An account for a child who has none."""
    if current_citizen().assurance_level < NAMED:
        return redirect(url_for("mine.prove", next=url_for("mine.child")), 303)  # type: ignore[return-value]
    return render_template("mine/child.html", form=form) if confirmed_lately() else to_confirm("mine.child")


@child.sends
def _open_for_child(sent: dict[str, Any]) -> str | Response:
    caller = current_citizen()
    if caller.assurance_level < NAMED or not confirmed_lately():
        return to_confirm("mine.child")
    try:
        document = read_document(kind_of_number(sent["id_number"]), sent["id_number"], day_of(now()))
    except DocumentRefused as refused:
        raise invalid_input("/id_number", refused.words) from refused
    made = open_account(caller.citizen_id, NamedDocument(sent["name"], document), providers().register)
    return url_for("mine.delegation", delegation_id=made, done="child")


def _mine(delegation_id: str) -> DelegationLine:
    return queries.delegation_of(current_citizen().citizen_id, delegation_id)
