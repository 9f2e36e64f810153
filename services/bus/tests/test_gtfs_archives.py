"""The archive of a feed, which strangers hand in: what is refused, and before what is read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from services.bus.operations.gtfs import Feed, FeedRefused, Severity
from services.bus.tests.feeds import SMALL, write_zip


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"stop_times.txt": SMALL["stop_times.txt"] + "t1,8:30:00,8:30:00,s1,9\n"})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("stop_times.txt")
    start = entry.header_offset + 30 + len(entry.filename)
    data[start + 5 : start + 40] = b"\xff" * 35
    path.write_bytes(data)
    with Feed.open(path) as feed:
        assert "unreadable_archive" in feed.check().rules(Severity.ERROR)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("stops.txt", "stop_id\n")
    assert refusal(path) == {"duplicate_file"}
    assert refusal(write_zip(tmp_path, {"STOPS.TXT": "stop_id\n"})) == {"duplicate_file"}


def refusal(path: Path) -> set[str]:
    """The rules of a feed that cannot even be opened."""
    with pytest.raises(FeedRefused) as caught:
        Feed.open(path)
    return caught.value.report.rules()


def test_a_password_and_rare_compression_are_refused_by_name(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x01\x02") + 8] |= 1  # general purpose flag, bit 0 (APPNOTE 4.4.4)
    path.write_bytes(data)
    assert refusal(path) == {"encrypted_archive"}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("stops.txt", "stop_id\n")
    assert refusal(path) == {"unsupported_compression"}


def test_an_archive_that_breaks_off_is_refused(tmp_path: Path) -> None:
    whole = write_zip(tmp_path).read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "part.zip").write_bytes(whole[:length])
        assert refusal(tmp_path / "part.zip") == {"not_an_archive"}


def test_a_directory_is_bounded_before_it_is_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(1_100):
            archive.writestr(f"__MACOSX/{number:01000}", "")
    assert refusal(path) == {"archive_limit_exceeded"}
