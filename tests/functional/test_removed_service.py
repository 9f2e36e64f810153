"""A service leaves: its folder is deleted under a city that runs, and the rest goes on; its data leaves as a
file, or for good."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from citizen_app.ids import new_id
from citizen_app.toolkit.testing import Databases, environment, postgresql_address
from tests.drills.sizes import LONG_ON
from tests.server import ROOT, Server

pytestmark = pytest.mark.processes

PROBE = ROOT / "tests" / "sample_services" / "probe"


@pytest.fixture
def services_folder(tmp_path: Path) -> Path:
    """The product's services and the probe, in a folder from which one can be deleted."""
    folder = tmp_path / "city" / "services"
    shutil.copytree(ROOT / "services", folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    shutil.copytree(PROBE, folder / "probe", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (folder / "probe").rglob("*.py"):
        file.write_text(file.read_text(encoding="utf-8").replace("sample_services.", "services."), "utf-8")
    return folder


@pytest.fixture(params=LONG_ON)
def server(
    request: pytest.FixtureRequest, databases: Databases, services_folder: Path, tmp_path: Path
) -> Iterator[Server]:
    """A real server on an empty database, with the services of the folder; brought up to date, not
    started."""
    on_server = request.param == "postgresql"
    if on_server and postgresql_address() is None:
        pytest.skip("no PostgreSQL here; set CITIZEN_TEST_POSTGRESQL to test on one")
    url = databases.own_postgresql(migrated=False) if on_server else f"sqlite:///{tmp_path / 'city.db'}"
    settings = environment(tmp_path / "data", url, CITIZEN_SERVICES_DIR=str(services_folder))
    made = Server(settings, tmp_path / "server.log")
    made.command("db", "upgrade")
    yield made
    made.kill()
    if on_server:
        databases.drop_postgresql(url)


class Visitor:
    """A demo citizen with a phone, and a kiosk of the probe at which to show the code."""

    def __init__(self, server: Server) -> None:
        loaded = json.loads(server.command("demo", "load", "--json"))
        server.command("services", "enable", "probe")
        self._url, citizen = server.url, loaded["citizens"][0]
        self.bus = next(kiosk for kiosk in loaded["kiosks"] if kiosk["service"] == "bus")
        server.start()
        challenge = self._post("/auth/challenges", {"phone": citizen["phone"]})
        answer = {"challenge_id": challenge["challenge_id"], "otp": citizen["otp"]}
        self.token = self._post("/auth/tokens", answer)["access_token"]

    def scan(self, kiosk_token: str, purpose: str, context: dict[str, Any]) -> dict[str, Any]:
        """Show a fresh code at a kiosk."""
        body = {
            "scan_id": new_id(),
            "purpose": purpose,
            "code": self.get("/me/code")["code"],
            "context": context,
        }
        return self._post("/scans", body, kiosk_token)

    def get(self, path: str) -> Any:
        """GET as the citizen."""
        answer = httpx.get(f"{self._url}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _post(self, path: str, body: dict[str, Any], token: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(f"{self._url}/api/v1{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()


def probe_kiosk(server: Server) -> str:
    """The token of an activated kiosk of the probe."""
    made = json.loads(
        server.command(
            *("kiosks", "create", "--service", "probe", "--purpose", "enter", "--name", "东门"),
            *("--place-zh", "东门", "--place-en", "East gate", "--json"),
        )
    )
    answer = httpx.post(
        f"{server.url}/api/v1/kiosks/activate", json={"activation_code": made["activation_code"]}
    )
    return str(answer.json()["token"])


def test_the_rest_goes_on_without_the_folder(server: Server, services_folder: Path, tmp_path: Path) -> None:
    visitor = Visitor(server)
    token = probe_kiosk(server)
    assert visitor.scan(token, "enter", {})["decision"] == "allow"
    server.stop()
    shutil.rmtree(services_folder / "probe")

    assert server.command("db", "upgrade").strip() == "everything is up to date"
    assert "agrees" in server.command("db", "check")
    server.start()
    refused = visitor.scan(token, "enter", {})
    assert (refused["decision"], refused["reason"]) == ("deny", "service_disabled")
    assert visitor.scan(visitor.bus["token"], "board", visitor.bus["context"])["decision"] == "allow"
    assert "probe" not in {service["id"] for service in visitor.get("/services")["items"]}
    words = {line["service_title"] for line in visitor.get("/me/usage")["items"]}
    assert "探针" in words, "the log still calls the service by its name"

    assert re.search(
        r"^probe .* gone .*services retire probe", server.command("services", "list"), re.MULTILINE
    )
    assert "services retire probe" in what_the_doctor_says(server, "services")
    for command in ("disable", "enable"):
        with pytest.raises(RuntimeError, match="services retire probe"):
            server.command("services", command, "probe")

    leaving = tmp_path / "probe.zip"
    server.command("services", "retire", "probe", "--export", str(leaving), "--erase", "--yes")
    assert [entry["purpose"] for entry in exported(leaving, "probe_entries")] == ["enter"]
    assert leaving.stat().st_mode & 0o077 == 0
    assert "agrees" in server.command("db", "check")
    assert "probe" not in server.command("services", "list") + what_the_doctor_says(server, "services")
    with pytest.raises(RuntimeError, match="was ever here"):
        server.command("services", "retire", "probe", "--erase", "--yes")
    left = [line for line in visitor.get("/me/usage")["items"] if line["service_title"] == "探针"]
    assert left and not [line for line in left if line.get("title") == "欢迎"], "what it said is forgotten"


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_retired_service_may_come_back_empty(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="what becomes of its data"):
        server.command("services", "retire", "probe", "--yes")
    server.command("services", "enable", "probe")
    first = tmp_path / "first.zip"
    server.command("services", "retire", "probe", "--export", str(first), "--yes")
    with pytest.raises(RuntimeError, match="exists already"):
        server.command("services", "retire", "probe", "--export", str(first), "--erase", "--yes")
    server.command("services", "retire", "probe", "--erase", "--yes")
    assert server.command("db", "upgrade").strip() == "upgraded: probe"
    assert "agrees" in server.command("db", "check")
    on = server.command("services", "enable", "probe")
    assert "probe is on" in on and "A server that ran before" in on


def what_the_doctor_says(server: Server, check: str) -> str:
    """All faults of one of the doctor's checks."""
    said = server.command("doctor", "--json", ends=(0, 1, 2))
    return json.dumps([finding for finding in json.loads(said)["findings"] if finding["check"] == check])


def exported(path: Path, table: str) -> list[dict[str, Any]]:
    """The rows of one table in an exported file."""
    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(f"{table}.jsonl").splitlines()]
