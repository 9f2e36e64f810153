"""The archive of tests/office_services, and who works in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.people import TestOperator

API = "/api/v1/services/archive/operator"
CONSOLE = "/console/services/archive"
ROOM = {"code": "A1", "name_zh": "一室", "name_en": "Room one", "seats": 12, "kind": "reading"}


@dataclass
class Archive:
    """Branches east and west by id; whoever works for all of it, and in the east only."""

    city: City
    head: TestOperator
    clerk: TestOperator
    east: str
    west: str

    def add(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """A row, by the head."""
        answer = self.head.call("POST", f"{API}/{name}", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def room(self, branch: str, code: str, **more: Any) -> dict[str, Any]:
        """A room of a branch."""
        return self.add("rooms", {**ROOM, "branch_id": branch, "code": code, **more})
