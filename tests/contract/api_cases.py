"""Requests that a description allows."""

from __future__ import annotations

from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

WRITTEN: Final = {"PUT /api/v1/me/notices/email": {"address": "wang.wu@example.cn"}}
"""Bodies of a form for which no text is generated: it looks ahead."""
_cases: dict[tuple[str, int], list[schemathesis.Case]] = {}


def cases(schema: Any, label: str, most: int) -> list[schemathesis.Case]:
    """Some requests that the description allows, the same ones each time."""
    if (label, most) not in _cases:
        method, _, path = label.partition(" ")
        made = _cases[label, most] = []
        operation = schema[path][method.lower()]
        if label in WRITTEN:
            made.append(operation.Case(body=dict(WRITTEN[label]), media_type="application/json"))
            return made
        strategy = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)

        @settings(
            max_examples=most,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def collect(case: schemathesis.Case) -> None:
            made.append(case)

        collect()
    return _cases[label, most]
