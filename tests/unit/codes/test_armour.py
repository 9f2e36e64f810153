"""`CC1:` and base45."""

import base45  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.codes import armour


@given(st.binary(max_size=400))
def test_there_and_back(raw: bytes) -> None:
    text = armour.armour(raw)
    assert armour.unarmour(text) == raw
    assert len(text) == armour.characters(len(raw))
    assert text.removeprefix(armour.PREFIX).encode() == base45.b45encode(raw)


@pytest.mark.parametrize(
    ("raw", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")]
)
def test_the_examples_of_rfc_9285(raw: bytes, text: str) -> None:
    assert armour.to_base45(raw) == text
    assert armour.from_base45(text) == raw


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=60))
def test_it_decodes_what_the_package_decodes_and_nothing_else(text: str) -> None:
    try:
        expected = base45.b45decode(text)
    except ValueError:
        expected = None
    try:
        assert armour.from_base45(text) == expected
    except ValueError:
        assert expected is None


@pytest.mark.parametrize(
    "text", ["GGW", "::", ":::", "A", "AAAA", "BB8\n", "bb8", "B_8", "BB\u0668", "BB8 8"]
)
def test_what_is_not_base45_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        armour.from_base45(text)


@pytest.mark.parametrize(
    "thing", [None, 5, b"CC1:BB8", ["CC1:BB8"], "", "CC1", "cc1:BB8", "CC1:" + "0" * 597]
)
def test_what_is_not_armoured_is_refused(thing: object) -> None:
    with pytest.raises(ValueError):
        armour.unarmour(thing)


def test_600_characters_are_read() -> None:
    assert len(armour.unarmour("CC1:" + "0" * 596)) == 397
