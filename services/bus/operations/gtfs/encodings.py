"""In which encoding the lines of a feed are, and which one a file seems to be in that is not the one told."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from services.bus.operations.gtfs.sources import Encoding

_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]+")
_UTF_8: Final = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""Latin letters, Chinese and what lies beyond; not the two-byte sequences that half of all Chinese in GB
18030 looks like."""
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
SAMPLE_BYTES: Final = 64 * 1024
"""How much of a file is looked at to name its encoding."""


def decoded(line: bytes, encoding: Encoding) -> str:
    """The text of a line. Raises `UnicodeDecodeError`.

    Some feeds mix files in Windows-1252 with files in UTF-8. What is UTF-8 beyond ASCII would be nonsense in
    Windows-1252 ("Ã©"), so a line that is both is UTF-8. In GB 18030 it may be Chinese, so there the word of
    whoever imports counts.
    """
    if encoding == "windows-1252":
        with suppress(UnicodeDecodeError):
            return line.decode("utf-8")
    return line.decode(encoding)


def likely_encoding(sample: bytes) -> Encoding | None:
    """The encoding that bytes which are not UTF-8 seem to be in, None when it cannot be told.

    None, too, for UTF-8 with a damaged character. Chinese characters of GB 2312 are two bytes beyond ASCII
    and stand beside each other; letters with accents are one byte, mostly alone between others.
    """
    if _is_mostly_utf_8(sample):
        return None
    runs = [len(run) for run in _BEYOND_ASCII.findall(sample)]
    in_pairs = sum(length for length in runs if length % 2 == 0)
    if 2 * in_pairs > sum(runs) and _CHINESE.search(sample.decode("gb18030", "ignore")):
        return "gb18030"
    with suppress(UnicodeDecodeError):
        sample.decode("windows-1252")
        return "windows-1252"
    return None


def _is_mostly_utf_8(sample: bytes) -> bool:
    """Whether most of what is beyond ASCII is UTF-8: then a character is damaged, and another encoding would
    spoil the others."""
    beyond = sum(map(len, _BEYOND_ASCII.findall(sample)))
    return 2 * sum(map(len, _UTF_8.findall(sample))) > beyond
