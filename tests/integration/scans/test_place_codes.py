"""A citizen's phone reads a place code: the same walk as when a kiosk reads the citizen's."""

from __future__ import annotations

from functools import partial

import pytest

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import AssuranceLevel, CitizenStatus
from citizen_app.ids import new_id
from citizen_app.kiosks import posters
from citizen_app.registry import state
from citizen_app.storage.cached_values import current_watch
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestPoster
from citizen_app.toolkit.testing.races import concurrently, run_concurrently


@pytest.fixture
def poster(city: City) -> TestPoster:
    """A poster at which everybody is welcome."""
    return city.poster("probe", "by_poster", desk="A")


def test_the_walk_is_the_same_and_the_log_says_who_scanned(
    city: City, citizen: TestCitizen, poster: TestPoster
) -> None:
    decision = citizen.scan_place(poster, context={}).get_json()
    assert (decision["decision"], decision["purpose"]) == ("allow", "by_poster")
    assert decision["outcome"]["context"] == {"desk": "A"}
    assert "session" not in decision, "there is no kiosk that could go on"
    (line,) = citizen.usage()
    assert (line["id"], line["code_kind"], line["place"]) == (decision["usage_id"], "place", "服务台")
    assert city.count("replay_claims") == 0


def test_what_the_place_knows_goes_before_what_the_phone_says(
    citizen: TestCitizen, poster: TestPoster
) -> None:
    told = citizen.scan_place(poster, context={"desk": "B"}).get_json()
    assert told["outcome"]["context"] == {"desk": "A"}
    assert citizen.scan_place(poster, context={"desk": 1, "x": 2}).status_code == 422


def test_the_same_scan_again_gets_the_same_answer(
    city: City, citizen: TestCitizen, poster: TestPoster
) -> None:
    scan_id = new_id()
    first = citizen.scan_place(poster, scan_id=scan_id).get_json()
    with city.app.app_context(), transaction():
        posters.void(poster.kiosk_id)
    assert citizen.scan_place(poster, scan_id=scan_id).get_json() == first, "also after the poster is void"
    assert citizen.scan_place(poster, scan_id=scan_id, purpose="refuse").status_code == 422
    assert city.citizen().scan_place(poster, scan_id=scan_id).status_code == 422, "nobody else's answer"
    assert city.count("usage_events") == 1


def test_a_double_tap_and_two_phones_at_once(city: City, citizen: TestCitizen, poster: TestPoster) -> None:
    city.let_scans_race()
    scan_id = new_id()
    told = concurrently(lambda: citizen.scan_place(poster, scan_id=scan_id).get_json()["usage_id"], 6)
    assert len(set(told)) == 1
    assert city.count("probe_entries") == 1
    neighbour = city.citizen()
    scans = [partial(one.scan_place, poster) for one in (citizen, citizen, neighbour)]
    assert {answer.get_json()["reason"] for answer in run_concurrently(scans)} == {"ok"}
    assert (len(citizen.usage()), len(neighbour.usage())) == (3, 1)


def test_no_purpose_accepts_place_codes_by_itself(
    city: City, citizen: TestCitizen, poster: TestPoster
) -> None:
    with city.app.app_context(), transaction():
        kiosk = posters.last_print(poster.kiosk_id).kiosk
        kiosk.purposes = ["by_poster", "enter"]
    assert citizen.scan_place(poster, purpose="enter").get_json()["reason"] == "kind_not_accepted"
    assert citizen.scan_place(poster, purpose="refuse").get_json()["reason"] == "purpose_not_permitted"
    assert {line["decision"] for line in citizen.usage()} == {"deny"}


def test_every_refusal_is_a_line_in_the_log_in_both_languages(city: City) -> None:
    weak = city.citizen(level=AssuranceLevel.PHONE)
    poster = city.poster("probe", "poster_verified")
    body = {"scan_id": new_id(), "place_code": poster.token}
    told = [
        weak.call("POST", "/api/v1/me/scans", json=body, headers={"Accept-Language": language}).get_json()
        for language in ("zh", "en")
    ]
    assert [one["display"]["title"] for one in told] == [
        "需要更高等级的实名认证",
        "Stronger identification needed",
    ]
    refusing = city.poster("probe", "poster_refuses")
    assert weak.scan_place(refusing).get_json()["detail_code"] == "not_today"
    assert [line["reason"] for line in weak.usage()] == ["service_refused", "assurance_too_low"]


