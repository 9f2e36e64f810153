"""Making codes, within their density."""

import pytest
import qrcode.util  # type: ignore[import-untyped]
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]

from citizen_app.codes import density
from citizen_app.codes.cose import Algorithm, SigningKey
from citizen_app.codes.density import CodeTooDense, check_density, qr_version
from citizen_app.codes.format import Claims, Credential, Kind, Traits, decode, prove
from citizen_app.codes.handles import open_handle
from citizen_app.codes.issuing import IssuingKey, issue_credential, issue_online_code, issue_paper_code
from citizen_app.codes.reading import READABLE, VALIDITY, verify
from tools.code_sizes import sizes
from tools.vector_cases import DAY, HANDLE, NOW, device, online, paper
from tools.vector_keys import DEVICE, DEVICE_ES256, ISSUERS, KID, KID_ES256, TRUSTED

SEALING_KEY = bytes(range(32))


@pytest.fixture(params=[KID, KID_ES256], ids=["EdDSA", "ES256"])
def key(request: pytest.FixtureRequest) -> IssuingKey:
    return IssuingKey(request.param, ISSUERS[request.param], SEALING_KEY)


@pytest.mark.parametrize("kind", [Kind.ONLINE, Kind.DELEGATE])
def test_an_online_code(key: IssuingKey, kind: Kind) -> None:
    issued = issue_online_code(4711, key, NOW, kind=kind)
    assert (issued.kind, issued.expires_at, issued.refresh_at) == (kind, NOW + 60, NOW + 30)
    code = decode(issued.text)
    verify(code, TRUSTED, NOW)
    assert code.credential.algorithm is key.algorithm
    assert code.credential.claims == Claims(kind, NOW + 60, code.credential.claims.handle)
    assert open_handle(code.credential.claims.handle, SEALING_KEY) == 4711


def test_two_online_codes_differ(key: IssuingKey) -> None:
    assert issue_online_code(4711, key, NOW).text != issue_online_code(4711, key, NOW).text


@pytest.mark.parametrize("kind", [Kind.DEVICE, Kind.PAPER])
def test_only_online_forms_are_made_from_a_number(key: IssuingKey, kind: Kind) -> None:
    with pytest.raises(ValueError):
        issue_online_code(4711, key, NOW, kind=kind)


def test_a_paper_code(key: IssuingKey) -> None:
    issued = issue_paper_code(paper(), key, NOW)
    assert (issued.kind, issued.refresh_at) == (Kind.PAPER, None)
    code = decode(issued.text)
    verify(code, TRUSTED, NOW)
    assert code.credential.claims == paper()
    assert code.credential.status_list == (1, 5)
    with pytest.raises(ValueError):
        issue_paper_code(device(), key, NOW)


@pytest.mark.parametrize("phone", [DEVICE, DEVICE_ES256], ids=lambda phone: phone.algorithm.name)
def test_a_device_credential(key: IssuingKey, phone: SigningKey) -> None:
    claims = device(key=phone)
    raw = issue_credential(claims, key, NOW)
    code = decode(prove(raw, phone, NOW))
    verify(code, TRUSTED, NOW)
    assert code.credential.claims == claims
    assert Credential.decode(raw) == code.credential


@pytest.mark.parametrize("claims", [online(), device(), paper()], ids=lambda claims: claims.kind.name)
def test_no_credential_that_no_reader_would_accept(key: IssuingKey, claims: Claims) -> None:
    assert claims.expires_at == NOW + VALIDITY[claims.form]
    issue_credential(claims, key, NOW)
    issue_credential(claims, key, claims.expires_at - 1)
    for now in (claims.expires_at, claims.expires_at - READABLE[claims.form] - 1):
        with pytest.raises(ValueError):
            issue_credential(claims, key, now)


@pytest.mark.parametrize("kid", [b"", KID[:3], KID + b"\0"])
def test_a_kid_has_four_bytes(kid: bytes) -> None:
    with pytest.raises(ValueError):
        issue_online_code(1, IssuingKey(kid, ISSUERS[KID], SEALING_KEY), NOW)


def test_a_sealing_key_is_not_printed(key: IssuingKey) -> None:
    assert repr(SEALING_KEY) not in repr(key)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Claims(Kind.ONLINE, NOW, HANDLE),
        lambda: Claims(Kind.ONLINE, NOW, bytes(16), status_index=1),
        lambda: Claims(Kind.ONLINE, NOW, bytes(16), traits=Traits(1)),
        lambda: Claims(Kind.ONLINE, NOW, bytes(16), DEVICE.verify_key),
        lambda: Claims(Kind.DEVICE, NOW, HANDLE, None, 1),
        lambda: Claims(Kind.DEVICE, NOW, HANDLE, DEVICE.verify_key),
        lambda: Claims(Kind.PAPER, NOW, HANDLE),
        lambda: Claims(Kind.PAPER, NOW, HANDLE, DEVICE.verify_key, 1),
        lambda: Claims(Kind.PAPER, NOW, bytes(16), None, 1),
        lambda: Claims(Kind.PAPER, NOW, HANDLE, None, 1 << 32),
        lambda: Claims(Kind.DELEGATE, NOW, HANDLE),
        lambda: Claims(Kind.DELEGATE, NOW, bytes(16), DEVICE.verify_key, 1),
        lambda: Claims(Kind.PAPER, -1, HANDLE, None, 1),
        lambda: Claims(Kind.PAPER, 1 << 32, HANDLE, None, 1),
        lambda: Traits(16),
        lambda: Traits(0, 8),
        lambda: Traits(-1),
    ],
)
def test_claims_the_format_does_not_know(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError):
        wrong()


def test_every_form_keeps_its_budget_at_its_largest() -> None:
    rows = {name: (characters, budget) for name, characters, budget in sizes()}
    assert len(rows) == 2 + 2 * len(Algorithm)
    for characters, budget in rows.values():
        assert check_density(characters, budget) <= budget
    assert rows["online"] == (172, 7)
    assert rows["paper"] == (171, 7)
    assert rows["device, ES256"] == (361, 11)
    assert rows["challenge, ES256"] == (382, 12)


def test_capacities_are_those_of_the_standard() -> None:
    """Held against the bit capacities in `qrcode`: 4 bits of mode, a length, 11 bits for two characters, 6
    for one."""
    for characters in range(1, 601):
        version = qr_version(characters)
        for candidate, fits in ((version, True), (version - 1, False)):
            if candidate:
                bits = 4 + (9 if candidate < 10 else 11) + 11 * (characters // 2) + 6 * (characters % 2)
                assert (bits <= qrcode.util.BIT_LIMIT_TABLE[ERROR_CORRECT_M][candidate]) is fits
    with pytest.raises(CodeTooDense):
        qr_version(601)


def test_issuing_refuses_what_is_too_dense(key: IssuingKey, monkeypatch: pytest.MonkeyPatch) -> None:
    for budget, claims in (("SHOWN_ALONE", paper()), ("WITH_PROOF", device()), ("WITH_CHALLENGE", device())):
        with monkeypatch.context() as patch:
            patch.setattr(density, budget, getattr(density, budget) - 1)
            with pytest.raises(CodeTooDense):
                issue_credential(claims, key, NOW)


def test_a_week_of_device_credentials(key: IssuingKey) -> None:
    for day in range(7):
        start = NOW + day * DAY
        raw = issue_credential(device(start + DAY), key, start)
        verify(decode(prove(raw, DEVICE, start)), TRUSTED, start)
