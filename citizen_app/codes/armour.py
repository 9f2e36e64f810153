"""The outer layer of a code: `CC1:` and base45 (RFC 9285), so that the QR symbol stays in alphanumeric
mode."""

import struct

PREFIX = "CC1:"
MAX_CHARACTERS = 600
"""Longer texts are refused unread; the densest code of this format has 382 characters."""

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_LETTERS = _ALPHABET.decode()
_PAIRS = [low + high for high in _LETTERS for low in _LETTERS]
"""The two lower digits of every number below 45²."""
_WIDE = 4
_VALUES = bytes(_ALPHABET.find(byte) % 256 for byte in range(256))


def armour(raw: bytes) -> str:
    """The text of a code whose bytes are `raw`."""
    return PREFIX + to_base45(raw)


def characters(raw_bytes: int) -> int:
    """How many characters `armour` makes of so many bytes: 3 for 2, and 2 for an odd last one."""
    return len(PREFIX) + 3 * (raw_bytes // 2) + 2 * (raw_bytes % 2)


def unarmour(text: object) -> bytes:
    """The bytes of a code. Raises ValueError for whatever `armour` does not write."""
    if not (isinstance(text, str) and text.startswith(PREFIX)):
        raise ValueError(f"not a text that begins with {PREFIX}")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"longer than {MAX_CHARACTERS} characters")
    return from_base45(text[len(PREFIX) :])


def to_base45(raw: bytes) -> str:
    """RFC 9285 encoding: three characters for two bytes, the lowest first; two for an odd last byte."""
    even = len(raw) & ~1
    words = struct.unpack(f">{even // 2}H", raw[:even])
    text = "".join([_PAIRS[word % 2025] + _LETTERS[word // 2025] for word in words])
    return text + _PAIRS[raw[-1]] if len(raw) % 2 else text


def from_base45(text: str) -> bytes:
    """RFC 9285 decoding, one text for one value: whatever is not exactly the encoding raises ValueError.

    For speed (every scan decodes) all groups are computed together, as the digits of three large integers;
    and it does not accept a trailing line feed as `base45.b45decode` does.
    """
    values = text.encode("ascii").translate(_VALUES)
    if values and max(values) >= len(_ALPHABET):
        raise ValueError("a character outside base45")
    tail = len(values) % 3
    if tail == 1:
        raise ValueError("base45 cut short")
    end = len(values) - tail
    low, middle, high = (_spread(values[place:end:3]) for place in range(3))
    groups = end // 3
    numbers = (low + 45 * middle + 2025 * high).to_bytes(groups * _WIDE)
    if numbers[0::_WIDE].count(0) + numbers[1::_WIDE].count(0) < 2 * groups:
        raise ValueError("base45 group too large")
    raw = bytearray(groups * 2)
    raw[0::2], raw[1::2] = numbers[2::_WIDE], numbers[3::_WIDE]
    if tail:
        last = values[end] + 45 * values[end + 1]
        if last > 255:
            raise ValueError("base45 group too large")
        raw.append(last)
    return bytes(raw)


def _spread(column: bytes) -> int:
    """The bytes as one integer in which each has four bytes of room."""
    wide = bytearray(len(column) * _WIDE)
    wide[_WIDE - 1 :: _WIDE] = column
    return int.from_bytes(wide)
