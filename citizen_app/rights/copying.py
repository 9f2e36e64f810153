"""Making a copy: a ZIP with each table as JSON and as CSV, and a manifest that says what is in it.

It is written into a temporary file that has no name, and stored sealed. A service whose part cannot be had is
asked again, at most for half a day: then the copy goes without it and says so.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, Final, cast

import structlog

from citizen_app.citizens.models import Citizen
from citizen_app.clock import now, rfc3339
from citizen_app.registry.behaviour import Kept
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.registry.state import standing_of
from citizen_app.rights.parts import kept_by_city
from citizen_app.rights.values import as_cell, as_json
from citizen_app.rights.views import view_for
from citizen_app.settings import current_settings
from citizen_app.sheets.writing import BOM
from citizen_app.storage.dialects import outage_cause
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.usage.titles import service_title

FORMAT: Final = "citizen-copy/1"
CITY: Final = "city"
READ_ME: Final = """\
这是市民码及各项服务所保存的、与您有关的信息的副本（《个人信息保护法》第四十五条）。
每张表有两份：.json（适合程序读取，时间为世界协调时）和 .csv（可用表格软件打开）。
manifest.json 列出所有的表；“missing”是暂时无法提供的服务。
他人的姓名已部分隐去。请妥善保管：里面有您的证件号码和行踪。

This is a copy of what the citizen code and its services keep of you (Personal Information Protection Law,
article 45). Each table is there twice: as .json (for programs; times are UTC) and as .csv (for spreadsheets).
manifest.json lists the tables; "missing" are services that could not give their part. Other people's names
are partly hidden. Keep it safe: it holds the numbers of your documents, and where you have been.
"""

log = structlog.get_logger(__name__)


class CitizenGone(Exception):
    """The account was erased before the copy was made."""


@contextmanager
def made(citizen_id: str) -> Iterator[tuple[BinaryIO, list[str]]]:
    """A copy, at its start, and the services whose part is missing from it; in no unit of work. Raises
    `CitizenGone`."""
    with tempfile.TemporaryFile(dir=current_settings().data_dir, prefix="copy-") as plain:
        missing: list[str] = []
        tables: list[dict[str, Any]] = []
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
            with transaction(reading=True):
                citizen = _present(citizen_id)
                tables += [_write(archive, CITY, kept) for kept in kept_by_city(citizen)]
            for module in sorted(current_registry(), key=lambda one: one.id):
                try:
                    tables += _written(archive, module, citizen_id)
                except CitizenGone:
                    raise
                except Exception as error:
                    if (outage := outage_cause(error)) is not None:
                        raise outage from None
                    log.error("a service did not give its part of a copy", service=module.id, exc_info=error)
                    missing.append(module.id)
            archive.writestr("README.txt", BOM + READ_ME)
            archive.writestr("manifest.json", _manifest(tables, missing, now()))
        plain.seek(0)
        yield cast(BinaryIO, plain), missing


def _written(archive: zipfile.ZipFile, module: InstalledModule, citizen_id: str) -> list[dict[str, Any]]:
    """The tables of one service. Raises what the service raises, and for one that is switched off."""
    export_for = getattr(module.hooks, "export_for", None)
    if export_for is None:
        return []
    with transaction(reading=True):
        _present(citizen_id)
        if not standing_of(module.id).enabled:
            raise RuntimeError("it is switched off")
        read = [
            Kept(kept.name, kept.title, [dict(row) for row in kept.rows])
            for kept in export_for(view_for(module.id, citizen_id))
        ]
        return [_write(archive, module.id, kept) for kept in read]


def _present(citizen_id: str) -> Citizen:
    citizen = db.session.get(Citizen, citizen_id)
    if citizen is None:
        raise CitizenGone(citizen_id)
    return citizen


def _write(archive: zipfile.ZipFile, owner: str, kept: Kept) -> dict[str, Any]:
    """Write one table in both forms; returns its line of the manifest."""
    rows = [as_json(dict(row)) for row in kept.rows]
    columns = list(rows[0]) if rows else []
    place = f"{owner}/{kept.name}"
    archive.writestr(f"{place}.json", json.dumps(rows, ensure_ascii=False, indent=1))
    archive.writestr(f"{place}.csv", BOM + _as_csv(columns, rows))
    return {
        "owner": owner,
        "name": kept.name,
        "title": as_json(kept.title),
        "rows": len(rows),
        "columns": columns,
    }


def _as_csv(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """RFC 4180, with a byte order mark before it so that Excel reads Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([as_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def _manifest(tables: list[dict[str, Any]], missing: list[str], moment: datetime) -> str:
    titles = {one["owner"]: as_json(_owner(one["owner"])) for one in tables}
    told = {
        "format": FORMAT,
        "made_at": rfc3339(moment),
        "owners": titles,
        "tables": tables,
        "missing": [{"service": one, "title": as_json(service_title(one))} for one in missing],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _owner(owner: str) -> Text:
    return Text("市民码", "The citizen code") if owner == CITY else service_title(owner)
