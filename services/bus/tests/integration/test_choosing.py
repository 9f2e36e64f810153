"""What a driver chooses from on a validator, and that what is chosen boards riders."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.testing import City, TestKiosk

CHOICES = "/api/v1/kiosks/me/choices"


def offered(kiosk: TestKiosk, field: str, *chosen: str, q: str = "") -> list[str]:
    """The values offered for a field, with their words."""
    answer = kiosk.get(CHOICES, purpose="board", field=field, chosen=list(chosen), q=q)
    assert answer.status_code == 200, answer.text
    return [f"{choice['value']} {choice['title']}" for choice in answer.get_json()["choices"]]


def test_lines_then_directions_then_stops(city: City, import_small: Any) -> None:
    import_small()
    kiosk = city.kiosk("bus")
    assert offered(kiosk, "line") == ["r1 1路"]
    assert offered(kiosk, "direction", "") == []
    assert offered(kiosk, "direction", "r1") == ["0 开往 项王故里"]
    assert offered(kiosk, "stop", "r1", "0") == ["s1 宿迁站", "s2 市政府", "s3 项王故里"]
    assert offered(kiosk, "stop", "r1", "", q="szf") == ["s2 市政府"]  # by the initials of its pinyin
    context = {"line": "r1", "direction": "0", "stop": "s2"}
    answer = kiosk.scan(city.citizen().code(), "board", context=context).get_json()
    assert answer["decision"] == "allow", answer


def test_without_a_timetable_there_is_nothing_to_choose(city: City) -> None:
    assert offered(city.kiosk("bus"), "line") == []


def test_what_cannot_be_chosen_is_said(city: City) -> None:
    kiosk = city.kiosk("bus")
    for query, pointer in (
        ({"purpose": "board", "field": "vehicle"}, "?field"),
        ({"purpose": "board", "field": "stop", "chosen": ["r1"]}, "?chosen"),
        ({"purpose": "alight", "field": "line"}, "?purpose"),
    ):
        answer = kiosk.get(CHOICES, **query)
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"] == pointer
