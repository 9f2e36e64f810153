"""A workbook's metadata: the first sheet, the shared strings, and which number formats are dates.

Sources: ECMA-376 part 1 §12.3 (parts of a package), §18.2 workbook, §18.4.9 shared strings, §18.8.30 number
formats, §22.9.2.19 ST_Xstring; part 2 for relationships. The names of both its editions, transitional and
strict, are known by their last word.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from zipfile import ZipInfo

from citizen_app.sheets.archives import Archive
from citizen_app.sheets.limits import LONGEST_CELL, TOO_MANY_CELLS, FileUnreadable, Limits
from citizen_app.sheets.xml_parts import NOT_XLSX, End, Marks, Said, Start, nothing, read_part

LONGEST_TEXT: Final = 32_767
"""Letters of a cell, as Excel limits them."""
DATE_FORMATS: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""Formats of dates and times that need no code in the file; 27 to 36 and 50 to 58 are those of Chinese,
Japanese and Korean."""
_NOT_OF_A_DATE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Relation:
    """Another part that a part names: the last word of its type, and where it lies."""

    kind: str
    target: str


@dataclass(slots=True)
class Book:
    """The first sheet of a workbook, and what its cells refer to."""

    sheet: ZipInfo
    from_1904: bool
    strings: list[str] = field(default_factory=list)
    date_styles: frozenset[int] = frozenset()


class Parts:
    """The parts of a package by name, each opened within the limits."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        self._archive, self.limits, self.marks = archive, limits, Marks(limits.marks)
        self._entries: dict[str, ZipInfo] = {}
        for entry in archive.entries:
            if self._entries.setdefault(entry.filename.lower(), entry) is not entry:
                raise FileUnreadable(NOT_XLSX)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def entry(self, name: str) -> ZipInfo:
        """The entry of a part. Raises FileUnreadable where there is none."""
        found = self._entries.get(name.lower())
        if found is None:
            raise FileUnreadable(NOT_XLSX)
        return found

    def open(self, entry: ZipInfo, most_bytes: int | None = None) -> BinaryIO:
        """Its unpacked bytes."""
        return self._archive.open(entry, self.limits.part_bytes if most_bytes is None else most_bytes)

    def read(self, name: str, start: Start, end: End = nothing, text: Said = nothing) -> None:
        """Read a part to its end."""
        with self.open(self.entry(name)) as part:
            for _ in read_part(part, self.marks, start, end, text):
                pass

    def relations(self, name: str) -> dict[str, Relation]:
        """The relations of a part (of the package itself: ''), by id; those that lead outside are left
        out."""
        folder, file = posixpath.split(name)
        found: dict[str, Relation] = {}

        def start(element: str, said: dict[str, str]) -> None:
            if element == "Relationship" and said.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, said.get("Target", "")))
                found[said.get("Id", "")] = Relation(
                    said.get("Type", "").rpartition("/")[2], target.lstrip("/")
                )

        self.read(posixpath.join(folder, "_rels", f"{file}.rels"), start)
        return found


def read_book(parts: Parts) -> Book:
    """Everything but the cells. Raises FileUnreadable, ArchiveRefused and BROKEN_ARCHIVE."""
    main = _target(parts.relations("").values(), "officeDocument")
    if main is None:
        raise FileUnreadable(NOT_XLSX)
    related = parts.relations(main)
    sheets: list[str] = []
    from_1904 = False

    def start(element: str, said: dict[str, str]) -> None:
        nonlocal from_1904
        if element == "workbookPr":
            from_1904 = said.get("date1904", "0") in ("1", "true")
        elif element == "sheet":
            relation = next((said[key] for key in said if key.endswith("relationships id")), "")
            if relation in related and related[relation].kind == "worksheet":
                sheets.append(related[relation].target)

    parts.read(main, start)
    if not sheets:
        raise FileUnreadable(NOT_XLSX)
    book = Book(parts.entry(sheets[0]), from_1904)
    strings, styles = (_target(related.values(), kind) for kind in ("sharedStrings", "styles"))
    if strings is not None and strings in parts:
        book.strings = _shared_strings(parts, strings)
    if styles is not None and styles in parts:
        book.date_styles = _date_styles(parts, styles)
    return book


class Run:
    """Collects the text of one string, plain or rich, without what says how it is pronounced (`rPh`); `heard`
    is what came so far."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._room = LONGEST_TEXT
        self._listening = self._spoken = False

    def start(self, element: str) -> None:
        """An element inside the string begins."""
        self._spoken |= element == "rPh"
        self._listening = element in ("t", "v") and not self._spoken

    def end(self, element: str) -> None:
        """An element inside the string ends."""
        self._spoken &= element != "rPh"
        self._listening = False

    def text(self, said: str) -> None:
        """Text is read."""
        if self._listening and self._room > 0:
            self.heard.append(said[: self._room])
            self._room -= len(said)

    def take(self) -> str:
        """The text so far; the next string begins."""
        said = "".join(self.heard)
        self.heard.clear()
        self._room, self._listening, self._spoken = LONGEST_TEXT, False, False
        return said


def unescaped(text: str) -> str:
    """Text with `_x000D_` and the like as the letters they stand for; half a pair, which is no letter, is
    told as U+FFFD."""
    if "_x" not in text:
        return text
    whole = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shared_strings(parts: Parts, name: str) -> list[str]:
    found: list[str] = []
    run, most = Run(), parts.limits.strings

    def start(element: str, _: dict[str, str]) -> None:
        run.start(element)

    def end(element: str) -> None:
        run.end(element)
        if element == "si":
            if len(found) == most:
                raise FileUnreadable(TOO_MANY_CELLS.fill(most=most))
            found.append(unescaped(run.take()).strip()[: LONGEST_CELL + 1])

    parts.read(name, start, end, run.text)
    return found


def _date_styles(parts: Parts, name: str) -> frozenset[int]:
    """The styles of cells (by their place in `cellXfs`) that show a number as a date."""
    codes: dict[str, bool] = {}
    formats: list[str] = []
    inside = ""

    def start(element: str, said: dict[str, str]) -> None:
        nonlocal inside
        if element in ("numFmts", "cellXfs"):
            inside = element
        elif element == "numFmt" and inside == "numFmts":
            codes[said.get("numFmtId", "")] = is_date_format(said.get("formatCode", ""))
        elif element == "xf" and inside == "cellXfs":
            formats.append(said.get("numFmtId", "0"))

    def end(element: str) -> None:
        nonlocal inside
        inside = "" if element == inside else inside

    parts.read(name, start, end)
    usual = {str(number): True for number in DATE_FORMATS}
    return frozenset(
        place for place, format_ in enumerate(formats) if codes.get(format_, usual.get(format_, False))
    )


def is_date_format(code: str) -> bool:
    """Whether a format code shows a date or a time: what is quoted, escaped or in brackets says nothing of
    it."""
    return bool(_DATE.search(_NOT_OF_A_DATE.sub("", code[:LONGEST_CELL]).partition(";")[0]))


def _target(relations: Iterable[Relation], kind: str) -> str | None:
    return next((relation.target for relation in relations if relation.kind == kind), None)
