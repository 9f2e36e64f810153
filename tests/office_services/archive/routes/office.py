"""Branches and rooms, for operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.office import Officer, office
from citizen_app.toolkit.web import Problem, invalid_input, service_blueprint, staff_of_service

from ..manifest import SERVICE
from ..models import ArchiveBranch, ArchiveRoom
from ..schemas import ArchiveBranchSchema, ArchiveRoomSchema

api = service_blueprint(
    SERVICE.id, "office", staff_of_service(SERVICE.id, by_unit=True), "Branches and rooms, for operators"
)
CHANGED: list[str] = []


def check(values: Mapping[str, Any], row: ArchiveRoom | None) -> None:
    """A store has no seats."""
    if values["kind"] == "store" and values["seats"]:
        raise invalid_input("/seats", Text("库房没有座位", "a store has no seats"))


def closing(branch: ArchiveBranch) -> None:
    """A branch goes after its rooms."""
    left = select(ArchiveRoom.id).where(ArchiveRoom.branch_id == branch.id, ArchiveRoom.closed_at.is_(None))
    if session().scalars(left).first() is not None:
        raise Problem("conflict", Text("还有房间在用。", "It has rooms in use."))


def rooms_of(officer: Officer) -> list[tuple[str, Text]]:
    """Any room in use."""
    rooms = session().scalars(select(ArchiveRoom).where(ArchiveRoom.closed_at.is_(None)))
    return [(room.id, Text(room.name_zh, room.name_en)) for room in rooms if officer.has(room.branch_id)]


BRANCHES = office(
    api,
    ArchiveBranch,
    ArchiveBranchSchema,
    "branches",
    Text("分馆", "Branches"),
    unit="id",
    search=("name_zh", "name_en"),
    closing=closing,
)
ROOMS = office(
    api,
    ArchiveRoom,
    ArchiveRoomSchema,
    "rooms",
    Text("房间", "Rooms"),
    unit="branch_id",
    search=("code", "name_zh", "name_en"),
    fixed=("code",),
    choices={"branch_id": BRANCHES, "near_ids": rooms_of},
    check=check,
    changed=lambda room: CHANGED.append(room.code),
)
