"""For the citizen: where they got on, and why it cost what it did."""

from __future__ import annotations

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import CITIZEN, asked, render, service_pages
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.web import PageQuerySchema, Problem, citizen_ref
from services.bus import queries
from services.bus.manifest import SERVICE
from services.bus.models import BusBoarding
from services.bus.operations.fares import FARE_CLASSES, Fare, fare_for, percent_setting
from services.bus.pages.sentences import SENTENCES

pages = service_pages(SERVICE.id, CITIZEN, "trips", SENTENCES)


@pages.get("/trips")
def trips() -> str:
    """My boardings, the one recorded last first."""
    found = queries.trips_of(citizen_ref(SERVICE.id), **asked(PageQuerySchema))
    return render("trips.html", found=found.map(lambda trip: (trip, fare_of(trip))))


@pages.get("/trips/<id:trip_id>")
def trip(trip_id: str) -> str:
    """One of them, with its fare explained."""
    found = queries.trip_of(citizen_ref(SERVICE.id), trip_id)
    if found is None:
        raise Problem("not-found")
    passenger = FARE_CLASSES[found.fare_class].passenger
    return render("trip.html", trip=found, fare=fare_of(found), why=_why(found), passenger=passenger)


def fare_of(boarding: BusBoarding) -> Fare:
    """What was paid."""
    return Fare(boarding.fare, boarding.currency, boarding.fare_class)


def _why(boarding: BusBoarding) -> Text:
    """The rule with its figures; where fares were changed since, that too."""
    settings, paid = service_settings(SERVICE.id), fare_of(boarding)
    who = FARE_CLASSES[boarding.fare_class].passenger
    present = fare_for(boarding.fare_class, settings)
    if present != paid:
        return SENTENCES["bus.why_then"].fill(who=who, fare=paid.words, present=present.words)
    return SENTENCES["bus.why_now"].fill(
        base=Fare(settings["base_fare"], settings["currency"], boarding.fare_class).words,
        who=who,
        percent=settings[percent_setting(boarding.fare_class)],
        fare=paid.words,
    )
