"""The Standard Webhooks signature."""

from __future__ import annotations

import pytest

from citizen_app.jobs.signing import webhook_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_specification() -> None:
    headers = webhook_headers(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_every_part_is_signed() -> None:
    signatures = {
        webhook_headers(*parts)["webhook-signature"]
        for parts in [
            (SECRET, "a", 1, b"x"),
            (SECRET, "b", 1, b"x"),
            (SECRET, "a", 2, b"x"),
            (SECRET, "a", 1, b"y"),
            ("another secret", "a", 1, b"x"),
        ]
    }
    assert len(signatures) == 5


def test_a_marked_secret_must_be_base64() -> None:
    with pytest.raises(ValueError, match="base64"):
        webhook_headers("whsec_not base64!", "a", 1, b"")
