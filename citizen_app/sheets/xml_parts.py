"""The XML of a workbook's parts, as a stream of elements within limits.

A document type is refused, so there are no entities but the five of XML itself and nothing expands. Elements,
their depth and the length of one mark are counted while they are read; of the text nothing is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from citizen_app.sheets.limits import TOO_MANY_CELLS, FileUnreadable
from citizen_app.text import Text

NOT_XLSX: Final = Text("不是 XLSX 工作簿", "not an XLSX workbook")
DEEPEST: Final = 64
LONGEST_MARK: Final = 256 * 1024
"""Bytes of one tag or comment: what does not end is read again with every block."""
BLOCK: Final = 64 * 1024

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Said = Callable[[str], None]


class Marks:
    """How many elements may still be read, of all parts of a workbook together."""

    __slots__ = ("left", "most")

    def __init__(self, most: int) -> None:
        self.left = self.most = most


def nothing(_: str) -> None:
    """A callback that ignores its argument."""


def read_part(
    part: BinaryIO, marks: Marks, start: Start, end: End = nothing, text: Said = nothing
) -> Iterator[None]:
    """Tell the elements of a part by their local names, with their attributes; yields after each block.

    Raises FileUnreadable when no `marks` are left and for what is no XML, and what the reading of `part`
    raises.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        marks.left -= 1
        if marks.left < 0:
            raise FileUnreadable(TOO_MANY_CELLS.fill(most=marks.most))
        if depth > DEEPEST:
            raise FileUnreadable(NOT_XLSX)
        start(name[name.rfind(" ") + 1 :], attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name[name.rfind(" ") + 1 :])

    parser.StartElementHandler, parser.EndElementHandler = started, ended
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    given = 0
    try:
        while block := part.read(BLOCK):
            parser.Parse(block, False)
            given += len(block)
            if given - parser.CurrentByteIndex > LONGEST_MARK:
                raise FileUnreadable(NOT_XLSX)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileUnreadable(NOT_XLSX) from error
    yield


def _refuse_document_type(*_: object) -> None:
    raise FileUnreadable(NOT_XLSX)
