"""The behaviour: the barcode says what happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from citizen_app.toolkit.contract import Field, Text
from citizen_app.toolkit.scan import Allow, Choosing, FoundHere, NeedsInput, Refuse, Scan, Searching

LAST_FOUR = Field("last_four", "string", Text("证件后四位", "Last four digits"), maximum=4)
READER = Field(
    "reader",
    "string",
    Text("读者", "Reader"),
    choices=(("adult", Text("成人", "Adult")), ("child", Text("儿童", "Child"))),
)
SEEN = Field("seen", "boolean", Text("已核对照片", "Photo checked"))


def on_scan(scan: Scan) -> Allow | Refuse | NeedsInput:
    """Refuse the book `NONE`, ask about the book `ASK`, lend any other, let everyone in."""
    book = scan.context.get("barcode")
    if book == "NONE":
        return Refuse("no_such_book")
    if book == "ASK" and scan.answer is None:
        return NeedsInput(Text("请核对读者", "Please check the reader"), (LAST_FOUR, READER, SEEN))
    name = scan.citizen.masked_name
    return Allow(
        Text("欢迎", "Welcome"), (Text(f"{name}：{book or '入室'}", f"{name}: {book or 'come in'}"),)
    )


def choices_for(asked: Choosing) -> Sequence[tuple[str, Text]]:
    """Two rooms, each with seats of its own."""
    if asked.field == "room":
        return [("r1", Text("一号厅", "Hall one")), ("r2", Text("二号厅", "Hall two"))]
    room = asked.chosen.get("room")
    return [(f"{room}-a", Text(f"{room} 甲区", f"{room} area A"))] if room else []


def search_here(asked: Searching) -> Sequence[FoundHere]:
    """One reader, of whom nothing is known elsewhere."""
    found = FoundHere(("A" * 22,), Text("读者 李*", "Reader Li*"), (Text("一号厅", "Hall one"),))
    return [found] if asked.words in "李明" else []


def cards_for(*_: Any) -> list[Any]:
    """None."""
    return []


def export_for(*_: Any) -> dict[str, Any]:
    """Nothing is kept."""
    return {}


def erase_for(*_: Any) -> None:
    """Nothing is kept."""


def health() -> dict[str, int]:
    """Well."""
    return {}
