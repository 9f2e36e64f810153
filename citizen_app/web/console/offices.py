"""Pages of plain entities: for each office that a service declares, its list, one of them, and the forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import request, url_for
from marshmallow import fields
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from citizen_app.office import operations, queries
from citizen_app.office.columns import OfficeColumns
from citizen_app.office.declared import Office
from citizen_app.office.schemas import STATES, OfficeSchemas, filters_of, schemas_of
from citizen_app.registry.modules import InstalledModule
from citizen_app.staff.officers import Officer
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import Audience, audience_of, calling_officer
from citizen_app.web.console.frame import OF_SERVICES, ConsoleBlueprint, asked, go_on, operators_pages, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.said import said, stamp
from citizen_app.web.pages.sentences import say

MOST_COLUMNS: Final = 5
"""Fields that a list shows beside the name."""
NAMES: Final = ("name_zh", "name_en")
YES: Final = Text("是", "yes")
NO: Final = Text("否", "no")
SENTENCES: Final[Mapping[str, Text]] = {
    "office.none": Text("还没有", "Nothing here yet"),
    "office.none_found": Text("没有符合条件的", "Nothing matches"),
    "office.none_hint": Text("登记之后会列在这里。", "What is added is listed here."),
    "office.new": Text("新增", "Add"),
    "office.new_of": Text("新增：{title}", "{title}: add one"),
    "office.change": Text("修改", "Change"),
    "office.change_of": Text("修改：{name}", "Change: {name}"),
    "office.save": Text("保存", "Save"),
    "office.close": Text("停用", "Close"),
    "office.close_of": Text("停用“{name}”？", "Close “{name}”?"),
    "office.close_hint": Text(
        "停用后不能再选用，已引用它的记录不受影响，可以随时恢复。",
        "It can no longer be chosen; what refers to it keeps it. It can be put into use again at any time.",
    ),
    "office.reopen": Text("恢复使用", "Put into use again"),
    "office.again": Text("重新打开最新内容", "Open what it is now"),
    "office.state": Text("状态", "State"),
    "office.name": Text("名称", "Name"),
    "office.search": Text("查找", "Search"),
    "office.any": Text("不限", "any"),
    "office.since": Text("登记时间", "Added"),
    "office.related": Text("所属内容", "What belongs to it"),
    "office.done.created": Text("已登记。", "It is added."),
    "office.done.changed": Text("已保存。", "It is saved."),
    "office.done.closed": Text("已停用。", "It is closed."),
    "office.done.reopened": Text("已恢复使用。", "It is in use again."),
}


def blueprints_of_offices(module: InstalledModule) -> list[ConsoleBlueprint]:
    """The pages of a service's offices, each for those for whom its routes are."""
    declared = [
        (office, audience_of(blueprint))
        for blueprint in module.blueprints
        for office in getattr(blueprint, "offices", ())
    ]
    all_of_them = [office for office, _ in declared]
    return [_pages_of(office, audience, all_of_them) for office, audience in declared]


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of another office that refer to this one."""

    title: Text
    address: str


def _pages_of(office: Office, audience: Audience, others: list[Office]) -> ConsoleBlueprint:
    pages = operators_pages(office.service, audience, office.name, office.title, SENTENCES)
    pages.key = "office"
    schemas = schemas_of(office)
    _add_list(pages, office, schemas)
    _add_new(pages, office)
    _add_one(pages, office, others)
    _add_change(pages, office, schemas)
    _add_standing(pages, office)
    return pages


def _add_list(pages: ConsoleBlueprint, office: Office, schemas: OfficeSchemas) -> None:
    @pages.get("/")
    def listed() -> str:
        """The rows of the caller's units."""
        officer, filters = calling_officer(), asked(schemas.query)
        found = queries.office_page(office, officer, **filters)
        return render(
            "office.html",
            office=office,
            found=found,
            filters=filters,
            narrowed=any(value for name, value in filters.items() if name not in ("limit", "state")),
            choices={name: queries.offered(office.choices[name], officer) for name in filters_of(office)},
            states=STATES,
            columns=[name for name in office.fields if name not in NAMES][:MOST_COLUMNS],
            shown=_shown(office, officer, found.items),
            may_add=not (office.is_unit and officer.units is not None),
        )


