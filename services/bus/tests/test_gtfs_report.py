"""The report: capped, counted, in two languages, readable by programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.bus.operations.gtfs import FeedReport, Severity
from services.bus.operations.gtfs.report import FINDINGS_KEPT_PER_RULE
from services.bus.tests.feeds import check, edit, more


def test_findings_are_capped_and_all_counted(tmp_path: Path) -> None:
    extra = [f"t1,08:00:00,08:00:00,s{number},{number}" for number in range(10, 350)]
    report = check(tmp_path, more("stop_times.txt", *extra))
    assert report.totals["foreign_key_violation", Severity.ERROR] == 340
    kept = [finding for finding in report.findings if finding.rule == "foreign_key_violation"]
    assert len(kept) == FINDINGS_KEPT_PER_RULE
    assert "240" in report.text("en").splitlines()[-1]


def test_the_report_is_json_and_speaks_both_languages(tmp_path: Path) -> None:
    report = check(tmp_path, {**edit("stop_times.txt", ("s2,2", "s9,2")), "x.bin": "1"})
    data = json.loads(json.dumps(report.to_json()))
    assert data["ok"] is False
    assert data["counts"]["stop_times.txt"] == 3
    assert data["findings"][-2] == {
        "file": "stop_times.txt",
        "line": 3,
        "rule": "foreign_key_violation",
        "severity": "error",
        "field": "stop_id",
        "value": "s9",
        "message": {
            "zh": "stop_id“s9”在 stops.txt 中不存在",
            "en": "stop_id 's9' does not exist in stops.txt",
        },
    }
    assert report.text("zh").startswith("不能导入：1 个错误")
    english = report.text("en").splitlines()
    assert english[0] == "The feed is refused: errors 1, warnings 1"
    assert (
        "[error] stop_times.txt:3 stop_id 's9' does not exist in stops.txt (foreign_key_violation)" in english
    )


def test_values_and_braces_are_shown_as_they_are_and_shortened() -> None:
    report = FeedReport()
    report.add("invalid_time", "x.txt", field="{file}", value="{value}" + "9" * 200)
    assert report.findings[0].message.en.startswith("{file} '{value}999")
    assert len(report.findings[0].value or "") == 80
    with pytest.raises(KeyError):
        report.add("no_such_rule", "x.txt")
