"""Strikes, policies, life cycles: what is written down, and what counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.toolkit.booking import MoveRefused, Rulebook, Step, Suspended, appeals, policies, strikes
from citizen_app.wire.problems import Problem
from tests.integration.booking.conftest import NOON, MakePool, Unit

DAY = timedelta(days=1)
LADDER = (Step(strikes=2, within_days=30, suspend_days=7),)


def test_a_second_strike_suspends_until_one_is_forgiven(unit: Unit, hall: Any) -> None:
    visits = [new_id(), new_id()]
    with unit():
        for visit in (*visits, visits[1]):  # told twice, counted once
            strikes.add(hall.HallStrike, "ann", visit, "no_show", NOON)
        with pytest.raises(Suspended) as refused:
            strikes.refuse_suspended(hall.HallStrike, "ann", LADDER, NOON)
        assert refused.value.until == NOON + 7 * DAY
        strikes.refuse_suspended(hall.HallStrike, "ben", LADDER, NOON)
        strikes.refuse_suspended(hall.HallStrike, "ann", LADDER, NOON + 7 * DAY)
        assert not strikes.add(hall.HallStrike, "ann", visits[0], "no_show", NOON)
    with unit():
        strike = db.session.query(hall.HallStrike).filter_by(subject_id=visits[0]).one()
        assert strikes.forgive(hall.HallStrike, strike.id, NOON, "staff 1", "the bus was late") is not None
        assert strikes.forgive(hall.HallStrike, strike.id, NOON, "staff 1", "again") is None
        strikes.refuse_suspended(hall.HallStrike, "ann", LADDER, NOON)


def test_strikes_count_by_kind_and_place_and_end_early(unit: Unit, hall: Any) -> None:
    ladder = (Step(1, 30, 7, ("no_show",)), Step(2, 30, 3, ("late", "no_show")))
    written = {
        ("ann", "west"): ("no_show",),
        ("ben", "west"): ("late", "late", "excused"),
        ("ben", "east"): ("no_show",),
        ("cas", "west"): ("late", "excused"),
    }
    with unit():
        for (ref, wing), kinds in written.items():
            for kind in kinds:
                assert strikes.add(hall.HallStrike, ref, new_id(), kind, NOON, wing=wing)
        west = strikes.suspended(hall.HallStrike, ladder, NOON, wing="west")
        assert list(west.items()) == [("ben", NOON + 3 * DAY), ("ann", NOON + 7 * DAY)]
        assert strikes.suspended(hall.HallStrike, ladder, NOON, wing="east") == {"ben": NOON + 7 * DAY}
        assert strikes.suspended(hall.HallStrike, (Step(2, 30, 1),), NOON, wing="west").keys() == {
            "ben",
            "cas",
        }
        assert strikes.suspended(hall.HallStrike, ladder, NOON + 3 * DAY, wing="west").keys() == {"ann"}
        assert strikes.suspended(hall.HallStrike, (), NOON) == {}
        for ref in ("ann", "ben", "cas"):
            alone = strikes.suspension_of(hall.HallStrike, ref, ladder, NOON, wing="west")
            assert alone == west.get(ref)
    with unit():
        strikes.free_again(hall.HallStrike, "ben", NOON, "staff 1", "the machine was broken", wing="west")
        strikes.refuse_suspended(hall.HallStrike, "ben", ladder, NOON, wing="west")
        with pytest.raises(Suspended):
            strikes.refuse_suspended(hall.HallStrike, "ben", ladder, NOON, wing="east")


def test_whoever_stands_as_missed_was_there(unit: Unit, hall: Any) -> None:
    visit = new_id()
    with unit():
        strikes.add(hall.HallStrike, "ann", visit, "no_show", NOON)
        assert strikes.forgive_subject(hall.HallStrike, visit, "late", NOON, "desk", "was there") is None
        assert (
            strikes.forgive_subject(hall.HallStrike, visit, "no_show", NOON, "desk", "was there") is not None
        )
        strikes.refuse_suspended(hall.HallStrike, "ann", (Step(1, 30, 7),), NOON)


@pytest.mark.parametrize("granted", [True, False])
def test_an_appeal_is_made_once_and_decided_once(unit: Unit, hall: Any, granted: bool) -> None:
    tables = hall.HallAppeal, hall.HallStrike

    def refused(act: Any, *args: Any, **place: Any) -> int:
        with pytest.raises(Problem) as problem:
            act(*tables, *args, **place)
        return problem.value.kind.status

    with unit():
        for kind in ("no_show", "cancel"):
            strikes.add(hall.HallStrike, "ann", new_id(), kind, NOON, wing="east")
        ((strike, none),) = appeals.strikes_of(*tables, "ann", ("no_show",))
        assert none is None
        assert refused(appeals.make, strike.id, "ben", "我到了", NOON, "wing") == 404
        made = appeals.make(*tables, strike.id, "ann", "我到了", NOON, "wing")
        assert (made.state, made.reason, made.wing) == ("waiting", "我到了", "east")
        assert refused(appeals.make, strike.id, "ann", "我到了", NOON, "wing") == 409
        assert refused(appeals.decide, made.id, granted, "属实", "staff 1", NOON, wing="west") == 404
        appeals.decide(*tables, made.id, granted, "属实", "staff 1", NOON, wing="east")
        assert refused(appeals.decide, made.id, not granted, "属实", "staff 2", NOON) == 409
    with unit():
        ((strike, appeal),) = appeals.strikes_of(*tables, "ann", ("no_show",))
        assert (strike.forgiven_at is not None) is granted
        assert (appeal.state, appeal.answer, appeal.decided_by) == (
            "granted" if granted else "refused",
            "属实",
            "staff 1",
        )
        assert refused(appeals.make, strike.id, "ann", "再说一次", NOON, "wing") == 409


def test_a_policy_is_in_force_from_its_moment_on_and_versions_stay(unit: Unit, hall: Any) -> None:
    with unit():
        assert policies.in_force(hall.HallPolicy, NOON) is None
        first = policies.publish(hall.HallPolicy, {"hold_minutes": 10}, by="staff 1", moment=NOON)
        later = policies.publish(
            hall.HallPolicy, {"hold_minutes": 5}, by="staff 1", moment=NOON, valid_from=NOON + DAY, after=1
        )
        own = policies.publish(hall.HallPolicy, {"hold_minutes": 15}, by="staff 2", moment=NOON, scope="west")
        assert (first.version, later.version, own.version) == (1, 2, 1)
        with pytest.raises(Problem) as stale:
            policies.publish(hall.HallPolicy, {}, by="staff 2", moment=NOON, after=1)
        assert stale.value.kind.status == 409
    with unit():
        for moment, scope, expected in (
            (NOON, "*", first),
            (NOON + DAY, "*", later),
            (NOON + DAY, "west", own),
            (NOON, "east", first),
        ):
            found = policies.in_force(hall.HallPolicy, moment, scope)
            assert found is not None
            assert found.id == expected.id
        assert policies.in_force(hall.HallPolicy, NOON - DAY) is None


def test_the_most_particular_version_in_force_speaks_and_a_booking_keeps_its_own(
    unit: Unit, hall: Any
) -> None:
    book = Rulebook(hall.HallPolicy, "hall:rules", lambda stored: stored.get("hold_minutes", 1))
    scopes = policies.scopes_of(("stalls", "west"), "gala")

    def published(minutes: int, scope: str, **more: Any) -> str:
        with unit():
            after, rules = book.latest_version(scope), {"hold_minutes": minutes}
            made = book.publish(rules, by="staff 1", moment=NOON, scope=scope, after=after, **more)
            stored = book.as_stored(scopes, NOON).id
            assert (stored == made.id) is (made.valid_from <= NOON), "before it is committed"
            return str(made.id)

    with unit():
        assert (book.in_force(scopes, NOON).id, book.in_force(scopes, NOON).rules) == (None, 1)
    first = published(10, "*")
    for minutes, scope in ((11, "west"), (12, "west:gala"), (13, "stalls"), (14, "stalls")):
        made = published(minutes, scope)
        with unit():
            found = book.in_force(scopes, NOON)
            assert (found.id, found.rules) == (made, minutes)
            assert book.in_force(policies.scopes_of(("east",)), NOON).id == first
    later = published(15, "stalls:gala", valid_from=NOON + DAY)
    with unit():
        assert book.in_force(scopes, NOON).rules == 14
        assert book.in_force(scopes, NOON + DAY).id == later
        assert [book.of(one) for one in (first, later, None, "gone")] == [10, 15, 1, 1]
        with pytest.raises(Problem):
            book.publish({}, by="staff 2", moment=NOON, scope="stalls", after=1)


def test_a_move_says_who_and_why_and_one_that_is_not_declared_is_refused(
    unit: Unit, hall: Any, pool: MakePool
) -> None:
    evening = pool(1)
    with unit():
        seat = hall.SEATS.hold(evening, "ann", NOON, seconds=None)
        hall.LIFE.move(seat.id, "arrived", by="citizen", reason="code read at the door", moment=NOON)
        with pytest.raises(MoveRefused) as refused:
            hall.LIFE.move(seat.id, "cancelled", by="citizen", reason="too late", moment=NOON)
        assert refused.value.state == "arrived"
        with pytest.raises(ValueError, match="no move leads"):
            hall.LIFE.move(seat.id, "burnt", by="citizen", reason="?", moment=NOON)
        with pytest.raises(Problem):
            hall.LIFE.move(new_id(), "done", by="citizen", reason="?", moment=NOON)
        assert [(move.from_state, move.to_state, move.moved_by) for move in hall.LIFE.history(seat.id)] == [
            ("booked", "arrived", "citizen")
        ]
    with unit():
        assert db.session.get(hall.HallSeat, seat.id).state == "arrived"
