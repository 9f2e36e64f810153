"""Parsers of single GTFS values: text in, typed value out, `FieldError` when it does not fit.

Types as in the GTFS Schedule reference, section "Field Types". Values arrive without surrounding spaces and
are never empty: presence is the table's business, not the parser's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LARGEST_INTEGER: Final = 2_147_483_647
LONGEST_ID: Final = 255
LONGEST_TEXT: Final = 1_000

_TIME: Final = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")
_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_COLOUR: Final = re.compile(r"[0-9A-Fa-f]{6}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


class FieldError(ValueError):
    """A value that breaks `rule`; `details` fill the rule's sentence."""

    def __init__(self, rule: str, **details: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.details = details


def identifier(value: str) -> str:
    """An ID: any characters, as many as a feed likes. A longer one than `LONGEST_ID` is known by its
    beginning and its SHA-256.

    GTFS gives IDs no length, an index entry of PostgreSQL has at most 2,704 bytes. Whatever refers to the ID
    is read by this function, too, and so is an ID that somebody asks for.
    """
    if len(value) <= LONGEST_ID:
        return value
    digest = hashlib.sha256(value.encode()).hexdigest()
    return f"{value[: LONGEST_ID - len(digest) - 1]}~{digest}"


def text(value: str) -> str:
    """Text shown to riders, at most `LONGEST_TEXT` characters."""
    if len(value) > LONGEST_TEXT:
        raise FieldError("value_too_long", high=LONGEST_TEXT)
    return value


@lru_cache(maxsize=32_768)
def time(value: str) -> int:
    """Seconds since "noon minus 12 h" of the service day, from H:MM:SS to HHH:MM:SS; may exceed 24:00:00."""
    found = _TIME.fullmatch(value)
    if found is None:
        raise FieldError("invalid_time")
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def day(value: str) -> date:
    """A service day, YYYYMMDD."""
    found = _DATE.fullmatch(value)
    if found is None:
        raise FieldError("invalid_date")
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise FieldError("invalid_date") from None


def integer(low: int = 0, high: int = LARGEST_INTEGER) -> Callable[[str], int]:
    """A parser of whole numbers from `low` to `high`, both included."""

    def parse(value: str) -> int:
        if _INTEGER.fullmatch(value) is None:
            raise FieldError("invalid_integer")
        number = int(value)
        if not low <= number <= high:
            raise FieldError("number_out_of_range", low=low, high=high)
        return number

    return parse


def decimal(low: float, high: float) -> Callable[[str], float]:
    """A parser of decimal numbers from `low` to `high`, both included; no NaN, no infinity."""

    def parse(value: str) -> float:
        if _DECIMAL.fullmatch(value) is None:
            raise FieldError("invalid_float")
        number = float(value)
        if not low <= number <= high:
            raise FieldError("number_out_of_range", low=low, high=high)
        return number

    return parse


latitude = decimal(-90.0, 90.0)
longitude = decimal(-180.0, 180.0)


def enum(*ranges: int | tuple[int, int]) -> Callable[[str], int]:
    """A parser of enumerated values, given as single numbers and inclusive (low, high) ranges."""
    bounds = tuple((item, item) if isinstance(item, int) else item for item in ranges)
    allowed = ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in bounds)

    @lru_cache(maxsize=256)
    def parse(value: str) -> int:
        if _INTEGER.fullmatch(value):
            number = int(value)
            if any(low <= number <= high for low, high in bounds):
                return number
        raise FieldError("unexpected_enum_value", allowed=allowed)

    return parse


def colour(value: str) -> str:
    """Six hexadecimal digits without '#', returned in upper case."""
    if _COLOUR.fullmatch(value) is None:
        raise FieldError("invalid_color")
    return value.upper()


def language(value: str) -> str:
    """A BCP 47 language code by its shape, e.g. `zh-Hans-CN`."""
    if _LANGUAGE.fullmatch(value) is None or len(value) > 35:
        raise FieldError("invalid_language_code")
    return value


def timezone(value: str) -> str:
    """An IANA time zone name this machine knows."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FieldError("invalid_timezone") from None
    return value


def url(value: str) -> str:
    """A URL of the web; any other scheme is refused because the value becomes a link on a page."""
    if len(value) > LONGEST_TEXT or _URL.fullmatch(value) is None:
        raise FieldError("invalid_url")
    return value
