"""Error messages name what is wrong, not something that is right already."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from citizen_app import clock
from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City

SCANS = "/api/v1/scans"


def test_anothers_token_is_told_from_none(app: CitizenFlask) -> None:
    """A caller with a valid token of the wrong kind is told which token is needed, not to sign in first."""
    city = City(app)
    kiosk, citizen, operator = city.kiosk("bus"), city.citizen(), city.operator("bus")

    def told(path: str, token: str, language: str = "en", method: str = "GET") -> str:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        answer = city.client.open(path, method=method, headers=headers)
        assert answer.status_code == 401
        assert "invalid_token" in answer.headers["WWW-Authenticate"]
        return str(answer.get_json()["detail"])

    assert "a token of citizens; this operation is for kiosks" in told(
        SCANS, citizen.access_token, method="POST"
    )
    assert "市民的令牌" in told(SCANS, citizen.access_token, "zh-CN", "POST")
    assert "a token of kiosks; this operation is for citizens" in told("/api/v1/me", kiosk.token)
    assert "a token of staff; this operation is for kiosks" in told(SCANS, operator.token, method="POST")
    assert "a token of citizens; this operation is for staff" in told(
        "/api/v1/admin/kiosks", citizen.access_token
    )
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert "Sign in" in told("/api/v1/me", kiosk.token.swapcase()), "what is not ours says nothing"


def test_a_change_without_a_body_is_refused(app: CitizenFlask) -> None:
    city = City(app)
    operator, kiosk = city.operator("bus", "system_admin"), city.kiosk("bus")
    for body in ({}, {"json": {}}):
        answer = operator.call("PATCH", f"/api/v1/admin/kiosks/{kiosk.id}", **body)
        assert (answer.status_code, answer.get_json()["errors"][0]["message"]) == (422, "没有要改的内容")
    empty = operator.get("/api/v1/admin/usage/statistics?group=")
    assert (empty.status_code, empty.get_json()["errors"][0]["pointer"]) == (422, "?group")


def test_a_citizen_of_a_test_stays_signed_in(city: City, time_travel: time_machine.Traveller) -> None:
    citizen = city.citizen()
    for _ in range(2):
        assert citizen.get("/api/v1/me").status_code == 200
        time_travel.shift(timedelta(days=30))
