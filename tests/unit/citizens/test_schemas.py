"""What the sign-in routes accept."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from citizen_app.citizens.schemas import ChallengeRequestSchema, LogoutRequestSchema, TokenRequestSchema


def test_a_phone_is_loaded_in_one_form() -> None:
    assert ChallengeRequestSchema().load({"phone": "138 0013 8000"}) == {"phone": "+8613800138000"}


@pytest.mark.parametrize("phone", ["", "12", 13800138000, None, "010-12345678", "1" * 33, ["13800138000"]])
def test_a_bad_phone_is_a_fault_of_that_field(phone: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        ChallengeRequestSchema().load({"phone": phone})
    assert set(refused.value.normalized_messages()) == {"phone"}


@pytest.mark.parametrize(
    "body",
    [
        {"challenge_id": "x", "otp": "123456"},
        {"refresh_token": "x"},
    ],
)
def test_each_of_the_two_shapes_is_accepted(body: dict[str, Any]) -> None:
    assert TokenRequestSchema().load(body) == body


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"challenge_id": "x"},
        {"otp": "123456"},
        {"challenge_id": "x", "otp": "123456", "refresh_token": "x"},
        {"challenge_id": "x", "otp": "12345"},
        {"challenge_id": "x", "otp": "123456\n"},
        {"challenge_id": "x", "otp": "１２３４５６"},
        {"challenge_id": "x", "otp": 123456},
        {"refresh_token": "x" * 201},
        {"refresh_token": "x", "citizen_id": "y"},
    ],
)
def test_any_other_shape_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TokenRequestSchema().load(body)


def test_logout_needs_no_body_and_knows_no_other_field() -> None:
    assert LogoutRequestSchema().load({}) == {}
    with pytest.raises(ValidationError):
        LogoutRequestSchema().load({"everywhere": True})
