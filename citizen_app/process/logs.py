"""Logs: one JSON line per event on standard error, with the request id, and without codes, phones, identity
numbers or tokens."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TextIO, cast

import structlog

from citizen_app.settings import Settings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_ACTED_ON: Final = re.compile("[\x7f-\x9f\u2028\u2029]")
_EDGE: Final = r"(?<![0-9A-Za-z-])"
_END: Final = r"(?![0-9A-Za-z-])"
REDACTIONS: Final = (
    (re.compile(r"CC1:[0-9A-Z $%*+\-./:]+"), "[code]"),
    (re.compile(_EDGE + r"\d{17}[\dXx]" + _END), "[id-number]"),
    (re.compile(r"(?<![0-9A-Za-z-])(?:\+?86[ -]?)?1[3-9]\d{9}" + _END), "[phone]"),
    (re.compile(r"(?i)(bearer\s+)[\w.~+/=-]{8,}"), r"\1[token]"),
)


def redact(value: Any) -> Any:
    """The value with every code, phone, identity number and bearer token replaced, inside containers too."""
    if isinstance(value, str):
        for pattern, replacement in REDACTIONS:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, dict):
        return {key: redact(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(inner) for inner in value]
    return value


def _redact_event(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: redact(value) for key, value in event.items()}


def _add_request_id(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (current := request_id.get()) is not None:
        event["request_id"] = current
    return event


def one_line(text: str) -> str:
    """JSON text with the characters escaped that JSON permits but terminals or line readers act on: DEL, C1
    controls, Unicode line ends."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _ACTED_ON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _one_line(logger: Any, method: str, text: Any) -> str:
    return one_line(str(text))


_redact_briefly: Final = lru_cache(maxsize=2048)(redact)
"""A cache: most lines have the same few methods, paths, callers and addresses."""
_as_json: Final = json.JSONEncoder(ensure_ascii=False).encode
_access: Final = logging.getLogger("citizen_app.access")


def log_access(**facts: Any) -> None:
    """Write the access line of one request, in the same format as every other line; written directly, because
    every request has one."""
    if not _access.isEnabledFor(logging.INFO):
        return
    line = {name: _redact_briefly(fact) if type(fact) is str else fact for name, fact in facts.items()}
    line.update(
        event="request",
        level="info",
        timestamp=datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        request_id=request_id.get(),
    )
    stream = BestEffortStream(sys.stderr)
    stream.write(one_line(_as_json(line)) + "\n")
    stream.flush()


class JsonHandler(logging.StreamHandler[TextIO]):
    """The handler for libraries' log records; recognised by its class, so that a second application replaces
    it."""


class BestEffortStream:
    """A stream that drops lines it cannot write: a full disk under the log, or a reader that has gone, must
    not fail a request."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """As of a text file, but returns 0 when the operating system refuses."""
        try:
            return self._stream.write(text)
        except OSError:
            return 0

    def flush(self) -> None:
        """Flush; data that is refused stays in the stream's buffer."""
        with suppress(OSError):
            self._stream.flush()


def configure_logs(settings: Settings) -> None:
    """Send our own events and those of libraries through the same processors."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        _redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False), _one_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, BestEffortStream(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    handler = JsonHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], structlog.stdlib.ExtraAdder(), _redact_event],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _redact_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                _one_line,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [h for h in root.handlers if not isinstance(h, JsonHandler)]
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))
    _access.setLevel(level)
