"""Activation codes are easy to type and infeasible to guess."""

from __future__ import annotations

import math
import re

import pytest

from citizen_app.kiosks.activation import ALPHABET, LENGTH, new_activation_code, normalised


def test_a_code_is_three_groups_of_crockford_letters_with_sixty_bits() -> None:
    codes = {new_activation_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code) for code in codes)
    assert LENGTH * math.log2(len(ALPHABET)) >= 60
    assert {letter for code in codes for letter in code} - {"-"} == set(ALPHABET)


@pytest.mark.parametrize("typed", ["7KQ2-M0ZD-81WX", "7kq2m0zd81wx", " 7kq2 mozd 8lwx ", "7KQ2-MOZD-8IWX"])
def test_what_the_typist_meant(typed: str) -> None:
    assert normalised(typed) == "7KQ2M0ZD81WX"
