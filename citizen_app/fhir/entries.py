"""The entries of a Bundle that others made, one by one. It may have any shape: nothing is believed before it
was looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final, TypeVar

from citizen_app.sheets.limits import FileUnreadable
from citizen_app.sheets.report import Rejected, Report
from citizen_app.text import Text

TYPES: Final = frozenset({"transaction", "batch", "collection", "searchset"})
"""Types of a Bundle whose entries are resources."""
NO_BUNDLE: Final = Text("不是 FHIR Bundle（JSON）", "it is no FHIR Bundle in JSON")
NO_TIME: Final = Text("不是带时区的时间", "is no time with a zone")
NOT_PUT: Final = Text("只能新增或修改", "can only be added or changed")
Told = TypeVar("Told")


class Faulty(Exception):
    """An entry that is not taken: which element, and why."""

    def __init__(self, element: str, why: Text) -> None:
        super().__init__(why.en)
        self.element, self.why = element, why


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of the bundle; `number` counts from 1, `names` are how others refer to it."""

    number: int
    type: str
    names: tuple[str, ...]
    resource: Mapping[str, Any]
    method: str

    def require_write(self) -> None:
        """Raises `Faulty` for an entry that is to be removed or read."""
        if self.method not in ("POST", "PUT"):
            raise Faulty("request.method", NOT_PUT)

    def moment(self, name: str) -> datetime:
        """The time that a member of the resource says. Raises `Faulty`."""
        try:
            found = datetime.fromisoformat(str(self.resource.get(name)).replace("Z", "+00:00"))
        except ValueError as wrong:
            raise Faulty(f"{self.type}.{name}", NO_TIME) from wrong
        if found.tzinfo is None:
            raise Faulty(f"{self.type}.{name}", NO_TIME)
        return found


def read_bundle(stream: BinaryIO) -> list[Entry]:
    """The entries of a bundle in a file, in no unit of work. Raises `FileUnreadable`."""
    try:
        found = json.load(stream)
    except (ValueError, RecursionError) as broken:
        raise FileUnreadable(NO_BUNDLE) from broken
    is_bundle = isinstance(found, dict) and found.get("resourceType") == "Bundle"
    if not is_bundle or found.get("type") not in TYPES or not objects(found.get("entry")):
        raise FileUnreadable(NO_BUNDLE)
    return entries_of(found["entry"])


def entries_of(given: Iterable[Any]) -> list[Entry]:
    """The entries that have a resource."""
    found = []
    for number, entry in enumerate(given, 1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            kind, own = str(resource.get("resourceType")), resource.get("id")
            names = tuple(str(name) for name in (entry.get("fullUrl"), own and f"{kind}/{own}") if name)
            request = entry.get("request")
            method = request.get("method", "POST") if isinstance(request, dict) else "POST"
            found.append(Entry(number, kind, names, resource, str(method)))
    return found


def judged(report: Report, entry: Entry, judge: Callable[[Entry], Told]) -> Told | None:
    """What a judge makes of an entry; None for one that is faulty, which the report tells."""
    try:
        return judge(entry)
    except Faulty as fault:
        report.reject(Rejected(entry.number, fault.element, fault.why))
        return None


def known_as(reference: Mapping[str, Any], entries: Iterable[Entry]) -> set[str]:
    """Everything by which what a Reference means may be known: address, id, identifiers, and those of its own
    entry in the bundle."""
    address = str(reference.get("reference") or "")
    found = {address, address.rpartition("/")[2]}
    identifiers = [reference.get("identifier")]
    for entry in entries:
        if address and address in entry.names:
            found |= set(entry.names) | {str(entry.resource.get("id"))}
            identifiers += objects(entry.resource.get("identifier"))
    return (found | {str(one.get("value")) for one in objects(identifiers)}) - {""}


def codes_in(concepts: Any) -> list[str]:
    """The codes of a list of CodeableConcepts, of any system."""
    return [str(code.get("code")) for one in objects(concepts) for code in objects(one.get("coding"))]


def objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; none of anything else."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
