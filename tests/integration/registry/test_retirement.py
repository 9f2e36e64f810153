"""What leaves with a service: every row, as it was, in a file that can be checked."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.registry.lineages import owner_of
from citizen_app.registry.retirement import MANIFEST, ExportBroken, export, holdings, verify
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def exported(app: CitizenFlask, tmp_path: Path) -> Path:
    """The probe's data after three scans."""
    city = City(app)
    citizen, kiosk = city.citizen(), city.kiosk("probe")
    for _ in range(3):
        assert kiosk.scan(citizen.code(), "enter").get_json()["decision"] == "allow"
    target, steps = tmp_path / "probe.zip", []
    with app.app_context(), transaction(reading=True):
        connection = db.session.connection()
        export(connection, holdings(connection, "probe"), target, steps.append)
    assert sum(steps) == 3
    return target


def test_the_file_holds_every_row_and_says_what_it_is(exported: Path) -> None:
    assert verify(exported) == {"probe_entries": 3}
    with zipfile.ZipFile(exported) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        rows = [json.loads(line) for line in archive.read("probe_entries.jsonl").splitlines()]
    assert (manifest["service"], manifest["revision"]) == ("probe", "probe_0001")
    assert [column["name"] for column in manifest["tables"][0]["columns"]] == ["id", "citizen_ref", "purpose"]
    assert len({row["id"] for row in rows}) == 3 and {row["purpose"] for row in rows} == {"enter"}
    assert list(exported.parent.glob(".probe.zip*")) == [], "nothing half-written is left"


def test_a_file_that_lost_a_row_is_found_out(exported: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.zip"
    with zipfile.ZipFile(exported) as whole, zipfile.ZipFile(short, "w") as copy:
        copy.writestr(MANIFEST, whole.read(MANIFEST))
        copy.writestr("probe_entries.jsonl", b"".join(whole.read("probe_entries.jsonl").splitlines(True)[1:]))
    with pytest.raises(ExportBroken, match="2 rows where 3"):
        verify(short)
    short.write_bytes(exported.read_bytes()[:-40])
    with pytest.raises(ExportBroken):
        verify(short)


@pytest.mark.parametrize(
    ("table", "owner"),
    [("bus_lines", "bus"), ("bus_tour_days", "bus_tour"), ("busy_days", None), ("kiosks", None)],
)
def test_a_table_belongs_to_the_longest_prefix(table: str, owner: str | None) -> None:
    assert owner_of(table, ("bus", "bus_tour")) == owner
