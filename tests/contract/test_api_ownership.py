"""What belongs to another citizen, kiosk, service or member of staff is 404 (ASVS V8.2.2, V8.4.1), at every
address that names a thing.

Each address is asked by those of the same kind to whom it does not belong, and by its owner: with each id in
it exchanged for nobody's and for that of somebody else who has the like, then as it stands, so that the thing
is known to be there.
"""

from __future__ import annotations

import pytest

from tests.contract.api_asking import CITYWIDE, DOCUMENT, GivenAway, named, refuses_all_others
from tests.contract.api_checks_missing import MISSING, Break
from tests.contract.api_city import audiences, callers_of
from tests.contract.api_things import THINGS, Town, things_of


@pytest.mark.parametrize("label", named())
def test_what_belongs_to_another_is_not_there(town: Town, label: str) -> None:
    refuses_all_others(town, label)


def test_every_kind_of_thing_is_asked_for() -> None:
    asked = {id(things_of(label.partition(" ")[2])) for label in named()}
    assert asked == {id(things) for things in THINGS.values()}


@pytest.mark.parametrize("label", CITYWIDE)
def test_what_belongs_to_the_whole_city_is_for_nobody_of_one_service(town: Town, label: str) -> None:
    method, _, path = label.partition(" ")
    assert method.lower() in DOCUMENT["paths"][path]
    may = callers_of(audiences(town.city.app)[method, path], method)
    assert may
    assert [caller for caller in may if ":" in caller] == []


@pytest.mark.parametrize(("missing", "label"), MISSING)
def test_a_missing_check_is_found_out(
    town: Town, monkeypatch: pytest.MonkeyPatch, missing: Break, label: str
) -> None:
    missing(monkeypatch)
    with pytest.raises(GivenAway):
        refuses_all_others(town, label)
