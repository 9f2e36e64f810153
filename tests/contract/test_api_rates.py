"""Whatever says that it may answer 429 has a limit, and nothing else has one: asked when every limit is used
up."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from citizen_app.extensions import limiter
from citizen_app.ids import new_id
from citizen_app.limits import Limit, LimitState
from tests.contract.api_app import installed_document
from tests.contract.api_city import Callers, callers_of
from tests.contract.api_desk import Sent
from tests.contract.api_fields import operations
from tests.contract.api_writes import WRITES

DOCUMENT: Final = installed_document()
OPEN_WITHOUT_LIMIT: Final = {"GET /healthz", "GET /readyz"}
"""Asked by whatever watches the server."""


class UsedUp:
    """Counters that have nothing left for anybody."""

    def hit(self, name: str, limit: Limit, key: str) -> LimitState:
        """No."""
        return LimitState(limit, False, 0, limit.period)

    peek = hit

    def reset(self) -> None:
        """Nothing to forget."""


def request_of(callers: Callers, label: str) -> Sent | None:
    """A request that comes as far as the route's own limit, None where there is nothing to ask for; a service
    has no limits within."""
    method, _, path = label.partition(" ")
    if label in WRITES:
        return WRITES[label].request(callers)
    if method == "GET":
        return next((Sent(address, headers) for address, headers in callers.asking(path)), None)
    caller = callers_of(callers.audiences[method, path], method)[0]
    return Sent(re.sub(r"{\w+}", new_id(), path), callers.headers(caller), {})


@pytest.mark.parametrize("label", operations(DOCUMENT))
def test_a_429_is_described_where_there_is_a_limit_and_only_there(
    callers: Callers, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, _, path = label.partition(" ")
    described: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]["responses"]
    open_to_anyone = callers.audiences[method, path].kind == "anyone"
    if open_to_anyone and label not in OPEN_WITHOUT_LIMIT:
        assert "429" in described
    sent = request_of(callers, label)
    if sent is None:
        pytest.skip("nothing here to ask for")
    monkeypatch.setattr(limiter, "counters", UsedUp())
    monkeypatch.setattr(limiter, "enabled", True)
    answer = callers.app.test_client().open(sent.path, method=method, headers=sent.headers, json=sent.json)
    assert (answer.status_code == 429) == ("429" in described), answer.status_code
    monkeypatch.undo()
    for caller in callers_of(
        callers.audiences[method, path], method
    ):  # whoever it was may have ended their session
        callers.after(caller, method, answer.status_code)
    if answer.status_code == 429:
        assert int(answer.headers["Retry-After"]) > 0
