"""What was found in a feed: counted in full, kept in part, readable by people and by programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from citizen_app.toolkit.contract import Language, Text
from services.bus.operations.gtfs.rules import RULES, Severity

FINDINGS_KEPT_PER_RULE = 100
_VALUE_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `line` is the physical line in the file, 1 for the header, None for the whole file."""

    file: str
    line: int | None
    rule: str
    severity: Severity
    message: Text
    field: str | None = None
    value: str | None = None

    def to_json(self) -> dict[str, object]:
        """The finding as JSON values, the sentence in both languages under `message`."""
        return {
            "file": self.file,
            "line": self.line,
            "rule": self.rule,
            "severity": self.severity.value,
            "field": self.field,
            "value": self.value,
            "message": self.message.as_dict(),
        }


@dataclass(slots=True)
class FeedReport:
    """The result of checking one feed.

    `counts` is rows read per file, `totals` counts every finding per (rule, severity), `findings` keeps the
    first `FINDINGS_KEPT_PER_RULE` of each rule, in the order they were found.
    """

    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    totals: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    def add(
        self,
        rule: str,
        file: str,
        *,
        line: int | None = None,
        field: str | None = None,
        value: object = None,
        severity: Severity | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Count a finding and keep it while its rule has room. KeyError for a rule outside the catalogue.

        `severity` overrides the catalogue's; `details` fill the rule's sentence.
        """
        catalogue = RULES[rule]
        severity = severity or catalogue.severity
        self.totals[rule, severity] += 1
        if self.totals[rule, severity] > FINDINGS_KEPT_PER_RULE:
            return
        shown = None if value is None else _shorten(str(value))
        words = {"file": file, "field": field, "value": shown, **(details or {})}
        self.findings.append(Finding(file, line, rule, severity, catalogue.words.fill(**words), field, shown))

    @property
    def ok(self) -> bool:
        """True when the feed may be imported: no finding is an error."""
        return self.count(Severity.ERROR) == 0

    def count(self, severity: Severity) -> int:
        """How many findings have this severity, kept or not."""
        return sum(number for (_, found), number in self.totals.items() if found is severity)

    def rules(self, severity: Severity | None = None) -> set[str]:
        """The rules found, of one severity or of all."""
        return {rule for rule, found in self.totals if severity in (None, found)}

    @property
    def worst_first(self) -> list[Finding]:
        """The kept findings, errors before warnings before notes."""
        order = list(Severity)
        return sorted(self.findings, key=lambda finding: order.index(finding.severity))

    @property
    def sorted_totals(self) -> list[dict[str, object]]:
        """How often each rule was broken, by rule and severity."""
        return [
            {"rule": rule, "severity": severity.value, "count": number}
            for (rule, severity), number in sorted(self.totals.items())
        ]

    def to_json(self) -> dict[str, object]:
        """The report as JSON values: ok, counts, totals per severity and rule, and the kept findings."""
        return {
            "ok": self.ok,
            "counts": dict(self.counts),
            "totals": self.sorted_totals,
            "findings": [finding.to_json() for finding in self.findings],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> FeedReport:
        """Back from `to_json`; an empty report for a version that has none."""
        made = cls(counts=dict(stored.get("counts", {})))
        for total in stored.get("totals", ()):
            made.totals[total["rule"], Severity(total["severity"])] = total["count"]
        for found in stored.get("findings", ()):
            place = (found["file"], found["line"], found["rule"], Severity(found["severity"]))
            made.findings.append(
                Finding(*place, Text.from_dict(found["message"]), found["field"], found["value"])
            )
        return made

    def text(self, language: Language = "zh") -> str:
        """The report as lines for a person: verdict, rows per file, findings with the worst first."""
        lines = [self._verdict(language)]
        lines += [f"  {name}: {number}" for name, number in sorted(self.counts.items())]
        lines += [
            f"[{finding.severity.value}] {_place(finding)} {finding.message.say(language)} ({finding.rule})"
            for finding in self.worst_first
        ]
        hidden = sum(self.totals.values()) - len(self.findings)
        if hidden:
            lines.append(
                f"… 另有 {hidden} 项未列出" if language == "zh" else f"… and {hidden} more, not listed"
            )
        return "\n".join(lines)

    def _verdict(self, language: Language) -> str:
        errors, warnings = self.count(Severity.ERROR), self.count(Severity.WARNING)
        if language == "zh":
            verdict = "可以导入" if self.ok else "不能导入"
            return f"{verdict}：{errors} 个错误，{warnings} 个警告"
        verdict = "The feed can be imported" if self.ok else "The feed is refused"
        return f"{verdict}: errors {errors}, warnings {warnings}"


class FeedRefused(Exception):
    """A feed that cannot be opened or has errors; `report` says why."""

    def __init__(self, report: FeedReport) -> None:
        super().__init__(report.text("en").splitlines()[0])
        self.report = report


def _shorten(value: str) -> str:
    return value if len(value) <= _VALUE_SHOWN else value[: _VALUE_SHOWN - 1] + "…"


def _place(finding: Finding) -> str:
    return finding.file if finding.line is None else f"{finding.file}:{finding.line}"