def test_a_suspended_citizen_and_a_service_that_is_switched_off(
    city: City, citizen: TestCitizen, poster: TestPoster
) -> None:
    with city.app.app_context(), transaction():
        state.disable("probe")
    with city.app.app_context():
        current_watch().check_versions()
    assert citizen.scan_place(poster).get_json()["reason"] == "service_disabled"
    with city.app.app_context(), transaction():
        state.enable("probe")
        db.session.get_one(
            Citizen, citizen.id
        ).status = CitizenStatus.SUSPENDED  # a second before the sign-out
    with city.app.app_context():
        current_watch().check_versions()
    assert citizen.scan_place(poster).get_json()["reason"] == "suspended"
    assert city.count("usage_events", "code_kind = 'place' AND decision = 'deny'") == 2


def test_a_void_poster_and_what_is_no_poster_of_this_city(
    city: City, citizen: TestCitizen, poster: TestPoster
) -> None:
    with city.app.app_context(), transaction():
        fresh = TestPoster(poster.kiosk_id, posters.print_anew(poster.kiosk_id).token)
    assert citizen.scan_place(poster).status_code == 410
    assert citizen.scan_place(fresh).get_json()["reason"] == "ok"
    own = f"{city.app.extensions['settings'].public_url}/p/{fresh.token}"
    assert citizen.scan_place(TestPoster("", own)).get_json()["reason"] == "ok"
    elsewhere = citizen.scan_place(TestPoster("", f"https://evil.example/p/{fresh.token}"))
    assert (elsewhere.status_code, elsewhere.get_json()["errors"][0]["pointer"]) == (422, "/place_code")
    for unknown in ("x" * 22, "x", "%00", "市民码"):
        assert citizen.scan_place(TestPoster("", unknown)).status_code == 404
    assert city.count("usage_events") == 2


def test_too_many_scans_are_refused_with_a_line_and_a_retry_is_not(
    citizen: TestCitizen, poster: TestPoster
) -> None:
    scan_id = new_id()
    assert citizen.scan_place(poster, scan_id=scan_id).get_json()["reason"] == "ok"
    reasons = [citizen.scan_place(poster).get_json()["reason"] for _ in range(12)]
    assert reasons == ["ok"] * 11 + ["limit_reached"]
    assert citizen.scan_place(poster, scan_id=scan_id).get_json()["reason"] == "ok"
    assert citizen.usage()[0]["reason"] == "limit_reached"


def test_input_is_asked_of_the_citizen_and_of_nobody_else(city: City, citizen: TestCitizen) -> None:
    poster = city.poster("probe", "poster_asks")
    asked = citizen.scan_place(poster).get_json()
    assert asked["decision"] == "needs_input"
    given = {"last_four": "1234"}
    assert city.citizen().answer_place(poster, asked, given).status_code == 404
    assert citizen.answer_place(city.poster("probe", "poster_asks"), asked, given).status_code == 404
    assert citizen.answer_place(poster, asked, {"last_four": 5}).status_code == 422
    done = citizen.answer_place(poster, asked, given).get_json()
    assert done["decision"] == "allow"
    assert citizen.answer_place(poster, asked, given).get_json() == done
    assert citizen.answer_place(poster, asked, {"last_four": "1"}).status_code == 422
    assert [line["decision"] for line in citizen.usage()] == ["allow"]


def test_a_guardian_reads_it_for_a_ward_within_the_delegation(city: City, poster: TestPoster) -> None:
    guardian, ward = city.citizen("王丽华"), city.citizen("李秀英")
    told = city.acting(guardian, ward, "carer", "probe").scan_place(poster).get_json()
    assert (told["decision"], told["outcome"]["presenter"]) == ("allow", "carer")
    assert [(line["code_kind"], line["by"]["kind"]) for line in ward.usage()] == [("place", "carer")]
    assert [line["done_for"] for line in guardian.usage()] == ["李*英"]


def test_a_delegation_for_other_services_is_refused_with_a_line(city: City, poster: TestPoster) -> None:
    agent, ward = city.citizen(), city.citizen()
    told = city.acting(agent, ward, "carer", "bus").scan_place(poster).get_json()
    assert told["reason"] == "delegation_invalid"
    assert [line["reason"] for line in ward.usage()] == ["delegation_invalid"]
