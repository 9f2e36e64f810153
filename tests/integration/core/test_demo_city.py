"""`flask demo load`: harmless to repeat, also for whoever is using the city."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient

from citizen_app.factory import CitizenFlask

ME = "/api/v1/kiosks/me/heartbeat"
CLOCK = {"clock": "2026-01-01T00:00:00Z"}


def loaded(app: CitizenFlask) -> dict[str, Any]:
    """What the command prints for programs."""
    result = app.test_cli_runner().invoke(args=["demo", "load", "--json"])
    assert result.exit_code == 0, result.output
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed


def opens(client: FlaskClient, token: str) -> bool:
    """Whether a kiosk's token is accepted."""
    answer = client.post(ME, json=CLOCK, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


def test_a_kiosk_that_is_open_in_a_browser_stays_open(app: CitizenFlask, client: FlaskClient) -> None:
    first = loaded(app)["kiosks"][0]
    code = client.post(f"/demo/kiosks/{first['id']}/activation", headers={"Sec-Fetch-Site": "same-origin"})
    activated = client.post(
        "/api/v1/kiosks/activate", json={"activation_code": code.get_json()["activation_code"]}
    )
    in_browser = activated.get_json()["token"]
    for _ in range(3):
        kiosks = loaded(app)["kiosks"]
        assert all(opens(client, kiosk["token"]) for kiosk in kiosks)
        assert opens(client, in_browser)
    assert not opens(client, first["token"]), "activating a kiosk still ends what it was before"
