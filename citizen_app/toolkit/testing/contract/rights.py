"""Rights: a person's copy tells of every table that names people, and an erasure reaches every one of them.

What the two hooks ask of the database is watched: a table that neither reads nor writes was forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from sqlalchemy import Connection, event, select

from citizen_app.citizens.models import Citizen
from citizen_app.registry.behaviour import CitizenView
from citizen_app.registry.checks.tables import REFERENCES, names_people
from citizen_app.registry.modules import InstalledModule
from citizen_app.rights.values import as_json
from citizen_app.rights.views import view_for
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.contract.samples import ON_ONE_DATABASE, answer_to, cells, scans, tables_of
from citizen_app.toolkit.testing.people import TestCitizen


@ON_ONE_DATABASE
def test_a_copy_and_an_erasure_reach_every_table_that_names_people(
    city: City, module: InstalledModule
) -> None:
    naming = {table.name for table in tables_of(module) if names_people(table)}
    if not naming:
        pytest.skip("no table of the module names people")
    view = _view(city, module, city.citizen())
    with city.app.app_context(), transaction(reading=True), _asked() as asked:
        for kept in _hook(module, "export_for")(view):
            list(kept.rows)
    forgotten = {table for table in naming if not any(table in statement for statement in asked)}
    assert forgotten == set(), "export_for leaves them out"
    with city.app.app_context(), transaction(), _asked() as asked:
        _hook(module, "erase_for")(view)
        db.session.flush()
    forgotten = {table for table in naming if not any(table in statement for statement in asked)}
    assert forgotten == set(), "erase_for leaves them out"


def test_who_has_used_it_has_a_copy_and_can_be_forgotten(city: City, module: InstalledModule) -> None:
    """Whatever the module wrote at scans is in the copy; an erasure leaves no reference of the person, takes
    nothing of another, and can be repeated."""
    if not any(names_people(table) for table in tables_of(module)):
        pytest.skip("no table of the module names people")
    person, other = city.citizen("欧阳不二", "senior"), city.citizen("司马相如", "senior")
    for who in (person, other):
        for kiosk, purpose, context in list(scans(city, module)):
            answer = kiosk.scan(who.code(), purpose.id, context=context).get_json()
            if answer["decision"] == "needs_input":
                kiosk.answer(answer, answer_to(answer["input"]["schema"]))
    mine, theirs = _view(city, module, person), _view(city, module, other)
    held, of_other = _named(city, module, mine), _named(city, module, theirs)
    with city.app.app_context(), transaction(reading=True):
        told = [list(kept.rows) for kept in _hook(module, "export_for")(mine)]
        json.dumps([as_json(dict(row)) for rows in told for row in rows])
    assert held == 0 or any(told)
    for _ in range(2):
        with city.app.app_context(), transaction():
            _hook(module, "erase_for")(mine)
        assert _named(city, module, mine) == 0
    assert _named(city, module, theirs) == of_other


def _hook(module: InstalledModule, name: str) -> Callable[..., Any]:
    return cast("Callable[..., Any]", getattr(module.hooks, name))


def _view(city: City, module: InstalledModule, citizen: TestCitizen) -> CitizenView:
    with city.app.app_context(), transaction(reading=True):
        row = db.session.scalars(select(Citizen).where(Citizen.id == citizen.id)).one()
        return view_for(module.id, row.id)


def _named(city: City, module: InstalledModule, view: CitizenView) -> int:
    """How many cells of the module name a person."""
    refs = {view.ref, view.contact_ref, *view.identity_refs}
    return sum(1 for place, value in cells(city, module) if place.endswith(REFERENCES) and value in refs)


@contextmanager
def _asked() -> Iterator[list[str]]:
    """The statements of the block."""
    found: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *more: object) -> None:
        found.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
