"""Who is inside follows from what happened, in whatever order it is told: against a plain model, and one
after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.testing import TestCitizen
from citizen_app.toolkit.time import now

from ...operations.presence import NEVER, held, moved
from ..conftest import MakeSite, Site, verdict

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
MOVES = some.lists(some.tuples(some.integers(0, 8), some.booleans(), some.sampled_from("EW")), max_size=10)


@contextmanager
def unit(app: Any) -> Iterator[None]:
    """One unit of work."""
    with app.app_context(), transaction():
        yield


@given(told=MOVES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_presence_is_the_newest_passage_whatever_order_it_is_told_in(
    app: Any, site: Site, told: list[tuple[int, bool, str]]
) -> None:
    person, gates = new_id()[:22], {"E": new_id(), "W": new_id()}
    for minute, inside, gate in told:
        with unit(app):
            state = held(site.id, person, gates[gate])
            moved(state, inside, START + timedelta(minutes=minute), gates[gate])
    with unit(app):
        state = held(site.id, person, gates["E"])
    if not told:
        assert (state.since, state.inside) == (NEVER, False)
        return
    minute, inside = max((minute, inside) for minute, inside, _ in told)
    assert (state.since, state.inside) == (START + timedelta(minutes=minute), inside)


def test_uploads_in_the_wrong_order_leave_presence_right(site: Site) -> None:
    resident, moment = site.city.citizen(), now()
    site.list_citizen(resident)
    site.upload((resident, "exit", moment - timedelta(minutes=10)))
    assert site.inside() == []
    site.upload((resident, "enter", moment - timedelta(minutes=20)), at=site.other)
    assert site.inside() == []
    site.upload((resident, "enter", moment - timedelta(minutes=5)))
    assert len(site.inside()) == 1
    passages = site.mine(resident, "GET", "/passages")["items"]
    assert [(p["direction"], p["late"]) for p in passages] == [("in", True), ("in", True), ("out", True)]


def test_what_happened_offline_is_written_down_and_not_judged(site: Site) -> None:
    """The guard let a stranger in: it has happened, and the operator sees by which right: by none."""
    stranger, host, guest = (site.city.citizen() for _ in range(3))
    site.list_citizen(host)
    site.invite(host, guest.phone, entries=1)
    moment = now() - timedelta(seconds=40)
    told = site.upload(
        (stranger, "enter", moment),
        (guest, "enter", moment),
        (guest, "enter", moment + timedelta(seconds=30)),
    )
    assert [verdict(one) for one in told] == ["allow none", "allow guest", "allow none"]
    entries = site.office("POST", "/trail", reason="开箱核对")["items"]
    assert [(e["basis"], e["note"]) for e in entries] == [
        ("none", "invitation_used"),
        ("guest", None),
        ("none", "not_a_member"),
    ]
    assert verdict(site.scan(guest, at=site.other)) == "invitation_used"


def test_what_a_place_would_have_forgotten_is_not_written_down(make_site: MakeSite) -> None:
    site = make_site(trail_days=1)
    resident = site.city.citizen()
    site.list_citizen(resident)
    (told,) = site.upload((resident, "enter", now() - timedelta(days=2)))
    assert (verdict(told), told["outcome"].get("passage_id")) == ("allow member", None)
    assert site.city.count("pass_passages") == 0
    assert site.inside() == []


def test_the_first_who_leaves_without_having_come_is_noted(site: Site) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident)
    assert site.scan(resident, "exit")["outcome"]["note"] == "no_entry"


@pytest.mark.parametrize("purpose", ["enter", "exit"])
def test_a_stranger_in_a_batch_does_not_spoil_the_others(site: Site, purpose: str) -> None:
    people: list[TestCitizen] = [site.city.citizen() for _ in range(4)]
    for person in people[:3]:
        site.list_citizen(person)
    moment = now() - timedelta(minutes=1)
    told = site.upload(*((person, purpose, moment) for person in people))
    assert [one["decision"] for one in told] == ["allow"] * 4
    assert site.city.count("pass_passages") == 4
