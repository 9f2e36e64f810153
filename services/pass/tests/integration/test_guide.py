"""The guide is true: each request of README.md is answered as the guide says, in its order."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from citizen_app.toolkit.testing import City

from ...operations.lists import COLUMNS

README = Path(__file__).parents[2] / "README.md"
CALL = re.compile(r"""^curl -s "?\$(HOST|PASS)([^\s"]*)"?(.*)$""", re.MULTILINE)
BEGINS = {"HOST": "", "PASS": "/api/v1/services/pass/operator"}


def test_the_requests_open_a_place(city: City) -> None:
    operator, known = city.operator("pass"), dict[str, str]()
    calls = CALL.findall(README.read_text(encoding="utf-8"))
    assert len(calls) == 8
    for base, path, rest in calls:
        address, body = BEGINS[base] + path, re.search(r"--json '(.*)'", rest)
        for word, found in known.items():
            address = address.replace(word, found)
        if address.endswith("/staff/sessions"):
            assert body is not None
            answer = city.client.post(address, json=json.loads(body[1]))
            assert answer.status_code == 401, "well formed, and nobody of that password"
        elif body is not None:
            answer = operator.call("POST", address, json=filled(body[1], known))
            assert answer.status_code < 300, answer.text
            known |= ids(path, answer)
        elif "-F" in rest:
            assert operator.call("POST", address).status_code == 415, "the address is there and wants a file"
        else:
            assert operator.call("GET", address).status_code == 200
            assert operator.call("GET", address.partition("?")[0]).status_code == 422
    assert set(known) == {"PLACE", "GATE", "KIOSK"}


def filled(body: str, known: dict[str, str]) -> Any:
    """A body with the ids of what was made before."""
    for word, found in known.items():
        body = body.replace(f'"{word}"', f'"{found}"')
    return json.loads(body)


def ids(path: str, answer: Any) -> dict[str, str]:
    """Under which word the guide goes on to speak of what was made."""
    words = {"/places": "PLACE", "/places/PLACE/gates": "GATE", "/api/v1/admin/kiosks": "KIOSK"}
    if path not in words:
        return {}
    made = answer.get_json()
    return {words[path]: made["kiosk"]["id"] if "kiosk" in made else made["id"]}


def test_every_title_that_is_known_in_chinese_stands_in_the_guide() -> None:
    text = README.read_text(encoding="utf-8")
    chinese = [name for names in COLUMNS.values() for name in names if not name.isascii()]
    assert [name for name in chinese if name not in text] == []
