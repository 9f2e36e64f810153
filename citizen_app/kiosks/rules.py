"""What a kiosk may be told to do: purposes that its service declares, and their context."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from marshmallow import ValidationError

from citizen_app.registry.contract import Purpose
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, errors_from_messages, invalid_input

NOT_INSTALLED: Final = Text("没有安装这项服务", "no such service is installed")
NO_PURPOSE: Final = Text("至少选一个用途", "at least one purpose")
NOT_ITS_PURPOSE: Final = Text(
    "不是这项服务的用途；它有：{purposes}", "not a purpose of this service; it has: {purposes}"
)
NO_SUCH_FIELD: Final = Text("所选用途没有这一项", "not a context field of these purposes")

PurposesOf = Callable[[str], Sequence[Purpose] | None]
"""The purposes that a service declares, or None when it is not installed."""


def check_purposes(
    service: str,
    purposes: Sequence[str],
    context: Mapping[str, Any],
    purposes_of: PurposesOf,
    pointer: str | None = None,
) -> None:
    """Refuse what the service does not declare with a 422; the fault of a purpose stands at `pointer`, by
    default at its position in `/purposes`."""
    declared = purposes_of(service)
    if declared is None:
        raise invalid_input("/service", NOT_INSTALLED)
    known = {purpose.id: purpose for purpose in declared}
    if not purposes:
        raise invalid_input("/purposes", NO_PURPOSE)
    for index, purpose in enumerate(purposes):
        if purpose not in known:
            raise invalid_input(
                pointer or f"/purposes/{index}", NOT_ITS_PURPOSE.fill(purposes=", ".join(known))
            )
    fields = {field.name: field for purpose in purposes for field in known[purpose].context}
    for name, value in context.items():
        if name not in fields:
            raise invalid_input(f"/context/{name}", NO_SUCH_FIELD)
        try:
            fields[name].as_marshmallow().deserialize(value)
        except ValidationError as refused:
            faults = errors_from_messages(refused.messages, f"/context/{name}")
            raise Problem("invalid-input", errors=faults) from refused
