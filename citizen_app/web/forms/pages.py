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

What changes much for many is shown before it is saved, by `previews`: the first sending writes nothing and is
answered by a page on which what was typed travels unseen, with a button that saves and one that goes back
(`console/parts.html`, `preview_of`).

    @rules.previews
    def _preview(form: Form, wanted: dict[str, Any]) -> str:
        return render("effect.html", form=form, effect=effect_of(wanted))
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import Any

from flask import Response, make_response, request
from marshmallow import Schema

from citizen_app.citizens.acting import ActingKind
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.storage.transactions import transaction
from citizen_app.web.boundary.acting import open_to_acting
from citizen_app.web.boundary.audiences import SAFE_METHODS
from citizen_app.web.boundary.page_callers import refuse_other_sites
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.forms.form import STEP, Form
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem

Draw = Callable[..., str | Response]
Send = Callable[..., str | Response]


class FormPage:
    """The two halves of a page with a form; see `form_page`."""

    def __init__(
        self, draw: Draw, schema: Schema, own_units: bool = False, acting: Collection[ActingKind] = ()
    ) -> None:
        self._draw = draw
        self._view = self._as_view(acting)
        self._own_units = own_units
        self._schema = schema
        self._send: Send | None = None
        self._preview: Draw | None = None

    def stands_at(self, blueprint: PageBlueprint, rule: str) -> None:
        """Put the same page at an address of another blueprint too."""
        blueprint.add_url_rule(rule, self._draw.__name__, self._view, methods=["GET", "POST"])

    def sends(self, send: Send) -> Send:
        """What happens with what was sent: `send(values, **ids)` gives the address to go on to, or an
        answer."""
        self._send = send
        return send

    def previews(self, preview: Draw) -> Draw:
        """What is shown of what was sent before anything is written: `preview(form, values, **ids)`."""
        self._preview = preview
        return preview

    def answer(self, **ids: Any) -> Response:
        """The answer to a request."""
        if request.method in SAFE_METHODS:
            with transaction(reading=True):
                return make_response(self._draw(Form(self._schema), **ids))
        refuse_other_sites()
        form = Form(self._schema, request.form)
        step = request.form.get(STEP)
        try:
            if self._preview is not None and step != "save":
                with transaction(reading=True):
                    return make_response(self._draw(form, **ids) if step == "edit" else self._look(form, ids))
            with nullcontext() if self._own_units else transaction():
                return self._go_on(form, ids)
        except Problem as problem:
            if not form.refuse(problem):
                raise
            with transaction(reading=True):
                drawn = make_response(self._draw(form, **ids))
            drawn.status_code = problem.kind.status
            drawn.headers.update(problem.headers)
            return drawn

    def _as_view(self, acting: Collection[ActingKind]) -> Callable[..., Response]:
        @opens_its_own_units
        def view(**ids: Any) -> Response:
            return self.answer(**ids)

        view.__doc__ = self._draw.__doc__
        return open_to_acting(*acting)(view) if acting else view

    def _look(self, form: Form, ids: dict[str, Any]) -> str | Response:
        assert self._preview is not None
        wanted = form.load()
        form.hide_all()
        return self._preview(form, wanted, **ids)

    def _go_on(self, form: Form, ids: dict[str, Any]) -> Response:
        if self._send is None:
            raise TypeError(f"the form of {self._draw.__qualname__} is never sent: @….sends")
        done = self._send(form.load(), **ids)
        return done if isinstance(done, Response) else Response(status=303, headers={"Location": done})


def form_page(
    blueprint: PageBlueprint,
    rule: str,
    schema: type[Schema] = StrictSchema,
    *,
    own_units: bool = False,
    acting: Collection[ActingKind] = (),
) -> Callable[[Draw], FormPage]:
    """Put a form at an address of a blueprint; the decorated function draws it. With `own_units` what is sent
    runs outside of any unit of work, for operations that ask another system between units of their own.
    `acting` are the agents who may also use a page of the core, for whom they act."""

    def attach(draw: Draw) -> FormPage:
        made = FormPage(draw, schema(), own_units, acting)
        made.stands_at(blueprint, rule)
        return made

    return attach
