"""Writes about one's rights: a copy, and closing the account, by somebody new."""

from __future__ import annotations

from typing import Final

from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent
from tests.contract.api_money import headers_of
from tests.contract.api_repeating import Write


def copy(callers: Callers) -> Sent:
    """A copy of what is kept of a citizen."""
    return Sent("/api/v1/me/export", headers_of(callers.city.citizen()))


def erasure(callers: Callers) -> Sent:
    """Somebody closes their account, as meant."""
    return Sent("/api/v1/me?confirm=true", headers_of(callers.city.citizen()))


RIGHTS_WRITES: Final = {
    "POST /api/v1/me/export": Write("state", copy),
    "DELETE /api/v1/me": Write("once", erasure, again=401),
}
