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
`t("<id>.key")` and a `Text` with `|say`, times with `|moment`, `|day` and `|clock` (in the city's time;
`|stamp` for paper), and has the parts of all pages:

    {% from "parts/lists.html" import rows, row, pager, filters, empty, details, timeline, stop, card %}
    {% from "parts/forms.html" import form_of, confirmation, one_tap %}
    {% from "parts/reports.html" import report, chart, sheet %}

Pages of the service's operators lie in the console, under `/console/services/<id>/<name>/`, with its layout,
sign-in and navigation: `service_pages(SERVICE.id, staff_of_service(SERVICE.id), "fares", SENTENCES,
title=Text("票价", "Fares"))`. Their templates extend `console/layout.html` and have `console/parts.html`
(`form_of`, `confirmation`, `preview_of`, `changes_table`, `post_button`, `empty`, `facts`, `badge`, `pager`)
and `console/charts.html` (`chart`, for what `chart_of` gives). A page that is a form and
nothing else needs none: `form_view(form, "<id>.title", "<id>.send", url_for(".listed"))`. In a template
`address_of_task("<id>", "import_list")` leads to where a task is started. `calling_officer`, `calling_staff`,
`audit` and `looked` work as in a route.

Rules that concern many are previewed before they are saved: `@rules.previews` shows what they would do, and
`changes_of(schema, before, after)` says it in words. Plain entities need no pages of one's own:
`toolkit.office`.

All of it works without JavaScript and keeps the strict content security policy: no inline style or script.
`<div hx-get="…" hx-trigger="look" data-every="30">` is fetched anew while the page is seen (htmx).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import current_app, render_template, request, url_for
from marshmallow import Schema

from citizen_app.office.declared import RESERVED
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.registry.state import module_of
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import ANYONE, CITIZEN, Audience
from citizen_app.web.boundary.page_callers import CITIZEN_ON_PAGES
from citizen_app.web.console.charts import chart_of
from citizen_app.web.console.frame import form_view, operators_pages
from citizen_app.web.forms.changes import Change
from citizen_app.web.forms.changes import changes_of as _changes_of
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import FormPage, form_page
from citizen_app.web.forms.reading import DONE, asked
from citizen_app.web.pages.language import language_in_use

ON_PAGES: Final = {id(ANYONE): ANYONE, id(CITIZEN): CITIZEN_ON_PAGES}


def service_pages(
    service: str,
    audience: Audience,
    name: str = "",
    sentences: Mapping[str, Text] | None = None,
    *,
    title: Text | None = None,
) -> PageBlueprint:
    """A blueprint of a service's pages for one audience: `ANYONE` or `CITIZEN`, `<service>_pages`, or
    `<service>_pages_<name>` where a service has several; or `staff_of_service(…)`, in the console, with a
    name and a `title` for its navigation."""
    if audience.kind == "staff":
        if not name or title is None or name in RESERVED:
            raise TypeError("pages of operators have a name of their own and a title")
        pages = operators_pages(service, audience, name, title, sentences or {})
        pages.key = service
        return pages
    on_pages = ON_PAGES.get(id(audience))
    if on_pages is None:
        raise TypeError("pages of a service are for ANYONE, CITIZEN or staff_of_service(…)")
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


def changes_of(schema: type[Schema], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields of a schema that two documents have otherwise, in words of the page's language."""
    return _changes_of(schema, before, after, language_in_use())


def go_on(address: str, done: str | None = None) -> str:
    """Where a form leads, and the key of the sentence that says what was done."""
    if done is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({DONE: done})}"


__all__ = [
    "ANYONE",
    "CITIZEN",
    "Change",
    "Form",
    "FormPage",
    "PageBlueprint",
    "asked",
    "changes_of",
    "chart_of",
    "form_page",
    "form_view",
    "go_on",
    "render",
    "service_pages",
    "url_for",
]
