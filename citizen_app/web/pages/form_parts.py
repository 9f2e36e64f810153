"""What the macro of a form asks: its parts in the page's language, and the token of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g

from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.page_forms import form_token as staff_form_token
from citizen_app.web.boundary.page_callers import FORM_FIELD, new_form_token
from citizen_app.web.forms.form import Form, FormFault
from citizen_app.web.forms.inputs import Input
from citizen_app.web.pages.language import language_in_use


@dataclass(frozen=True, slots=True)
class FormParts:
    """A form, ready to be drawn."""

    inputs: list[Input]
    hidden: Mapping[str, tuple[str, ...]]
    faults: list[str]
    summary: list[FormFault]


def own_form_token() -> str | None:
    """The token of the session, for a form of its pages; None where nobody is signed in, or the page does not
    ask."""
    caller = g.get("caller")
    if isinstance(caller, StaffCaller):
        return staff_form_token(caller.session_id) if caller.session_id else None
    return new_form_token(caller) if isinstance(caller, SignedInCitizen) else None


def form_parts(form: Form) -> FormParts:
    """A form in the page's language. What travels unseen includes the token of the session."""
    language, token = language_in_use(), own_form_token()
    hidden = dict(form.hidden())
    if token is not None:
        hidden[FORM_FIELD] = (token,)
    return FormParts(form.inputs(language), hidden, form.faults(language), form.summary(language))
