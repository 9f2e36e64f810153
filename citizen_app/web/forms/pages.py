"""A page with a form: drawn on GET, sent by POST, gone on from by a redirect (post/redirect/get).

    @form_page(mine, "/guests/new", NewInvitationSchema)
    def invite(form: Form) -> str:
        form.choose("place_id", …)
        return render("invite.html", form=form)

    @invite.sends
    def _invite(wanted: dict[str, Any]) -> str:
        invitations.invite(…)
        return go_on(url_for(".guests"), "invited")

What is sent runs in one unit of work, as in the API: a `Problem` rolls everything back, and becomes words on
the same page, which is then drawn in a unit of its own with what was typed. A page without a schema is a
question that is answered by its button.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, request
from marshmallow import Schema

from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.storage.transactions import transaction
from citizen_app.web.boundary.audiences import SAFE_METHODS
from citizen_app.web.boundary.page_callers import refuse_other_sites
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.forms.form import Form
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem

Draw = Callable[..., str | Response]
Send = Callable[..., str | Response]


class FormPage:
    """The two halves of a page with a form; see `form_page`."""

    def __init__(self, draw: Draw, schema: Schema) -> None:
        self._draw = draw
        self._schema = schema
        self._send: Send | None = None

    def sends(self, send: Send) -> Send:
        """What happens with what was sent: `send(values, **ids)` gives the address to go on to, or an
        answer."""
        self._send = send
        return send

    def answer(self, **ids: Any) -> Response:
        """The answer to a request."""
        if request.method in SAFE_METHODS:
            with transaction(reading=True):
                return make_response(self._draw(Form(self._schema), **ids))
        refuse_other_sites()
        form = Form(self._schema, request.form)
        try:
            with transaction():
                return self._go_on(form, ids)
        except Problem as problem:
            if not form.refuse(problem):
                raise
            with transaction(reading=True):
                drawn = make_response(self._draw(form, **ids))
            drawn.status_code = problem.kind.status
            drawn.headers.update(problem.headers)
            return drawn

    def _go_on(self, form: Form, ids: dict[str, Any]) -> Response:
        if self._send is None:
            raise TypeError(f"the form of {self._draw.__qualname__} is never sent: @….sends")
        done = self._send(form.load(), **ids)
        return done if isinstance(done, Response) else Response(status=303, headers={"Location": done})


def form_page(
    blueprint: PageBlueprint, rule: str, schema: type[Schema] = StrictSchema
) -> Callable[[Draw], FormPage]:
    """Put a form at an address of a blueprint; the decorated function draws it."""

    def attach(draw: Draw) -> FormPage:
        made = FormPage(draw, schema())

        @opens_its_own_units
        def view(**ids: Any) -> Response:
            return made.answer(**ids)

        view.__doc__ = draw.__doc__
        blueprint.add_url_rule(rule, draw.__name__, view, methods=["GET", "POST"])
        return made

    return attach
