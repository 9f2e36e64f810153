"""Tables keep to their owner, and migrations go up, down and up again on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, inspect

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.registry import lineages
from citizen_app.storage.dialects import enable_wal, standalone_engine
from citizen_app.storage.orm import Model
from citizen_app.toolkit.testing import Databases, dispose, environment, is_required, postgresql_address


def tables_by_package(app: CitizenFlask) -> dict[str, set[str]]:
    """Tables of the core (key `core`) and of each installed service; tables of sample services of other tests
    are nobody's."""
    packages = {"core": "citizen_app."} | {m.id: f"{m.package}." for m in app.extensions["registry"]}
    return {
        owner: {
            str(mapper.local_table.name)  # type: ignore[attr-defined]
            for mapper in Model.registry.mappers
            if mapper.class_.__module__.startswith(package)
        }
        for owner, package in packages.items()
    }


def metadata_of(app: CitizenFlask) -> MetaData:
    """The tables of the installed product only."""
    kept = set().union(*tables_by_package(app).values())
    metadata = MetaData(naming_convention=Model.metadata.naming_convention)
    for table in Model.metadata.sorted_tables:
        if table.name in kept:
            table.to_metadata(metadata)
    return metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[CitizenFlask]:
    """The product on an empty database of its own."""
    if request.param == "postgresql":
        if postgresql_address() is None:
            (pytest.fail if is_required("postgresql") else pytest.skip)("no PostgreSQL here")
        url = databases.own_postgresql(migrated=False)
    else:
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    app = create_app(environment(tmp_path / "data", url))
    yield app
    dispose(app)
    if request.param == "postgresql":
        databases.drop_postgresql(url)


def test_tables_carry_the_prefix_of_their_owner(house: CitizenFlask) -> None:
    owned = tables_by_package(house)
    core = owned.pop("core")
    assert len(core) > 10
    assert {f"{s}: {t}" for s, names in owned.items() for t in names if not t.startswith(f"{s}_")} == set()
    assert {table for table in core for service in owned if table.startswith(f"{service}_")} == set()


def test_no_foreign_key_leaves_its_owner(house: CitizenFlask) -> None:
    for owner, tables in tables_by_package(house).items():
        for name in tables:
            targets = {key.column.table.name for key in Model.metadata.tables[name].foreign_keys}
            assert targets <= tables, f"{owner}: {name}"


@pytest.mark.large
def test_migrations_go_up_down_and_up_again_and_agree_with_the_models(unmigrated: CitizenFlask) -> None:
    registry, metadata = unmigrated.extensions["registry"], metadata_of(unmigrated)
    with unmigrated.app_context():
        engine = standalone_engine(unmigrated.extensions["settings"])
        enable_wal(engine)
        names = [lineage.name for lineage in lineages.lineages(registry)]
        try:
            assert lineages.upgrade(engine, registry) == names
            assert lineages.differences(engine, registry, metadata) == {}
            for name in reversed(names):
                lineages.downgrade(engine, registry, name, "base")
            left = set(inspect(engine).get_table_names())
            assert {table for table in left if not table.startswith("alembic_version")} == set()
            assert lineages.pending(engine, registry) == names
            assert lineages.upgrade(engine, registry) == names
            assert lineages.differences(engine, registry, metadata) == {}
            assert lineages.upgrade(engine, registry) == []
            metadata.remove(metadata.tables["watch_versions"])  # the check can fail
            assert "core" in lineages.differences(engine, registry, metadata)
        finally:
            engine.dispose()
