"""`flask doctor`: what is wrong with this installation, and what to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, cast

import click
from flask.cli import with_appcontext

from citizen_app.doctor.checkup import Finding, examine
from citizen_app.text import Language, Text, counted

MARKS: Final = {"ok": "✓", "warning": "!", "failure": "✗", "skipped": "–"}
EXIT_CODES: Final = {"ok": 0, "skipped": 0, "warning": 1, "failure": 2}
SUMMARY: Final = Text(
    "{checks} 项检查，{warnings} 个警告，{failures} 个故障",
    "{checks}, {warnings}, {failures}",
)
COLON: Final = Text("：", ": ")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output, in both languages.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@with_appcontext
def doctor(as_json: bool, language: str) -> None:
    """Examine settings, machine, database, keys, background work and services. Exit code 0 well, 1 warnings,
    2 failures."""
    found = list(examine())
    if as_json:
        click.echo(json.dumps({"findings": [_described(finding) for finding in found]}, ensure_ascii=False))
    else:
        _print(found, cast(Language, language))
    raise SystemExit(max(EXIT_CODES[finding.level] for finding in found))


def _print(found: Sequence[Finding], language: Language) -> None:
    for finding in found:
        title = finding.title.say(language)
        if finding.fault is None:
            click.echo(f"{MARKS[finding.level]} {title}")
            continue
        click.echo(f"{MARKS[finding.level]} {title}{COLON.say(language)}{finding.fault.what.say(language)}")
        click.echo(f"    {finding.fault.why.say(language)}")
        click.echo(f"    → {finding.fault.remedy.say(language)}")
    click.echo(_summary(found).say(language))


def _summary(found: Sequence[Finding]) -> Text:
    numbers = {
        "check": len({finding.check for finding in found}),
        "warning": sum(finding.level == "warning" for finding in found),
        "failure": sum(finding.level == "failure" for finding in found),
    }
    return SUMMARY.fill(
        **{f"{name}s": Text(str(number), counted(number, name)) for name, number in numbers.items()}
    )


def _described(finding: Finding) -> dict[str, Any]:
    fault = finding.fault
    words = (
        {name: getattr(fault, name).as_dict() for name in ("what", "why", "remedy")}
        if fault is not None
        else {}
    )
    return {"check": finding.check, "title": finding.title.as_dict(), "level": finding.level, **words}
