"""Trust, freshness, challenges and replay keys."""

import pytest

from citizen_app.codes import reading
from citizen_app.codes.cose import VerifyKey
from citizen_app.codes.format import Challenge, CodeRefused, Kind, decode
from citizen_app.codes.reading import (
    VerifiedCredentials,
    check_freshness,
    check_signatures,
    replay_key,
    verify,
)
from tools.vector_cases import ASKED, DAY, HOUR, NOW, device, forged, online, paper, proven, shown
from tools.vector_keys import DEVICE, DEVICE_ES256, ISSUERS, KID, KID_ES256, KID_STRANGER, TRUSTED


def reason(text: str, now: int = NOW) -> str:
    try:
        check_freshness(decode(text), now)
    except CodeRefused as refusal:
        return refusal.reason
    return "ok"


def timeline(text: str, start: int, end: int, step: int = 1) -> list[str]:
    """The reasons a code gives, second by second, each once."""
    seen: list[str] = []
    for now in range(start, end, step):
        if not seen or seen[-1] != reason(text, now):
            seen.append(reason(text, now))
    return seen


def test_the_life_of_an_online_code() -> None:
    text = shown(online(NOW + 60))
    assert timeline(text, NOW - 100, NOW + 100) == ["not_yet_valid", "ok", "expired"]
    assert [reason(text, NOW + second) for second in (-16, -15, 59, 60)] == [
        "not_yet_valid",
        "ok",
        "ok",
        "expired",
    ]


def test_the_life_of_a_proof() -> None:
    text = proven(NOW)
    assert timeline(text, NOW - 100, NOW + 100) == ["clock_skew", "ok", "stale_proof"]
    assert [reason(text, NOW + second) for second in (-16, -15, 60, 61)] == [
        "clock_skew",
        "ok",
        "ok",
        "stale_proof",
    ]


def test_the_credential_speaks_before_the_proof() -> None:
    text = proven(NOW, device(NOW + 30 * HOUR))
    assert reason(text, NOW) == "not_yet_valid"
    assert reason(proven(NOW - DAY, device(NOW)), NOW) == "expired"


def test_every_kind_can_last_only_so_long() -> None:
    assert reason(shown(paper(NOW + 180 * DAY + 2 * HOUR))) == "ok"
    assert reason(shown(paper(NOW + 180 * DAY + 2 * HOUR + 1))) == "not_yet_valid"
    assert reason(shown(online(NOW + 75, Kind.DELEGATE))) == "ok"
    assert reason(shown(online(NOW + 76, Kind.DELEGATE))) == "not_yet_valid"
    assert reason(proven(claims=device(NOW + 26 * HOUR, kind=Kind.DELEGATE))) == "ok"
    assert all(reading.READABLE[form] > reading.VALIDITY[form] for form in reading.VALIDITY)


def test_the_key_decides_the_algorithm() -> None:
    """A reader that swaps its keys around, or a code that names another algorithm, gets nowhere."""
    for kid in (KID, KID_ES256):
        for key in ISSUERS.values():
            if key is not ISSUERS[kid]:
                assert refusal(forged(kid, key), TRUSTED) == "bad_signature"
                assert refusal(shown(online(), kid), {kid: key.verify_key}) == "bad_signature"


def refusal(text: str, issuers: dict[bytes, VerifyKey], cache: VerifiedCredentials | None = None) -> str:
    try:
        check_signatures(decode(text), issuers, cache)
    except CodeRefused as error:
        return error.reason
    return "ok"


def test_nothing_is_trusted_without_keys() -> None:
    assert refusal(shown(online()), {}) == "unknown_issuer"
    assert refusal(shown(online(), KID_STRANGER), TRUSTED) == "unknown_issuer"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[VerifyKey]:
    """The keys with which signatures have been checked, in order."""
    checked: list[VerifyKey] = []
    genuine = VerifyKey.verify

    def verify_and_count(key: VerifyKey, message: bytes, signature: bytes) -> None:
        checked.append(key)
        genuine(key, message, signature)

    monkeypatch.setattr(VerifyKey, "verify", verify_and_count)
    return checked


