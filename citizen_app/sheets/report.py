"""The report of an import: what became of each row of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import Schema, fields

from citizen_app.text import Language, Text

MOST_REPORTED: Final = 500
OUTCOMES: Final = ("added", "changed", "unchanged", "rejected")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, the column (as the header calls it) and why."""

    row: int
    column: str
    why: Text


@dataclass(slots=True)
class Report:
    """Counts of added, changed, unchanged and rejected rows; the first rejected ones with reasons; titles
    that name no column."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()

    def reject(self, found: Rejected) -> None:
        """Note a row that was not taken."""
        self.counts["rejected"] += 1
        if len(self.rejected) < MOST_REPORTED:
            self.rejected.append(found)

    def say(self, language: Language, *, dry_run: bool) -> dict[str, Any]:
        """The report in one language, as `ImportReportSchema` describes it."""
        return {
            "dry_run": dry_run,
            **{name: self.counts[name] for name in OUTCOMES},
            "ignored_columns": list(self.ignored_columns),
            "rejects": [
                {"row": found.row, "column": found.column, "reason": found.why.say(language)}
                for found in sorted(self.rejected, key=lambda one: one.row)
            ],
        }


class RejectedSchema(Schema):
    """A row that was not taken."""

    row = fields.Integer(required=True, metadata={"description": "As a spreadsheet counts."})
    column = fields.String(required=True)
    reason = fields.String(required=True)


class ImportReportSchema(Schema):
    """What became of a list; at most 500 rejected rows are told."""

    dry_run = fields.Boolean(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    ignored_columns = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Titles of the header that name no known column; nothing of them is taken."},
    )
    rejects = fields.List(fields.Nested(RejectedSchema), required=True)


def told(said: Mapping[str, Any], ignored: Text, language: Language) -> str:
    """A report in one language, as lines for a terminal."""
    first = [ignored.fill(columns=", ".join(said["ignored_columns"])).say(language)]
    rejects = [f"  {one['row']}: {one['column']} {one['reason']}" for one in said["rejects"]]
    counts = "  ".join(f"{name} {said[name]}" for name in OUTCOMES)
    return "\n".join([*(first if said["ignored_columns"] else []), *rejects, counts])
