"""Kiosks that scan on a real server without pause and record every answer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from citizen_app import clock
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

PACE_SECONDS = 0.04
"""Between two scans of one kiosk, which may scan thirty times a second."""


@dataclass
class Scan:
    """One scan: its body, who sent it, what came back and how long that took."""

    kiosk: TestKiosk
    body: dict[str, Any]
    status: int | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    at: float = 0.0

    @property
    def acknowledged(self) -> bool:
        """Whether the kiosk was told that the citizen may pass."""
        return self.status == 200 and self.answer.get("decision") == "allow"


class Load:
    """Kiosks of one city at work; every scan is of a fresh code, unless it is the retry of one that
    failed."""

    def __init__(self, url: str, citizen: TestCitizen, kiosks: list[TestKiosk]) -> None:
        self.url, self.citizen, self.kiosks = url, citizen, kiosks
        self.scans: list[Scan] = []
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Scan while the block runs."""
        self._stop.clear()
        threads = [threading.Thread(target=self._work, args=(kiosk,)) for kiosk in self.kiosks]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(40)

    @property
    def acknowledged(self) -> dict[str, str]:
        """Usage ids of the scans that were allowed, by scan id."""
        return {s.body["scan_id"]: s.answer["usage_id"] for s in list(self.scans) if s.acknowledged}

    @property
    def unanswered(self) -> list[Scan]:
        """Scans of which the kiosk does not know what became of them, or that were not done."""
        return [s for s in list(self.scans) if s.status != 200]

    def statuses(self, since: float = 0.0) -> Counter[int | None]:
        """How the scans sent since a moment (`time.monotonic()`) were answered; None for no answer at all."""
        return Counter(s.status for s in list(self.scans) if s.at >= since)

    def _work(self, kiosk: TestKiosk) -> None:
        with httpx.Client(headers=bearer(kiosk), timeout=30) as client:
            while not self._stop.is_set():
                scan = Scan(kiosk, fresh_body(self.citizen), at=time.monotonic())
                try:
                    answer = client.post(f"{self.url}/api/v1/scans", json=scan.body)
                    scan.status, scan.answer = answer.status_code, answer.json()
                except httpx.TransportError:
                    pass
                scan.seconds = time.monotonic() - scan.at
                self.scans.append(scan)
                self._stop.wait(max(0.0, PACE_SECONDS - scan.seconds))


def bearer(kiosk: TestKiosk) -> dict[str, str]:
    """The kiosk's header."""
    return {"Authorization": f"Bearer {kiosk.token}"}


def fresh_body(citizen: TestCitizen) -> dict[str, Any]:
    """A scan of a code issued now."""
    return {
        "scan_id": new_id(),
        "purpose": "enter",
        "code": citizen.code(),
        "occurred_at": clock.rfc3339(clock.now()),
    }


def upload(url: str, scans: list[Scan]) -> list[Mapping[str, Any]]:
    """Upload scans afterwards, as a kiosk does that got no answer: one batch for each kiosk."""
    results: list[Mapping[str, Any]] = []
    by_kiosk: dict[str, list[Scan]] = {}
    for scan in scans:
        by_kiosk.setdefault(scan.kiosk.id, []).append(scan)
    for group in by_kiosk.values():
        for start in range(0, len(group), 400):
            sent = [scan.body for scan in group[start : start + 400]]
            answer = httpx.post(
                f"{url}/api/v1/scans/batch", json={"scans": sent}, headers=bearer(group[0].kiosk), timeout=60
            )
            assert answer.status_code == 200, answer.text
            results += answer.json()["results"]
    return results


def stored(app: CitizenFlask, city: City, usage_ids: list[str]) -> int:
    """How many of these events stand in the log as allowed."""
    on_file = app.extensions["settings"].on_sqlite
    names = [one.replace("-", "") if on_file else one for one in usage_ids]
    found = 0
    for start in range(0, len(names), 500):
        quoted = ", ".join(f"'{name}'" for name in names[start : start + 500])
        found += city.count("usage_events", f"id IN ({quoted}) AND decision = 'allow'") if quoted else 0
    return found


def eventually(seconds: float, what: Any) -> float:
    """Wait until `what()` holds; the seconds that took. Fails after `seconds`."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began
