"""The published vectors: this reader arrives at the reason each of them states, and the page about them is
true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from citizen_app.codes import armour, cbor
from citizen_app.codes.cose import Algorithm, SigningKey, VerifyKey, from_base64url
from citizen_app.codes.format import Challenge, CodeRefused, decode
from citizen_app.codes.reading import verify
from tools.code_sizes import table
from tools.make_vectors import described, files

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "vectors"
PAGE = (ROOT / "docs" / "code-format.md").read_text("utf-8")


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


KEYS = load("keys.json")
VECTORS = [row for name in ("valid.json", "malformed.json", "refused.json") for row in load(name)["vectors"]]
TRUSTED = {
    bytes.fromhex(row["kid"]): VerifyKey.from_jwk(row["jwk"]) for row in KEYS["issuers"] if row["trusted"]
}


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["name"])
def test_the_reason_is_the_one_stated(row: dict[str, Any]) -> None:
    asked = [Challenge(one["kiosk_number"], bytes.fromhex(one["nonce"])) for one in row["asked"]]
    code = None
    try:
        code = decode(row["text"])
        verify(code, TRUSTED, row["now"], asked=asked, challenge_required=row["challenge_required"])
        reason = "ok"
    except CodeRefused as refusal:
        reason = refusal.reason
    assert reason == row["reason"]
    assert (code is None) is (reason == "malformed")
    if code is not None and reason == "ok":
        assert json.loads(json.dumps(described(code))) == row["code"]


def test_every_reason_and_enough_of_them() -> None:
    assert {row["reason"] for row in VECTORS} == {
        "ok",
        "malformed",
        "unknown_issuer",
        "bad_signature",
        "expired",
        "not_yet_valid",
        "stale_proof",
        "clock_skew",
        "challenge_required",
    }
    assert len(VECTORS) >= 40
    assert len({row["name"] for row in VECTORS}) == len(VECTORS)
    assert len(
        {(row["text"], row["now"], str(row["asked"]), row["challenge_required"]) for row in VECTORS}
    ) == len(VECTORS)


def test_the_files_are_what_the_tool_writes() -> None:
    for name, content in files().items():
        assert (FOLDER / name).read_text("utf-8") == content, f"run python -m tools.make_vectors ({name})"


@pytest.mark.parametrize("row", KEYS["issuers"] + KEYS["devices"], ids=lambda row: row["cose_key"][:40])
def test_the_keys_are_spelt_alike_in_both_forms(row: dict[str, Any]) -> None:
    public = VerifyKey.from_jwk(row["jwk"])
    assert VerifyKey.from_cose_key(cbor.decode(bytes.fromhex(row["cose_key"]))) == public
    secret = from_base64url(row["jwk"]["d"], 32)
    assert SigningKey.from_secret(Algorithm[row["algorithm"]], secret).verify_key == public


@pytest.mark.parametrize("name", ["online", "device, ES256 device"])
def test_the_page_shows_the_bytes_of_the_vector(name: str) -> None:
    (row,) = [row for row in VECTORS if row["name"] == name]
    raw = armour.unarmour(row["text"])
    assert example(name) == raw
    assert f"Text of {len(row['text'])} characters, {len(raw)} bytes" in PAGE


def test_the_page_shows_what_is_signed() -> None:
    (row,) = [row for row in VECTORS if row["name"] == "online"]
    assert example("online signed") == decode(row["text"]).credential.signed.to_be_signed()
    assert f"these {len(example('online signed'))} bytes" in PAGE


def test_the_page_shows_the_sizes() -> None:
    assert table() in PAGE


def example(name: str) -> bytes:
    """The bytes in a ```hex block of the page, without its comments."""
    match = re.search(rf"^```hex {re.escape(name)}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert match
    return bytes.fromhex(re.sub(r"#.*", "", match[1]))
