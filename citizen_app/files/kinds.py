"""The kinds of file that are taken: a closed list, each known by its ending, by what its sender declares, and
by how it begins.

The three must agree. A browser that knows no better declares `application/octet-stream`, and Excel claims
CSV for itself: what a file is, its first bytes decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from citizen_app.sheets.limits import FileUnreadable
from citizen_app.text import Text

HEAD_BYTES: Final = 4096
ANY: Final = frozenset({"", "application/octet-stream"})
NOT_TAKEN: Final = Text(
    "这里不收此类文件，可用 {endings}", "files of this kind are not taken here; send {endings}"
)
DECLARED: Final = Text(
    "声明的类型 {declared} 与 {ending} 不符", "it is declared as {declared}, which is not {ending}"
)
OTHERWISE: Final = Text("内容不是 {ending} 文件", "what is inside is no {ending} file")
_NOT_IN_TEXT: Final = frozenset(range(0x20)) - frozenset(b"\t\n\r\f\x1a\x1b")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file. `declared` are the media types by which senders call it, `looks` judges its first
    bytes, `media_type` is how it is given out."""

    ending: str
    media_type: str
    declared: frozenset[str]
    looks: Callable[[bytes], bool]


def _is_text(head: bytes) -> bool:
    return not head.startswith((b"%PDF-", *_UTF_16)) and not _NOT_IN_TEXT.intersection(head)


def _is_json(head: bytes) -> bool:
    return _is_text(head) and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


_ZIP: Final = _begins(b"PK\x03\x04")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Final = {
    kind.ending: kind
    for kind in (
        FileKind(
            ".csv",
            "text/csv",
            frozenset({"text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"}),
            _is_text,
        ),
        FileKind(
            ".json",
            "application/json",
            frozenset({"application/json", "application/fhir+json", "text/json", "text/plain"}),
            _is_json,
        ),
        FileKind(".xlsx", _XLSX, frozenset({_XLSX, "application/vnd.ms-excel", "application/zip"}), _ZIP),
        FileKind(
            ".zip",
            "application/zip",
            frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"}),
            _ZIP,
        ),
        FileKind(".pdf", "application/pdf", frozenset({"application/pdf"}), _begins(b"%PDF-")),
        FileKind(".png", "image/png", frozenset({"image/png"}), _begins(b"\x89PNG\r\n\x1a\n")),
        FileKind(".jpg", "image/jpeg", frozenset({"image/jpeg"}), _begins(b"\xff\xd8\xff")),
    )
}


def kind_of(name: str, declared: str, head: bytes, endings: Collection[str]) -> FileKind:
    """The kind of a file among those that are taken (`endings`). Raises `FileUnreadable` with words."""
    found = next((KINDS[ending] for ending in endings if name.lower().endswith(ending)), None)
    if found is None:
        raise FileUnreadable(NOT_TAKEN.fill(endings=" / ".join(endings)))
    media_type = declared.partition(";")[0].strip().lower()
    if media_type not in ANY | found.declared:
        raise FileUnreadable(DECLARED.fill(declared=media_type[:80], ending=found.ending))
    if not found.looks(head[:HEAD_BYTES]):
        raise FileUnreadable(OTHERWISE.fill(ending=found.ending))
    return found
