"""Ten million inputs to the decoder: none crashes it, no forged code is accepted, no code has two
encodings."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from statistics import quantiles

import pytest

from citizen_app.codes.format import Code, decode
from tests.drills.fuzzing import Findings, fuzz
from tests.drills.sizes import DECODED, FULL

CONTROL_INPUTS = 20_000


def _shares() -> list[Findings]:
    seed = secrets.randbits(32)
    if not FULL:
        return [fuzz(seed, DECODED)]
    parts = 100
    print(f"seed {seed}")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(fuzz, inputs=DECODED // parts), range(seed, seed + parts)))


@pytest.mark.processes
def test_whatever_comes_in_a_code_or_a_refusal_comes_out() -> None:
    found = _shares()
    faults = [fault for share in found for fault in share.faults]
    assert not faults, faults[:5]
    assert sum(share.inputs for share in found) == DECODED
    assert sum(share.decoded for share in found) > DECODED / 100, "the inputs do not come near a code"
    times = [each for share in found for each in share.micro_seconds]
    print(
        f"{DECODED} inputs, {sum(s.decoded for s in found)} decoded, p99 {quantiles(times, n=100)[98]:.0f} µs"
    )
    assert quantiles(times, n=100)[98] < 1000


def _careless(text: object) -> Code:
    """A decoder that trusts a text of a certain length to be well-formed."""
    if isinstance(text, str) and len(text) == 151:
        text[text.index(":", 4)]
    return decode(text)


def _lenient(text: object) -> Code:
    """A decoder that overlooks white space, so that one code has many texts."""
    return decode(text.strip() if isinstance(text, str) else text)


def test_control_a_careless_decoder_is_found_out() -> None:
    assert fuzz(1, CONTROL_INPUTS, _careless).crashed


def test_control_a_lenient_decoder_is_found_out() -> None:
    assert fuzz(1, CONTROL_INPUTS, _lenient).ambiguous


def test_control_a_reader_that_skips_the_proof_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures that are not looked at let changed codes through."""
    monkeypatch.setattr("tests.drills.fuzzing.check_signatures", lambda code, issuers: None)
    assert fuzz(1, CONTROL_INPUTS).accepted