def _add_new(pages: ConsoleBlueprint, office: Office) -> None:
    @form_page(pages, "/new", office.schema)
    def new(form: Form) -> str:
        """A form for another row."""
        _choose(form, office, None)
        given = {name: value for name in filters_of(office) if (value := request.args.get(name))}
        form.start(**given)
        return render("office_form.html", form=form, office=office, row=None)

    @new.sends
    def _create(wanted: dict[str, Any]) -> str:
        row = operations.create(office, calling_officer(), wanted)
        return go_on(url_for(".one", row_id=row.id), "created")


def _add_one(pages: ConsoleBlueprint, office: Office, others: list[Office]) -> None:
    @pages.get("/<id:row_id>")
    def one(row_id: str) -> str:
        """One row, and what belongs to it."""
        officer = calling_officer()
        row = queries.row_or_404(office, officer, row_id)
        related = [
            Related(other.title, f"{OF_SERVICES}/{other.service}/{other.name}/?{name}={row.id}")
            for other in others
            for name in filters_of(other)
            if other.choices[name] is office
        ]
        return render(
            "office_row.html",
            office=office,
            row=row,
            states=STATES,
            shown=_shown(office, officer, [row]),
            related=related,
            may_close=not (office.is_unit and officer.units is not None),
        )


def _add_change(pages: ConsoleBlueprint, office: Office, schemas: OfficeSchemas) -> None:
    @form_page(pages, "/<id:row_id>/change", schemas.form)
    def change(form: Form, row_id: str) -> str:
        """A form with the row as it is."""
        row = queries.row_or_404(office, calling_officer(), row_id)
        _choose(form, office, row)
        form.start(**{name: getattr(row, name) for name in form.schema.fields if name != "version"})
        form.hide(version=row.version)
        return render("office_form.html", form=form, office=office, row=row)

    @change.sends
    def _change(wanted: dict[str, Any], row_id: str) -> str:
        version = wanted.pop("version")
        changes = {name: wanted.get(name) for name in office.fields if not office.stays(name)}
        operations.change(office, calling_officer(), row_id, version, changes)
        return go_on(url_for(".one", row_id=row_id), "changed")


def _add_standing(pages: ConsoleBlueprint, office: Office) -> None:
    @form_page(pages, "/<id:row_id>/close")
    def close(form: Form, row_id: str) -> str:
        """The question."""
        row = queries.row_or_404(office, calling_officer(), row_id)
        return render("office_close.html", form=form, office=office, row=row)

    @close.sends
    def _close(wanted: dict[str, Any], row_id: str) -> str:
        operations.close(office, calling_officer(), row_id)
        return go_on(url_for(".one", row_id=row_id), "closed")

    @pages.post("/<id:row_id>/reopen")
    def reopen(row_id: str) -> Response:
        """In use again."""
        operations.reopen(office, calling_officer(), row_id)
        return redirect(go_on(url_for(".one", row_id=row_id), "reopened"), 303)


def _choose(form: Form, office: Office, row: OfficeColumns | None) -> None:
    """What the fields may be. What a row holds stays among it, though it were closed since."""
    officer = calling_officer()
    known = {} if row is None else queries.titles_of(office, officer, [row])
    for name, choice in office.choices.items():
        if name in form.schema.fields:
            offered = dict(queries.offered(choice, officer))
            held = [] if row is None else queries.values_in(getattr(row, name))
            kept = {one: known.get((name, one), Text(one, one)) for one in held if one not in offered}
            form.choose(name, [*kept.items(), *offered.items()])


Shown = Callable[[OfficeColumns, str], str]


def _shown(office: Office, officer: Officer, rows: list[OfficeColumns]) -> Shown:
    """How a value of a row is shown, in the page's language."""
    titles = queries.titles_of(office, officer, rows)

    def shown(row: OfficeColumns, name: str) -> str:
        value, declared = getattr(row, name), office.fields[name]
        if isinstance(value, bool):
            return said(YES if value else NO)
        if isinstance(value, datetime):
            return stamp(value)
        known = (_titled(declared, titles, name, one) for one in queries.values_in(value))
        return say("form.comma").join(known)

    return shown


def _titled(
    declared: fields.Field[Any], titles: Mapping[tuple[str, str], Text], name: str, value: str
) -> str:
    of_field = {str(one): title for one, title in declared.metadata.get("titles", {}).items()}
    found = titles.get((name, value)) or of_field.get(value)
    return value if found is None else said(found)