def test_a_device_credential_is_verified_once(counted: list[VerifyKey]) -> None:
    cache = VerifiedCredentials()
    issuer, phone = TRUSTED[KID], DEVICE.verify_key
    for time in (NOW, NOW + 1, NOW + 2):
        verify(decode(proven(time)), TRUSTED, NOW, verified=cache)
    assert counted == [issuer, phone, phone, phone]


def test_an_online_code_takes_no_room_in_the_cache(counted: list[VerifyKey]) -> None:
    cache = VerifiedCredentials()
    for _ in range(2):
        verify(decode(shown(online())), TRUSTED, NOW, verified=cache)
    assert counted == [TRUSTED[KID]] * 2


def test_the_cache_trusts_no_key_that_is_gone() -> None:
    cache = VerifiedCredentials()
    text = proven()
    assert refusal(text, TRUSTED, cache) == "ok"
    assert refusal(text, {}, cache) == "unknown_issuer"
    assert refusal(text, {KID: ISSUERS[KID_STRANGER].verify_key}, cache) == "bad_signature"
    assert refusal(text, TRUSTED, cache) == "ok"


def test_the_cache_remembers_no_failure_and_no_proof() -> None:
    cache = VerifiedCredentials(size=2)
    stolen = proven(by=ISSUERS[KID])
    assert refusal(proven(), TRUSTED, cache) == "ok"
    assert refusal(stolen, TRUSTED, cache) == "bad_signature"
    assert refusal(stolen, TRUSTED, cache) == "bad_signature"
    strange = {KID: ISSUERS[KID_STRANGER].verify_key}
    assert refusal(proven(), strange, cache) == "bad_signature"
    assert refusal(proven(), strange, cache) == "bad_signature"


def test_a_challenge_is_answered_at_its_kiosk_only() -> None:
    code = decode(proven(to=ASKED))
    earlier = Challenge(ASKED.kiosk_number, b"\x07" * 8)
    for required in (True, False):
        verify(code, TRUSTED, NOW, asked=[earlier, ASKED], challenge_required=required)
        for asked in ([], [earlier], [Challenge(ASKED.kiosk_number + 1, ASKED.nonce)]):
            with pytest.raises(CodeRefused) as refused:
                verify(code, TRUSTED, NOW, asked=asked, challenge_required=required)
            assert refused.value.reason == "challenge_required"


def test_a_plain_code_does_where_no_challenge_is_required() -> None:
    verify(decode(proven()), TRUSTED, NOW, asked=[ASKED])
    with pytest.raises(CodeRefused):
        verify(decode(proven()), TRUSTED, NOW, asked=[ASKED], challenge_required=True)


def test_replay_keys() -> None:
    def key(text: str) -> bytes | None:
        return replay_key(decode(text))

    assert key(shown(online(NOW))) == key(shown(online(NOW + 9))), "the handle counts, not the text"
    assert key(shown(online())) != key(shown(online(), KID_ES256)), (
        "a city cannot use up the codes of another"
    )
    assert key(proven(NOW)) != key(proven(NOW + 1)), "each proof is a showing of its own"
    assert key(proven(NOW)) == key(proven(NOW, by=DEVICE_ES256)), "the signature takes no part"
    assert key(proven(NOW, to=ASKED)) == key(proven(NOW + 5, to=ASKED)), (
        "a challenge is answered once, by anyone"
    )
    assert key(shown(paper())) is None
    assert key(shown(online(kind=Kind.DELEGATE))) == key(shown(online()))
    keys = [key(text) for text in (shown(online()), proven(), proven(to=ASKED))]
    assert len({one[:1] for one in keys if one}) == len({len(one) for one in keys if one}) == 3
