"""The frame of the console, and how a page gets into it.

    pages = console_pages("kiosks", Text("设备", "Kiosks"), "things", read="kiosks.read",
                          write="kiosks.manage", sentences=SENTENCES)

    @pages.get("/")
    def listed() -> str:
        return render("kiosks.html", found=…)

    @form_page(pages, "/new", NewKioskSchema)
    def new(form: Form) -> str:
        return form_view(form, "kiosks.new", "kiosks.create", url_for(".listed"))

    @new.sends
    def _create(wanted: dict[str, Any]) -> str:
        …
        return go_on(url_for(".listed"), "created")

The module goes into `web.routes.BLUEPRINTS`; that is all: the address is `/console/kiosks/`, and the
navigation shows it to whoever may read it. A GET needs the permission `read`, everything else `write`
(checked before the route runs, and part of the matrix role × operation). A template lies in
`templates/console/`, extends `console/layout.html`, fills `block title` and `block content`, and says
`t("kiosks.key")` from the blueprint's own sentences; `may("kiosks.manage", service)` tells whether a button
belongs there. `console/parts.html` has the parts: `form_of`, `confirmation`, `empty`, `facts`, `pager`,
`badge`, `post_button`. `go_on(…, "created")` shows the sentence `kiosks.done.created`. A page calls the same
operations as the API; what it shows of a service is narrowed by `current_staff().services(permission)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, render_template, request
from marshmallow import Schema, ValidationError

from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.staff.callers import StaffCaller
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.web.boundary.audiences import Audience, audience_of
from citizen_app.web.boundary.page_callers import CONSOLE
from citizen_app.web.console.callers import operators_on_pages, staff_on_pages
from citizen_app.web.console.sentences import FRAME
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.reading import as_json
from citizen_app.web.pages.language import CHOSEN_BY_ADDRESS
from citizen_app.wire.problems import Problem, errors_from_messages

Section = Literal["watch", "things", "citizens", "money", "people"]
SECTIONS: Final[Mapping[Section, Text]] = {
    "watch": Text("运行", "Running"),
    "things": Text("服务与设备", "Services and devices"),
    "citizens": Text("市民", "Citizens"),
    "money": Text("收款", "Money"),
    "people": Text("人员与安全", "People and security"),
}
DONE: Final = "done"
OF_SERVICES: Final = f"{CONSOLE}/services"
"""Where what belongs to services lies: `/console/services/<id>/…`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation; the first page of its blueprint is at `/`. Shown to whoever has `permission`.
    Without a `section` it is a service's, and stands under the name of that service."""

    title: Text
    section: Section | None
    permission: str


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the navigation as it is shown."""

    title: Text
    address: str
    current: bool


class ConsoleBlueprint(PageBlueprint):
    """Pages of the console that share a line of the navigation. Those of a `service` are closed while it is
    switched off."""

    def __init__(
        self,
        name: str,
        audience: Audience,
        entry: Entry | None,
        sentences: Mapping[str, Text] | None = None,
        *,
        prefix: str | None = None,
        service: str | None = None,
    ) -> None:
        super().__init__(
            f"console_{name}",
            audience,
            service,
            {**FRAME, **(sentences or {})},
            url_prefix=prefix or f"{CONSOLE}/{name}",
        )
        self.own_sentences = sentences or {}
        self.key = name
        self.entry = entry


def console_pages(
    name: str,
    title: Text,
    section: Section,
    *,
    read: str,
    write: str,
    sentences: Mapping[str, Text],
) -> ConsoleBlueprint:
    """Pages under `/console/<name>/` for staff with these permissions, with a line in the navigation."""
    audience = staff_on_pages(read=read, write=write)
    return ConsoleBlueprint(name, audience, Entry(title, section, read), sentences)


def operators_pages(
    service: str, audience: Audience, name: str, title: Text, sentences: Mapping[str, Text]
) -> ConsoleBlueprint:
    """Pages under `/console/services/<service>/<name>/` for whom `staff_of_service(…)` means, with a line in
    the navigation under the service's name; closed while it is switched off."""
    on_pages = operators_on_pages(audience)
    return ConsoleBlueprint(
        f"{service}_{name}",
        on_pages,
        Entry(title, None, str(on_pages.read)),
        sentences,
        prefix=f"{OF_SERVICES}/{service}/{name}",
        service=service,
    )


