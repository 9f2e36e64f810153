"""A page of the operators' own."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import Form, form_page, form_view, go_on, render, service_pages, url_for
from citizen_app.toolkit.web import StrictSchema, audit, calling_officer, fields, staff_of_service, validate

from .manifest import SERVICE

SENTENCES = {
    "archive.duty": Text("值班", "On duty"),
    "archive.take": Text("接班", "Take over"),
    "archive.send": Text("记下", "Write down"),
    "archive.done.taken": Text("已接班。", "You are on duty."),
}
duty = service_pages(
    SERVICE.id,
    staff_of_service(SERVICE.id, by_unit=True),
    "duty",
    SENTENCES,
    title=SENTENCES["archive.duty"],
)
PAGES = (duty,)


class TakeOverSchema(StrictSchema):
    """Who is on duty."""

    note = fields.String(
        required=True, validate=validate.Length(1, 40), metadata={"label": Text("交接", "Handed over")}
    )


@duty.get("/")
def start() -> str:
    """Who is on duty."""
    return render("duty.html", officer=calling_officer())


@form_page(duty, "/take", TakeOverSchema)
def take(form: Form) -> str:
    """A form and nothing else."""
    return form_view(form, "archive.take", "archive.send", url_for(".start"))


@take.sends
def _take(wanted: dict[str, Any]) -> str:
    audit("archive.duty.take", "archive_duty", None, note=wanted["note"])
    return go_on(url_for(".start"), "taken")
