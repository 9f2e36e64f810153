"""The command line: sessions with their ids, and one that is stopped where the console cannot be reached."""

from __future__ import annotations

import json

from citizen_app.toolkit.testing import City

from .conftest import Ward


def test_a_session_is_found_and_stopped(ward: Ward, city: City) -> None:
    session = ward.open()
    citizen = city.citizen()
    booked = ward.book(citizen, ward.slots(session)[0])
    runner = city.app.test_cli_runner()
    listed = runner.invoke(args=["hospital", "sessions", "H1", "--day", "2026-05-13", "--json"])
    (found,) = json.loads(listed.stdout)
    assert (found["id"], found["starts"], found["state"]) == (session["id"], "08:00", "open")
    assert runner.invoke(args=["hospital", "sessions", "none"]).exit_code == 1
    stop = ["hospital", "stop-session", session["id"], "--reason-zh", "停电"]
    done = runner.invoke(args=stop)
    assert (done.exit_code, "1 人" in done.stdout) == (0, True), done.output
    assert ward.mine(citizen, "GET", f"/bookings/{booked['id']}")["state"] == "stopped"
    assert runner.invoke(args=stop).exit_code == 1
