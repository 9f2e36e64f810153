"""What the scan pipeline reads, and the reverse index of pairwise references."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from flask import Flask

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.operations import forget_refs, suspend_citizen
from citizen_app.citizens.queries import KnownRefs, citizen_of_ref, citizens_by_subject_numbers, remember_refs
from citizen_app.citizens.registration import create_citizen
from citizen_app.claims.truth import periods_in
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.kiosks.devices import look_only_when_asked


@pytest.fixture
def two(app: Flask) -> tuple[Citizen, Citizen]:
    with app.app_context(), transaction():
        return create_citizen("13911112222", name="王小明"), create_citizen("13911113333")


def test_citizens_are_found_by_their_numbers_in_one_statement(app: Flask, two: Any, statements: Any) -> None:
    one, other = two
    with app.app_context():
        with transaction():
            suspend_citizen(one.id)
            City.grant_claim(other.id, "senior")
            City.grant_claim(other.id, "veteran")
        for numbers in ([one.subject_number], [one.subject_number, other.subject_number, 7]):
            with transaction(reading=True), statements() as seen:
                found = citizens_by_subject_numbers("probe", numbers)
            assert len([statement for statement in seen if "citizens" in statement]) == 1
            assert found.keys() == set(numbers) - {7}
        suspended, senior = found[one.subject_number], found[other.subject_number]
        assert (suspended.id, suspended.status) == (one.id, "suspended")
        assert suspended.name_sealed == one.name_sealed
        assert suspended.log_key == one.log_key != one.id
        assert senior.status == "active"
        assert {period.type for period in periods_in(senior.claims)} == {"senior", "veteran"}
        assert periods_in(suspended.claims) == []
        with transaction(reading=True), statements() as seen:
            assert citizens_by_subject_numbers("probe", []) == {}
        assert seen == []


def test_a_reference_is_written_once_and_then_costs_nothing(app: Flask, two: Any, statements: Any) -> None:
    one, other = two
    with app.app_context():
        pairs = [(current_vault().citizen_ref("bus", citizen.id), citizen.id) for citizen in two]
        with transaction():
            remember_refs("bus", pairs)
        with transaction(), statements() as seen:
            remember_refs("bus", pairs)
        assert seen == []
        with transaction(reading=True):
            assert citizen_of_ref("bus", pairs[0][0]) == one.id
            assert citizen_of_ref("bus", pairs[1][0]) == other.id
            assert citizen_of_ref("library", pairs[0][0]) is None


def test_a_reference_another_worker_wrote_is_no_error(app: Flask, two: Any, other_worker: Flask) -> None:
    for worker in (app, other_worker):
        with worker.app_context(), transaction():
            remember_refs("bus", [(current_vault().citizen_ref("bus", two[0].id), two[0].id)])


def test_a_reference_that_was_rolled_back_is_written_the_next_time(app: Flask, two: Any) -> None:
    with app.app_context():
        ref = current_vault().citizen_ref("bus", two[0].id)
        with contextlib.suppress(ZeroDivisionError), transaction():
            remember_refs("bus", [(ref, two[0].id)])
            raise ZeroDivisionError
        with transaction(reading=True):
            assert citizen_of_ref("bus", ref) is None
        with transaction():
            remember_refs("bus", [(ref, two[0].id)])
        with transaction(reading=True):
            assert citizen_of_ref("bus", ref) == two[0].id


def test_a_forgotten_reference_is_forgotten_by_every_worker(
    app: Flask, two: Any, other_worker: Flask
) -> None:
    with app.app_context():
        ref = current_vault().citizen_ref("bus", two[0].id)
    watch = look_only_when_asked(other_worker)
    for worker in (app, other_worker):
        with worker.app_context(), transaction():
            remember_refs("bus", [(ref, two[0].id)])
    with app.app_context(), transaction():
        forget_refs(two[0].id)
    with app.app_context(), transaction(reading=True):
        assert citizen_of_ref("bus", ref) is None
    with other_worker.app_context():
        watch.check_versions()
    for worker in (other_worker, app):
        with worker.app_context(), transaction():
            remember_refs("bus", [(ref, two[0].id)])
            assert citizen_of_ref("bus", ref) == two[0].id
            db.session.rollback()


def test_the_known_references_are_few(app: Flask) -> None:
    known = KnownRefs(most=2)
    known.add("bus", ["a", "b"])
    assert known.has("bus", "a")
    known.add("bus", ["c"])
    assert [known.has("bus", ref) for ref in "abc"] == [True, False, True]
    assert not known.has("library", "a")
