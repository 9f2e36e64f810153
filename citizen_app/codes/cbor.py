"""A strict CBOR decoder (RFC 8949) for hostile bytes: returns plain values or raises ValueError.

A code needs integers, byte strings, arrays, maps and booleans, no deeper than four levels. Tags are refused
before their decoders run (a decimal or a regular expression in a tag could keep a processor busy). What this
door still lets through in more than one form, such as `1801` for `01`, falls at the next: the reader encodes
what it understood and compares the bytes.
"""

from collections.abc import Iterator, Mapping

import cbor2

_MAX_DEPTH = 4


class _NoTags(Mapping[int, cbor2.SemanticDecoderCallback]):
    """Claims every tag, and decodes none."""

    def __getitem__(self, tag: int) -> cbor2.SemanticDecoderCallback:
        raise ValueError(f"tag {tag}")

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def get(self, tag: int, default: object = None) -> cbor2.SemanticDecoderCallback:
        return self[tag]


_NO_TAGS = _NoTags()


def decode(raw: bytes) -> object:
    """The first item in `raw`. Raises ValueError, and nothing else, whatever the bytes are."""
    try:
        return cbor2.loads(
            raw,
            semantic_decoders=_NO_TAGS,
            max_depth=_MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
    except Exception as error:
        raise ValueError(f"not CBOR of this format: {error}") from error


def encode(value: object) -> bytes:
    """Deterministic CBOR (RFC 8949 section 4.2.1). Map keys are written in the order given: give them
    sorted."""
    return cbor2.dumps(value)


def as_map(value: object, *allowed: set[int]) -> dict[int, object]:
    """`value`, a map with exactly one of the `allowed` sets of keys; ValueError otherwise."""
    if type(value) is dict and value.keys() in allowed:
        return value
    raise ValueError(f"a map with keys {' or '.join(map(str, allowed))} expected")


def as_array(value: object, *lengths: int) -> list[object]:
    """`value`, an array with one of the `lengths`; ValueError otherwise."""
    if type(value) is list and len(value) in lengths:
        return value
    raise ValueError(f"an array of {lengths} elements expected")


def as_bytes(value: object, length: int | None = None) -> bytes:
    """`value`, a byte string, of exactly `length` bytes if that is given; ValueError otherwise."""
    if type(value) is bytes and length in (None, len(value)):
        return value
    raise ValueError(f"a byte string of {length or 'some'} bytes expected")


def as_int(value: object) -> int:
    """`value`, an integer and no boolean; ValueError otherwise."""
    if type(value) is int:
        return value
    raise ValueError("an integer expected")
