"""Charts of the console: data for ECharts, which the script draws; each stands beside its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal


def chart_of(kind: Literal["line", "bar"], title: str, bars: Sequence[tuple[str, float]]) -> dict[str, Any]:
    """Plain data from which `console-charts.js` makes the options of ECharts."""
    return {
        "kind": kind,
        "title": title,
        "labels": [label for label, _ in bars],
        "values": [value for _, value in bars],
    }
