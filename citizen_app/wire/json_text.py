"""JSON as we write it, in answers and in columns: compact UTF-8, members in the order given."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from citizen_app.text import Text

_OPTIONS: Final = orjson.OPT_PASSTHROUGH_DATETIME
NO_TEXT: Final = Text("文字中有 NUL 字符或半个代理对", "a text with a NUL character or half a surrogate pair")
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The escape of a NUL, and not a backslash that is followed by `u0000`."""


def explained(value: Any) -> Any:
    """A dataclass as the object of its fields, like orjson. Raises `TypeError` for anything else that JSON does not know."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON knows")


def write_json(value: Any, default: Callable[[Any], Any] = explained) -> str:
    """The text of a value; `default` says what something is that JSON does not know. Raises `TypeError`, and `ValueError` for NaN.

    A tenth of the time of Python's own, which is left for what only that can write: whole numbers beyond 64 bits, keys that are numbers.
    """
    try:
        return orjson.dumps(value, default, _OPTIONS).decode()
    except TypeError:
        return json.dumps(value, default=default, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def canonical_json(value: Any) -> bytes:
    """The same bytes for equal values, whatever the order of their members: to be hashed, not to be read."""
    try:
        return orjson.dumps(value, explained, _OPTIONS | orjson.OPT_SORT_KEYS)
    except TypeError:
        return json.dumps(value, default=explained, sort_keys=True).encode()


def is_storable(value: Any) -> bool:
    """Whether every text in a value is Unicode text that a database takes: without a NUL and without half a surrogate pair."""
    try:
        written = write_json(value)
        written.encode()
    except (ValueError, RecursionError):
        return False
    return not _NUL.search(written)


read_json: Final = orjson.loads
"""The value of a text that we wrote ourselves; what others sent passes `web.strict_json`."""