def render(template: str, **shown: Any) -> str:
    """A page from `templates/console/`."""
    return render_template(f"console/{template}", **shown)


def form_view(
    form: Form,
    title: str,
    send: str,
    back: str,
    *,
    hint: str | None = None,
    tone: str = "primary",
    **values: object,
) -> str:
    """A page that is a form and nothing else. `title`, `send` (the button) and `hint` are keys of sentences;
    `values` fill the places of title and hint. A form without fields is a question."""
    shown = {"title": title, "send": send, "back": back, "hint": hint, "tone": tone, "values": values}
    return render("form.html", form=form, **shown)


def asked(schema: type[Schema]) -> dict[str, Any]:
    """The parameters of the page's address, as a schema loads them. Raises a 422."""
    made = schema()
    given = request.args.copy()
    for name in (*CHOSEN_BY_ADDRESS, DONE):
        if name not in made.fields:
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


def may(permission: str, service: str | None = None) -> bool:
    """Whether whoever looks at the page has a permission."""
    caller = g.get("caller")
    return isinstance(caller, StaffCaller) and caller.may(permission, service)


def navigation() -> list[tuple[Text, list[Link]]]:
    """The sections with what the caller may open in each, in the order of the blueprints; then, under its
    name, what each service has for its operators."""
    opened = [one for one in _entries() if _opens(one[0])]
    here = max((one[0].url_prefix or "" for one in opened if _is_in(one[0])), key=len, default="")
    lines: dict[Section, list[Link]] = {section: [] for section in SECTIONS}
    services: dict[str, list[Link]] = {}
    for blueprint, entry in opened:
        link = Link(entry.title, f"{blueprint.url_prefix}/", blueprint.url_prefix == here)
        if entry.section is not None:
            lines[entry.section].append(link)
        else:
            services.setdefault(getattr(blueprint, "service", ""), []).append(link)
    titled = [(service_title(service), found) for service, found in services.items()]
    return [*((SECTIONS[section], found) for section, found in lines.items() if found), *titled]


def pages_of_service(service: str) -> list[Link]:
    """What a service has for the caller to operate in the console."""
    return [
        Link(entry.title, f"{blueprint.url_prefix}/", False)
        for blueprint, entry in _entries()
        if getattr(blueprint, "service", None) == service and _opens(blueprint)
    ]


def _entries() -> Iterator[tuple[ConsoleBlueprint, Entry]]:
    for blueprint in current_app.blueprints.values():
        if isinstance(blueprint, ConsoleBlueprint) and blueprint.entry is not None:
            yield blueprint, blueprint.entry


def _is_in(blueprint: Blueprint) -> bool:
    return request.path.startswith(f"{blueprint.url_prefix}/")


def _opens(blueprint: Blueprint) -> bool:
    """Whether the caller may open the pages of a blueprint; of a service's, also in some of its units."""
    caller, audience = g.get("caller"), audience_of(blueprint)
    if not isinstance(caller, StaffCaller) or audience.read is None:
        return False
    if audience.service is None:
        return caller.may(audience.read)
    try:
        units = caller.units_of(audience.read, audience.service)
    except Problem:
        return False
    return units is None or audience.by_unit


def done_sentence() -> str | None:
    """The key of the sentence that says what was just done; None when nothing was."""
    blueprint = current_app.blueprints.get(request.blueprint or "")
    done = request.args.get(DONE, "")
    if not done or not isinstance(blueprint, ConsoleBlueprint):
        return None
    key = f"{blueprint.key}.done.{done}"
    return key if key in blueprint.sentences else None


def signed_in_name() -> str | None:
    """The user name of whoever is signed in."""
    caller = g.get("caller")
    return caller.username if isinstance(caller, StaffCaller) else None


def address_of_task(service: str, task_id: str) -> str:
    """Where a task of a service is started."""
    return f"{CONSOLE}/tasks/start/{service}/{task_id}"


FOR_TEMPLATES: Final[Mapping[str, Callable[..., Any]]] = {
    "console_navigation": navigation,
    "console_done": done_sentence,
    "console_name": signed_in_name,
    "may": may,
    "address_of_task": address_of_task,
}
