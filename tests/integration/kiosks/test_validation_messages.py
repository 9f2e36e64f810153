"""What is wrong with a kiosk's defaults is said in the caller's language, each fault for itself."""

from __future__ import annotations

from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City


def test_each_fault_of_the_defaults_is_told(app: CitizenFlask) -> None:
    operator = City(app).operator("ferry", "system_admin")
    body = {
        "name": "二号机",
        "service": "ferry",
        "purposes": ["board", "alight"],
        "place": {"zh": "西码头", "en": "West pier"},
        "context": {"pier": ""},
    }
    for language, said in (
        ("zh", ["长度应在 1 到 200 之间。", "只能是以下之一：east, west。"]),
        ("en", ["Length must be between 1 and 200.", "Must be one of: east, west."]),
    ):
        headers = {"Accept-Language": language}
        answer = operator.call("POST", "/api/v1/admin/kiosks", json=body, headers=headers)
        assert answer.status_code == 422
        assert [(e["pointer"], e["message"]) for e in answer.get_json()["errors"]] == [
            ("/context/pier", message) for message in said
        ]
