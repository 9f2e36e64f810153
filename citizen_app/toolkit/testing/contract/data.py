"""Data: migrations, demo data, settings, and what the module's tables may not hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, inspect

from citizen_app.citizens.models import Citizen
from citizen_app.demo.people import CITIZENS
from citizen_app.factory import CitizenFlask, create_app
from citizen_app.registry import lineages
from citizen_app.registry.modules import InstalledModule
from citizen_app.storage.dialects import enable_wal, standalone_engine
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.applications import dispose
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.contract.samples import (
    ON_ONE_DATABASE,
    cells,
    right,
    rows,
    scans,
    tables_of,
    wrong,
)
from citizen_app.toolkit.testing.databases import Databases
from citizen_app.wire.problems import Problem


def test_migrations_go_up_and_down_and_up_again(
    app: CitizenFlask, module: InstalledModule, databases: Databases, tmp_path: Path
) -> None:
    if module.models is None:
        pytest.skip("the module has no tables")
    metadata = MetaData(naming_convention=tables_of(module)[0].metadata.naming_convention)
    for table in tables_of(module):
        table.to_metadata(metadata)
    wanted = set(metadata.tables)
    with _empty_database(app, databases, tmp_path) as (other, engine):
        registry = other.extensions["registry"]
        assert module.id in lineages.upgrade(engine, registry)
        assert _tables(engine, module) == wanted
        assert lineages.differences(engine, registry, metadata).get(module.id) is None
        lineages.downgrade(engine, registry, module.id, "base")
        assert _tables(engine, module) == set()
        assert lineages.upgrade(engine, registry) == [module.id]
        assert _tables(engine, module) == wanted
        assert lineages.differences(engine, registry, metadata).get(module.id) is None


def test_a_seed_is_harmless_to_repeat(city: City, module: InstalledModule) -> None:
    if module.seed is None:
        pytest.skip("the module has no demo data")
    kiosks = city.seed(module.id)
    held = rows(city, module)
    again = city.seed(module.id)
    assert rows(city, module) == held
    assert [(k.id, k.purposes, k.context) for k in again] == [(k.id, k.purposes, k.context) for k in kiosks]


@ON_ONE_DATABASE
def test_no_row_names_a_citizen(city: City, module: InstalledModule) -> None:
    """No id of the core, no phone number and no name in clear text: a copy of these tables tells nothing
    about people."""
    people = []
    for kiosk, purpose, context in scans(city, module):
        citizen = city.citizen(name="欧阳不二")
        kiosk.scan(citizen.code(), purpose.id, context=context)
        people.append(citizen)
    with city.app.app_context(), transaction(reading=True):
        ids = [one for (one,) in db.session.query(Citizen.id)]
    phones = {"138001", *(person.phone.removeprefix("+86") for person in CITIZENS)}
    words = {word for id_ in ids for word in (id_, id_.replace("-", ""))} | phones | {"欧阳不二"}
    for place, value in cells(city, module):
        said = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        found = [word for word in words if word in said and not place.endswith(".id")]
        assert found == [], f"{place} holds {value!r}"


@ON_ONE_DATABASE
def test_settings_keep_their_limits(city: City, module: InstalledModule) -> None:
    city.choose(module.id)
    city.choose(module.id, **{field.name: right(field) for field in module.descriptor.settings})
    for field in module.descriptor.settings:
        with pytest.raises(Problem):
            city.choose(module.id, **{field.name: wrong(field)})
        for limit, beyond in ((field.minimum, -1), (field.maximum, 1)):
            if field.type == "integer" and limit is not None:
                city.choose(module.id, **{field.name: limit})
                with pytest.raises(Problem):
                    city.choose(module.id, **{field.name: limit + beyond})


def _tables(engine: Engine, module: InstalledModule) -> set[str]:
    return {name for name in inspect(engine).get_table_names() if name.startswith(f"{module.id}_")}


@contextmanager
def _empty_database(
    app: CitizenFlask, databases: Databases, tmp_path: Path
) -> Iterator[tuple[CitizenFlask, Engine]]:
    """An application on an unmigrated database of its own, of the same kind and with the same services as
    `app`."""
    settings = app.extensions["settings"]
    url = (
        f"sqlite:///{tmp_path / 'empty.db'}"
        if settings.on_sqlite
        else databases.own_postgresql(migrated=False)
    )
    other = create_app(
        {
            "CITIZEN_DEMO": "1",
            "CITIZEN_DATA_DIR": str(tmp_path / "other"),
            "CITIZEN_DATABASE_URL": url,
            "CITIZEN_SERVICES_DIR": str(settings.services_dir),
            "CITIZEN_LOG_LEVEL": "ERROR",
        }
    )
    try:
        with other.app_context():
            engine = standalone_engine(other.extensions["settings"])
            enable_wal(engine)
            yield other, engine
            engine.dispose()
    finally:
        dispose(other)
        if not settings.on_sqlite:
            databases.drop_postgresql(url)
