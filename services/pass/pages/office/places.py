"""Places and gates, as operators set them up. An operator of one place has that place only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.kiosks import kiosk_of_service
from citizen_app.toolkit.pages import Form, asked, form_page, form_view, go_on, render, service_pages, url_for
from citizen_app.toolkit.web import calling_officer, staff_of_service

from ... import queries
from ...manifest import KIND_TITLES, SERVICE
from ...operations import places
from ...operations.hours import Hours
from ...operations.officers import (
    bind_kiosk_of_officer,
    gate_of_officer,
    kiosks_of_officer,
    own_places,
    place_of_officer,
    require_whole_service,
)
from ...operations.policy import Policy
from ...schemas.office import (
    ACCOMPANIED,
    ADMITS,
    DIRECTION_TITLES,
    INVITERS,
    PASSBACK,
    GateRulesSchema,
    KioskFormSchema,
    NewGateFormSchema,
    NewPlaceFormSchema,
    PlaceRulesSchema,
)
from ...schemas.places import PlaceQuerySchema
from .hours_in_words import weekly_in_words
from .sentences import SENTENCES

POLICY: Final = ("admits", "inviters", "guests_per_host", "longest_visit_hours", "anti_passback")
SWITCHES: Final = ("exits_are_read", "claims_allowed", "accompanied")
TITLES: Final = {
    "admits": ADMITS,
    "inviters": INVITERS,
    "anti_passback": PASSBACK,
    "accompanied": ACCOMPANIED,
}

pages = service_pages(
    SERVICE.id,
    staff_of_service(SERVICE.id, by_unit=True),
    "places",
    SENTENCES,
    title=SENTENCES["pass.office.places"],
)


@pages.get("/")
def listed() -> str:
    """The officer's places."""
    wanted, officer = asked(PlaceQuerySchema), calling_officer()
    found = queries.place_page(wanted["q"], wanted["limit"], wanted["cursor"], own_places())
    return render(
        "office/places.html", found=found, q=wanted["q"], kinds=KIND_TITLES, whole=officer.units is None
    )


@form_page(pages, "/new", NewPlaceFormSchema)
def new(form: Form) -> str:
    """Another place."""
    return form_view(form, "pass.office.new", "pass.office.save", url_for(".listed"))


@new.sends
def _create(wanted: dict[str, Any]) -> str:
    require_whole_service()
    name = Text(wanted["name_zh"], wanted["name_en"])
    made = places.create_place(wanted["kind"], name, policy=_policy(wanted), trail_days=wanted["trail_days"])
    return go_on(url_for(".one", place_id=made.id), "created")


@pages.get("/<id:place_id>")
def one(place_id: str) -> str:
    """One place with its gates and their kiosks."""
    place = place_of_officer(place_id)
    return render(
        "office/place.html",
        place=place,
        policy=asdict(_policy(place.whole_policy)),
        titles=TITLES,
        kinds=KIND_TITLES,
        directions=DIRECTION_TITLES,
        gates=places.gates_of(place.id),
        weekly=weekly_in_words(Hours.from_dict(place.hours)),
        kiosk_of=lambda kiosk_id: kiosk_of_service(SERVICE.id, kiosk_id),
        inside=queries.inside_count(place.id),
    )


@form_page(pages, "/<id:place_id>/change", PlaceRulesSchema)
def change(form: Form, place_id: str) -> str:
    """The place as it is."""
    place = place_of_officer(place_id)
    form.start(name_zh=place.name_zh, name_en=place.name_en, trail_days=place.trail_days)
    form.start(**asdict(_policy(place.whole_policy)))
    back = url_for(".one", place_id=place_id)
    return form_view(form, "pass.office.change", "pass.office.save", back)


@change.sends
def _change(wanted: dict[str, Any], place_id: str) -> str:
    name = Text(wanted["name_zh"], wanted["name_en"])
    changes = {"name": name, "trail_days": wanted["trail_days"], "policy": _policy(wanted)}
    places.change_place(place_of_officer(place_id, hold=True), changes)
    return go_on(url_for(".one", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/standing")
def standing(form: Form, place_id: str) -> str:
    """Whether it is closed, or opened again."""
    what = "reopen" if place_of_officer(place_id).closed else "close"
    return form_view(
        form,
        f"pass.office.{what}_title",
        f"pass.office.{what}",
        url_for(".one", place_id=place_id),
        hint=f"pass.office.{what}_hint",
        tone="primary" if what == "reopen" else "danger",
    )


@standing.sends
def _standing(wanted: dict[str, Any], place_id: str) -> str:
    place = place_of_officer(place_id, hold=True)
    places.change_place(place, {"closed": not place.closed})
    return go_on(url_for(".one", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/gates/new", NewGateFormSchema)
def new_gate(form: Form, place_id: str) -> str:
    """Another gate."""
    place_of_officer(place_id)
    back = url_for(".one", place_id=place_id)
    return form_view(form, "pass.office.gate_new", "pass.office.save", back)


@new_gate.sends
def _create_gate(wanted: dict[str, Any], place_id: str) -> str:
    name = Text(wanted["name_zh"], wanted["name_en"])
    places.create_gate(place_of_officer(place_id), wanted["code"], name, wanted["direction"])
    return go_on(url_for(".one", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/gates/<id:gate_id>", GateRulesSchema)
def change_gate(form: Form, place_id: str, gate_id: str) -> str:
    """The gate as it is."""
    gate = gate_of_officer(gate_id, place_id)
    form.start(name_zh=gate.name_zh, name_en=gate.name_en, direction=gate.direction, in_use=gate.in_use)
    back = url_for(".one", place_id=place_id)
    return form_view(form, "pass.office.gate_change", "pass.office.save", back)


@change_gate.sends
def _change_gate(wanted: dict[str, Any], place_id: str, gate_id: str) -> str:
    name = Text(wanted.pop("name_zh"), wanted.pop("name_en"))
    places.change_gate(gate_of_officer(gate_id, place_id, hold=True), {"name": name, **wanted})
    return go_on(url_for(".one", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/gates/<id:gate_id>/kiosk", KioskFormSchema)
def bind(form: Form, place_id: str, gate_id: str) -> str:
    """Which kiosk stands there."""
    gate_of_officer(gate_id, place_id)
    form.choose("kiosk_id", [(one.id, Text(one.name, one.name)) for one in kiosks_of_officer()])
    back = url_for(".one", place_id=place_id)
    return form_view(form, "pass.office.bind_title", "pass.office.bind", back, hint="pass.office.bind_hint")


@bind.sends
def _bind(wanted: dict[str, Any], place_id: str, gate_id: str) -> str:
    bind_kiosk_of_officer(gate_id, wanted["kiosk_id"], place_id)
    return go_on(url_for(".one", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/gates/<id:gate_id>/kiosks/<id:kiosk_id>")
def release(form: Form, place_id: str, gate_id: str, kiosk_id: str) -> str:
    """Whether a kiosk stands there no more."""
    gate_of_officer(gate_id, place_id)
    back = url_for(".one", place_id=place_id)
    hint = "pass.office.release_hint"
    return form_view(form, "pass.office.release_title", "pass.office.release", back, hint=hint, tone="danger")


@release.sends
def _release(wanted: dict[str, Any], place_id: str, gate_id: str, kiosk_id: str) -> str:
    places.release_kiosk(gate_of_officer(gate_id, place_id), kiosk_id)
    return go_on(url_for(".one", place_id=place_id), "changed")


def _policy(values: dict[str, Any]) -> Policy:
    known = {name: values[name] for name in (*POLICY, *SWITCHES) if name in values}
    return Policy(**known)
