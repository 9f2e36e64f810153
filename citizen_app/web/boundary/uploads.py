"""File uploads: one file in a `multipart/form-data` body, of a declared type and size, documented in the API
document.

    @blueprint.route("/places/<id:place_id>/list", methods=["POST"])
    @file_argument(blueprint, endings=(".csv", ".xlsx"), most_bytes=4 * 1024 * 1024)
    def take_list(sent: UploadedFile, place_id: str) -> …

The body of every other route stays under the common limit. A body is read before any unit of work begins, and
such a route opens its own units: the file is parsed while none is open, so that nobody's write waits for it.
A file that cannot be read (`FileUnreadable`) is a 422.

A process reads one file at a time. The largest within the limits takes a second or two of a processor: a
handful at once would hold every thread, and each scan behind them. Who comes in between hears a 503 with
`Retry-After`; a thread that waited would be held as well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import PurePath
from typing import Any, BinaryIO, Final, cast

from flask import Flask, Request
from flask_smorest import Blueprint
from marshmallow import fields
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from citizen_app.sheets.limits import FileUnreadable
from citizen_app.text import Text
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem, invalid_input

MOST_ENVELOPE_BYTES: Final = 16 * 1024
"""What the boundaries and headers around a file may take."""
LONGEST_NAME: Final = 200
SEND_A_FILE: Final = Text("请附上文件", "send a file")
ENDINGS: Final = Text("文件名应以 {endings} 结尾", "the name must end with {endings}")
EMPTY: Final = Text("文件是空的", "the file is empty")
TOO_LARGE: Final = Text("文件过大", "the file is too large")
BUSY: Final = Text(
    "服务器正在读取另一个文件，请过几秒再发送一次。",
    "The server is reading another file; send yours again in a few seconds.",
)
BUSY_SECONDS: Final = 5
MOST_DISCARDED_BYTES: Final = 4 * 1024 * 1024
_PIECE: Final = 64 * 1024
View = Callable[..., Any]
_turn: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """An uploaded file: the client's name for it and the media type it declares (neither to be trusted), the
    stream at its start, the size in bytes."""

    name: str
    stream: BinaryIO
    size: int
    media_type: str = ""


class FileField(fields.Field[UploadedFile]):
    """A file whose name has one of the endings and whose size is within the limit; empty files are
    refused."""

    def __init__(self, endings: Sequence[str], most_bytes: int) -> None:
        words = f"A file {' or '.join(endings)}, at most {most_bytes // 1024} KiB."
        super().__init__(required=True, metadata={"type": "string", "format": "binary", "description": words})
        self._endings, self._most_bytes = tuple(endings), most_bytes

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> UploadedFile:
        if not isinstance(value, FileStorage):
            raise Refused(SEND_A_FILE)
        name = PurePath((value.filename or "").replace("\\", "/")).name[:LONGEST_NAME]
        if not name.lower().endswith(self._endings):
            raise Refused(ENDINGS.fill(endings=" / ".join(self._endings)))
        size = value.stream.seek(0, 2)
        value.stream.seek(0)
        if not 0 < size <= self._most_bytes:
            raise Refused(EMPTY if size == 0 else TOO_LARGE)
        return UploadedFile(name, cast(BinaryIO, value.stream), size, value.mimetype or "")


def file_argument(
    blueprint: Blueprint, *, endings: Sequence[str], most_bytes: int, name: str = "file"
) -> Callable[[View], View]:
    """Pass the route an `UploadedFile` as its next argument, and raise the body limit of the route
    accordingly."""
    called = f"{blueprint.name.title().replace('_', '')}File"  # each has a name of its own in the document
    schema = StrictSchema.from_dict({name: FileField(endings, most_bytes)}, name=called)()

    def attach(view: View) -> View:
        @wraps(view)
        def with_file(*args: Any, **kwargs: Any) -> Any:
            *before, sent = args  # what decorators above this one hand on comes first
            if not _turn.acquire(blocking=False):
                raise Problem("unavailable", BUSY, headers={"Retry-After": str(BUSY_SECONDS)})
            try:
                return view(*before, sent[name], **kwargs)
            except FileUnreadable as refused:
                raise invalid_input(f"/{name}", refused.words) from refused
            finally:
                _turn.release()

        taking: View = opens_its_own_units(blueprint.arguments(schema, location="files")(with_file))
        taking.most_body_bytes = most_bytes + MOST_ENVELOPE_BYTES  # type: ignore[attr-defined]
        return taking

    return attach


def large_body(most_bytes: int) -> Callable[[View], View]:
    """Let a route take a JSON body larger than others may be: a file stands in it as Base64."""

    def attach(view: View) -> View:
        view.most_body_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return attach


def allow_body_of_route(asked: Request, view: Callable[..., Any]) -> None:
    """Lift the limit on a request's body where its route takes a file."""
    most: int | None = getattr(view, "most_body_bytes", None)
    if most is not None:
        asked.max_content_length = most


def most_body_of(app: Flask) -> int:
    """The most bytes that any route takes; with the framing around a body, what the server need collect at
    most."""
    views = app.view_functions.values()
    most: int = max(
        app.config["MAX_CONTENT_LENGTH"], *(getattr(view, "most_body_bytes", 0) for view in views)
    )
    return most + most // 8


def read_body(asked: Request) -> None:
    """Read a request's body. Raises `RequestEntityTooLarge`, after the rest was thrown away.

    If a server answers and closes while the client still sends, the client sees a broken connection, and a
    proxy answers 502.
    """
    if "CONTENT_LENGTH" not in asked.environ and "HTTP_TRANSFER_ENCODING" not in asked.environ:
        return  # there is none (RFC 9112 §6.3)
    try:
        asked.get_data()
    except RequestEntityTooLarge:
        left = min(asked.content_length or 0, MOST_DISCARDED_BYTES)
        stream = asked.environ["wsgi.input"]
        while left > 0 and (piece := stream.read(min(left, _PIECE))):
            left -= len(piece)
        raise
