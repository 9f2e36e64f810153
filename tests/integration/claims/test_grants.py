"""Granting and ending, in any order: the truth at every moment is that of a naive model; two at once."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from citizen_app.citizens.models import Citizen
from citizen_app.claims import operations
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.operations import ClaimSource, Grant, end_claim, grant_claim
from citizen_app.claims.queries import known_of
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import before_commit
from citizen_app.wire.problems import Problem

START = datetime(2026, 9, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HORIZON = 60
SOURCES = (ClaimSource.STAFF, ClaimSource.SERVICE)


def at(hour: int) -> datetime:
    return START + hour * HOUR


def student(first: int, last: int, source: ClaimSource = ClaimSource.STAFF) -> Grant:
    by = "bus" if source is ClaimSource.SERVICE else None
    return Grant("student", source, at(first), at(last), granted_by=by)


class Naive:
    """Hours, and nothing else. Grants of a source are lasting intervals, which grow together where they
    meet; an end keeps the hours until then, and at least those that are over."""

    def __init__(self) -> None:
        self.lasting: dict[ClaimSource, list[tuple[int, int]]] = {source: [] for source in SOURCES}
        self.kept: set[int] = set()

    def grant(self, source: ClaimSource, first: int, last: int) -> None:
        meeting = [one for one in self.lasting[source] if one[0] <= last and first <= one[1]]
        others = [one for one in self.lasting[source] if one not in meeting]
        grown = (min([first, *(f for f, _ in meeting)]), max([last, *(e for _, e in meeting)]))
        self.lasting[source] = [*others, grown]

    def end(self, source: ClaimSource, interval: tuple[int, int], wanted: int, moment: int) -> None:
        self.lasting[source].remove(interval)
        first, last = interval
        self.kept.update(range(first, min(last, max(wanted, moment, first))))

    def hours(self) -> set[int]:
        running = {hour for some in self.lasting.values() for f, e in some for hour in range(f, e)}
        return self.kept | running


@pytest.mark.parametrize("seed", range(6))
def test_the_truth_at_every_moment_is_that_of_a_naive_model(
    city: City, time_travel: time_machine.Traveller, seed: int
) -> None:
    dice, naive, moment = random.Random(seed), Naive(), 0
    time_travel.move_to(START)
    citizen_id = city.citizen().id
    with city.app.app_context():
        for _ in range(25):
            moment += dice.randrange(3)
            time_travel.move_to(at(moment))
            source = dice.choice(SOURCES)
            lasting = naive.lasting[source]
            if lasting and dice.random() < 0.4:
                interval, wanted = dice.choice(lasting), dice.randrange(HORIZON)
                with transaction():
                    row = db.session.query(CitizenClaim).filter_by(
                        source=source, valid_from=at(interval[0]), ended_at=None, replaced_by=None
                    ).one()  # fmt: skip
                    end_claim(row.id, ended_by=None, reason="x", at=at(wanted))
                naive.end(source, interval, wanted, moment)
            else:
                first = dice.randrange(HORIZON)
                last = first + 1 + dice.randrange(20)
                with transaction():
                    grant_claim(citizen_id, student(first, last, source))
                naive.grant(source, first, last)
            with transaction(reading=True):
                known = known_of(citizen_id)
                assert known is not None
                true = {hour for hour in range(-1, 90) if known.has("student", at(hour))}
            assert true == naive.hours()
    assert city.count("citizen_claims", "replaced_by IS NOT NULL") > 0, (
        "what stood before is still to be read"
    )


def test_what_reaches_further_replaces_and_what_does_not_changes_nothing(city: City) -> None:
    citizen_id = city.citizen().id
    with city.app.app_context(), transaction():
        first = grant_claim(citizen_id, student(0, 10))
        assert grant_claim(citizen_id, student(2, 10)).id == first.id
        further = grant_claim(citizen_id, student(10, 20))
        assert (further.valid_from, further.valid_to) == (at(0), at(20))
        assert db.session.get_one(CitizenClaim, first.id).replaced_by == further.id
        for_good = grant_claim(citizen_id, Grant("resident", ClaimSource.STAFF, at(0)))
        assert grant_claim(citizen_id, Grant("resident", ClaimSource.STAFF, at(5), at(6))).id == for_good.id
        with pytest.raises(Problem, match="conflict"):
            end_claim(first.id, ended_by=None, reason="x")


def test_an_end_in_the_past_counts_from_now_on(city: City, time_travel: time_machine.Traveller) -> None:
    time_travel.move_to(at(10))
    citizen_id = city.citizen().id
    with city.app.app_context(), transaction():
        row = grant_claim(citizen_id, student(0, 50))
        ended = end_claim(row.id, ended_by="clerk", reason="已退学", at=at(4))
        assert (ended.valid_to, ended.void_from, ended.ended_at) == (at(10), at(4), at(10))
        again = end_claim(row.id, ended_by="other", reason="x", at=at(20))
        assert (again.ended_by, again.valid_to) == ("clerk", at(10))
        known = known_of(citizen_id)
    assert known is not None
    assert [known.has("student", at(hour)) for hour in (0, 4, 9, 10, 20)] == [True, True, True, False, False]


def test_what_has_not_begun_and_is_ended_was_never_true(
    city: City, time_travel: time_machine.Traveller
) -> None:
    time_travel.move_to(at(0))
    citizen_id = city.citizen().id
    with city.app.app_context(), transaction():
        row = grant_claim(citizen_id, student(10, 20))
        end_claim(row.id, ended_by=None, reason="x")
        known = known_of(citizen_id)
    assert known is not None
    assert not any(known.has("student", at(hour)) for hour in range(30))


def test_what_cannot_be_granted(city: City) -> None:
    citizen = city.citizen(born=date(1990, 1, 1))
    for wrong in (
        Grant("student", ClaimSource.STAFF, at(0)),
        Grant("resident", ClaimSource.STAFF, at(5), at(5)),
        Grant("senior", ClaimSource.STAFF, at(0)),
    ):
        with city.app.app_context(), pytest.raises(Problem, match="invalid-input"), transaction():
            grant_claim(citizen.id, wrong)
    with city.app.app_context(), pytest.raises(Problem, match="not-found"), transaction():
        grant_claim(new_id(), Grant("resident", ClaimSource.STAFF, at(0)))
    with city.app.app_context(), pytest.raises(Problem, match="not-found"), transaction():
        end_claim(new_id(), ended_by=None, reason="x")


def both(app: CitizenFlask, citizen_id: str) -> int:
    before_commit(
        app,
        lambda: grant_claim(citizen_id, student(0, 10)),
        lambda: grant_claim(citizen_id, student(5, 20)).id,
    )
    with app.app_context(), transaction(reading=True):
        standing = db.session.query(CitizenClaim).filter_by(citizen_id=citizen_id, replaced_by=None)
        return standing.count()


def test_of_two_grants_at_once_the_second_extends_the_first(city: City) -> None:
    assert both(city.app, city.citizen().id) == 1


def test_control_without_the_lock_both_stand(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    if city.app.extensions["settings"].on_sqlite:
        pytest.skip("on SQLite writing units take turns")
    monkeypatch.setattr(operations, "lock_row", lambda model, key: db.session.get(model, key))
    assert both(city.app, city.citizen().id) == 2


def test_a_grant_and_an_end_at_once_leave_no_grant_that_nobody_ended(city: City) -> None:
    citizen_id = city.citizen().id
    with city.app.app_context(), transaction():
        row = grant_claim(citizen_id, student(0, 10)).id
    outcome = before_commit(
        city.app,
        lambda: grant_claim(citizen_id, student(5, 20)),
        lambda: end_claim(row, ended_by=None, reason="x").id,
    )
    assert outcome == "conflict", "whoever ends is told that there is a newer grant"


def test_claims_go_with_their_account(city: City) -> None:
    citizen = city.citizen("张小三", "student")
    with city.app.app_context(), transaction():
        db.session.delete(db.session.get_one(Citizen, citizen.id))
    assert city.count("citizen_claims") == 0
