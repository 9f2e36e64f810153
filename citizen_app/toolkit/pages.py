"""A service's own pages: under `/services/<id>/`, linked from the city's entry, in the look of its pages.

`pages.py` (or the package `pages/`) names its blueprints as `PAGES`; templates lie in `templates/<id>/`:

    PAGES = (open_pages, my_pages)
    open_pages = service_pages(SERVICE.id, ANYONE, sentences=SENTENCES)
    my_pages = service_pages(SERVICE.id, CITIZEN, "mine", SENTENCES)

    @open_pages.get("/")
    def start() -> str:
        found = queries.branches(**asked(PageQuerySchema))
        return render("start.html", found=found)

The page at `/` is where the entry leads. A page calls the same queries and operations as the API, so nothing
is decided twice; inside it `citizen_ref`, `calling_citizen`, `looked`, `require` and the others work as in a
route. Who calls a page for `CITIZEN` has signed in in the browser, with the rights of their tokens; whoever
has not is led to the sign-in and back. A GET only reads.

A page writes through a form, drawn from the schema that the API checks its input with. Labels stand in the
schema's fields, `metadata={"label": Text(…), "help": Text(…), "titles": {…}}`:

    @form_page(my_pages, "/loans/new", NewLoanSchema)
    def borrow(form: Form) -> str:
        form.choose("branch_id", [(branch.id, branch.name) for branch in queries.open_branches()])
        return render("borrow.html", form=form)

    @borrow.sends
    def _borrow(wanted: dict[str, Any]) -> str:
        operations.borrow(citizen_ref(SERVICE.id), **wanted)
        return go_on(url_for(".loans"), "borrowed")

A `Problem` of an operation rolls back what was written and becomes words on the form, beside the field that
its pointer names. A question such as "end this invitation?" is a form without a schema. `go_on` says what was
done, by the sentence `<id>.done.<key>`.

A template extends `service_page.html`, fills `block title` and `block content`, says sentences with
`t("<id>.key")` and a `Text` with `|say`, times with `|moment`, `|day` and `|clock` (in the city's time), and
has the parts of all pages:

    {% from "parts/lists.html" import rows, row, pager, empty, details, timeline, stop, card %}
    {% from "parts/forms.html" import form_of, confirmation %}
    {% from "parts/reports.html" import report, chart %}

All of it works without JavaScript and keeps the strict content security policy: no inline style or script.
`<div hx-get="…" hx-trigger="look" data-every="30">` is fetched anew while the page is seen (htmx).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import current_app, render_template, request, url_for
from marshmallow import Schema, ValidationError

from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.registry.state import module_of
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import ANYONE, CITIZEN, Audience
from citizen_app.web.boundary.page_callers import CITIZEN_ON_PAGES
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import FormPage, form_page
from citizen_app.web.forms.reading import as_json
from citizen_app.web.pages.language import CHOSEN_BY_ADDRESS
from citizen_app.wire.problems import Problem, errors_from_messages

ON_PAGES: Final = {id(ANYONE): ANYONE, id(CITIZEN): CITIZEN_ON_PAGES}
DONE: Final = "done"


def service_pages(
    service: str,
    audience: Audience,
    name: str = "",
    sentences: Mapping[str, Text] | None = None,
) -> PageBlueprint:
    """A blueprint of a service's pages for one audience, `ANYONE` or `CITIZEN`: `<service>_pages`, or
    `<service>_pages_<name>` where a service has several."""
    on_pages = ON_PAGES.get(id(audience))
    if on_pages is None:
        raise TypeError("pages of a service are for ANYONE or for CITIZEN; staff have the console")
    return PageBlueprint(
        f"{service}_pages{f'_{name}' if name else ''}",
        on_pages,
        service,
        sentences,
        url_prefix=f"/services/{service}",
    )


def render(template: str, **shown: Any) -> str:
    """A page from a template of the service that answers: `templates/<id>/<template>`."""
    blueprint = current_app.blueprints[request.blueprint or ""]
    assert isinstance(blueprint, PageBlueprint)
    module = module_of(blueprint.service)
    return render_template(f"{module.id}/{template}", **{"service": module.descriptor, **shown})


def asked(schema: type[Schema]) -> dict[str, Any]:
    """The parameters of the page's address, as a schema loads them. Raises a 422."""
    made = schema()
    own = [name for name in (*CHOSEN_BY_ADDRESS, DONE) if name not in made.fields]
    given = request.args.copy()
    for name in own:
        given.poplist(name)
    try:
        found: dict[str, Any] = made.load(as_json(made, given, ()))
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused
    return found


def go_on(address: str, done: str | None = None) -> str:
    """Where a form leads, and the key of the sentence that says what was done."""
    if done is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({DONE: done})}"


__all__ = [
    "ANYONE",
    "CITIZEN",
    "Form",
    "FormPage",
    "PageBlueprint",
    "asked",
    "form_page",
    "go_on",
    "render",
    "service_pages",
    "url_for",
]
