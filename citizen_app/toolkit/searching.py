"""Names found as they are typed: Chinese, pinyin (whole or initials) or English, in part.

    prepared = [(stop, Typed.of(stop.name_zh, stop.name_en)) for stop in stops]
    found = [stop for stop, typed in prepared if typed.rank("shizhengfu") is not None]

`Typed.of` costs some ten microseconds: prepare what is searched often once, in a snapshot. What citizens ask
in whole sentences is the guide's (`guide.py` of the service).
"""

from __future__ import annotations

from citizen_app.searching.typed import Typed

__all__ = ["Typed"]
