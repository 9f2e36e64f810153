"""Who owns something, as the API knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from citizen_app.toolkit.testing import TestCitizen

Headers = dict[str, str]


@dataclass(frozen=True)
class Owner:
    """A caller with the ids of what they own, by URL parameter."""

    headers: Headers
    ids: Mapping[str, str]


def signed_in(citizen: TestCitizen) -> Headers:
    """The headers of a citizen."""
    return {"Authorization": f"Bearer {citizen.access_token}"}
