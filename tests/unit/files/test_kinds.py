"""The kinds of file that are taken: ending, declaration and first bytes agree."""

from __future__ import annotations

import pytest

from citizen_app.files.kinds import KINDS, kind_of
from citizen_app.sheets.limits import FileUnreadable

LISTS = (".csv", ".json", ".xlsx")
HEADS = {
    ".csv": "手机号,姓名\n".encode("gb18030"),
    ".json": b'\xef\xbb\xbf {"resourceType": "Bundle"}',
    ".xlsx": b"PK\x03\x04\x14\x00",
    ".zip": b"PK\x03\x04\x14\x00",
    ".pdf": b"%PDF-1.7\n",
    ".png": b"\x89PNG\r\n\x1a\n\x00",
    ".jpg": b"\xff\xd8\xff\xe0",
}


@pytest.mark.parametrize("ending", KINDS)
def test_a_file_is_what_its_name_its_sender_and_its_bytes_say(ending: str) -> None:
    head = HEADS[ending]
    for declared in (*KINDS[ending].declared, "application/octet-stream", ""):
        assert kind_of(f"名单{ending.upper()}", declared, head, [ending]).ending == ending
    with pytest.raises(FileUnreadable, match="declared as text/html"):
        kind_of(f"a{ending}", "text/html; charset=utf-8", head, [ending])
    with pytest.raises(FileUnreadable, match="not taken here"):
        kind_of("a.exe", "", head, [ending])


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("list.csv", b"PK\x03\x04\x14\x00"),
        ("list.csv", b"%PDF-1.7"),
        ("list.csv", b"MZ\x90\x00\x03"),
        ("list.csv", "a,b".encode("utf-16")),
        ("list.json", b"phone,name\n"),
        ("list.xlsx", b"phone,name\n"),
        ("list.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_what_only_calls_itself_a_list_is_none(name: str, head: bytes) -> None:
    with pytest.raises(FileUnreadable, match="what is inside"):
        kind_of(name, "application/octet-stream", head, LISTS)


def test_a_kind_that_is_not_wanted_here_is_refused_with_those_that_are() -> None:
    with pytest.raises(FileUnreadable, match=r"send \.csv / \.json / \.xlsx"):
        kind_of("feed.zip", "application/zip", HEADS[".zip"], LISTS)
