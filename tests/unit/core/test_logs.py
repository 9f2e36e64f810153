"""What must never stand in a log line."""

from __future__ import annotations

import json
import logging
import re
from contextlib import suppress

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.process.logs import BestEffortStream, configure_logs, log_access, one_line, redact
from citizen_app.settings import load_settings


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("call 13812345678 now", "call [phone] now"),
        ("+8613812345678", "[phone]"),
        ("86 13812345678", "[phone]"),
        ("id 11010519491231002X", "id [id-number]"),
        ("CC1:ABC/+-.: $%*09", "[code]"),
        ("Authorization: Bearer abcdefgh.ijkl", "Authorization: Bearer [token]"),
        ("0192b2c4-1381-7234-8678-1381234567ab", "0192b2c4-1381-7234-8678-1381234567ab"),
        ("took 12345678901 ns", "took 12345678901 ns"),
    ],
)
def test_patterns(said: str, logged: str) -> None:
    assert redact(said) == logged
    assert redact({"a": [said, {"b": (said,)}]}) == {"a": [logged, {"b": [logged]}]}


@given(st.text(max_size=30), st.text(max_size=30))
def test_one_event_is_one_line(before: str, after: str) -> None:
    written: list[str] = []

    class Sink:
        def write(self, text: str) -> None:
            written.append(text)

        def flush(self) -> None:
            """Nothing is buffered."""

    logger = structlog.wrap_logger(
        structlog.WriteLogger(Sink()),  # type: ignore[arg-type]
        wrapper_class=structlog.BoundLogger,
        processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
    )
    logger.info("x", value=f"{before}\r\n\x1b[31m{after}")
    text = "".join(written)
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert json.loads(text)["value"] == f"{before}\r\n\x1b[31m{after}"


def test_secrets_in_exceptions_are_redacted(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    configure_logs(load_settings({"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path)}))
    try:
        raise ValueError("phone 13812345678 and code CC1:AAAA")
    except ValueError:
        structlog.get_logger("test").exception("failed", who="110105194912310021")
    line = capsys.readouterr().err.strip().splitlines()[-1]
    event = json.loads(line)
    assert event["who"] == "[id-number]"
    assert "13812345678" not in line
    assert "CC1:AAAA" not in line


@given(st.text(max_size=30))
def test_every_line_stays_one_line_for_every_reader(said: str) -> None:
    said += "\x7f\x85\x9b31m\u2028\u2029"
    text = one_line(json.dumps({"path": said}, ensure_ascii=False))
    assert len(text.splitlines()) == 1
    assert not re.search("[\x00-\x1f\x7f-\x9f]", text)
    assert json.loads(text)["path"] == said


def test_events_and_access_lines_are_written_that_way(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    configure_logs(load_settings({"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path)}))
    structlog.get_logger("test").warning("x\r\n\x1b\x9b\u2028y")
    logging.getLogger("a library").warning("x\n\x85y")
    log_access(path="/\x85\x9b")
    lines = capsys.readouterr().err
    assert len(lines.splitlines()) == 3
    assert not re.search("[\x1b\x7f-\x9f\u2028]", lines)


def test_a_line_that_cannot_be_written_is_dropped() -> None:
    with open("/dev/full", "w") as full:
        stream = BestEffortStream(full)
        for _ in range(3):
            stream.write("a line\n" * 2000)
            stream.flush()
        with suppress(OSError):  # the control: without us it fails
            full.write("a line\n" * 2000)
            full.flush()
            raise AssertionError("the disk was not full")
        with suppress(OSError):
            full.close()
