"""Every list of the API is paginated or has a bound that its description states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from citizen_app.storage import keyset
from tests.contract.api_app import installed_document
from tests.contract.api_city import Callers
from tests.contract.api_things import owner_of
from tests.contract.api_town import Town

DOCUMENT: Final = installed_document()
MUCH: Final = 10**6
PARTS: Final = {
    ("/.well-known/citizen-code", "status_lists"): "empty until status lists are published",
    ("/api/v1/me", "wards"): "ten at most (delegations.rules.MOST_WARDS)",
    ("/api/v1/me", "devices"): "empty until there are devices",
    ("/api/v1/staff/sessions/current", "permissions"): "one for each permission that exists",
    (
        "/api/v1/admin/kiosks/{kiosk_id}",
        "unreadable",
    ): "seven days, and as many reasons as a code can be unreadable for",
    ("/api/v1/admin/services/{service}", "kiosk_actions"): "written in the service's manifest",
    ("/api/v1/admin/services/{service}", "scopes"): "written in the service's manifest",
    ("/api/v1/admin/services/{service}", "granted_scopes"): "written in the service's manifest",
    ("/api/v1/admin/services/{service}", "declared_scopes"): "written in the service's manifest",
    ("/api/v1/transparency", "acts"): "one for each kind of act that a second person decides about",
    ("/api/v1/admin/payments/charges/{charge_id}", "refunds"): "each takes at least a 分 off what was paid",
    ("/api/v1/services/pass/my/places", "items"): "the first hundred places of one citizen",
    ("/api/v1/services/pass/operator/places/{place_id}/gates", "items"): "the doors of one place",
    ("/api/v1/services/pass/operator/places/{place_id}/statistics", "items"): "31 days",
    ("/api/v1/services/bus/operator/feeds/{version}", "totals"): "one for each rule about feeds",
    ("/api/v1/services/bus/operator/feeds/{version}", "findings"): "the first hundred of each rule",
    (
        "/api/v1/services/bus/lines/{line_id}",
        "directions",
    ): "GTFS has two directions; their stops are those of one line",
}
"""Arrays that are part of one thing, and what bounds them."""


def arrays(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The arrays at the top of an answer."""
    name = schema.get("$ref", "").rpartition("/")[2]
    properties = DOCUMENT["components"]["schemas"][name]["properties"] if name else {}
    return {key: value for key, value in properties.items() if value.get("type") == "array"}


def answers() -> Iterator[tuple[str, dict[str, Any], dict[str, dict[str, Any]]]]:
    """Each GET: its path, its parameters by name, and the arrays in its answer."""
    for path, entry in DOCUMENT["paths"].items():
        operation = entry.get("get")
        content = operation["responses"]["200"].get("content", {}) if operation else {}
        if "application/json" in content:
            parameters = {p["name"]: p for p in operation.get("parameters", ())}
            yield path, parameters, arrays(content["application/json"].get("schema", {}))


LISTS: Final = {path: parameters for path, parameters, found in answers() if "items" in found}
PAGED: Final = [path for path, parameters in LISTS.items() if "cursor" in parameters]

WALKED_ELSEWHERE: Final = (
    "/api/v1/services/pass/",
    "/api/v1/services/hospital/tasks",
    "/api/v1/services/bus/operator/",
    "/api/v1/me/purse/",
    "/api/v1/admin/approvals",
    "/api/v1/admin/payments/",
    "/api/v1/admin/webhooks",
    "/api/v1/admin/partners",
)
"""What the city has one of; the services' own tests walk lists of many."""
FILLED: Final = [path for path in PAGED if not path.startswith(WALKED_ELSEWHERE)]
"""Lists of which the city has at least two things."""


def test_every_array_has_pages_or_a_bound() -> None:
    endless = [
        (path, name)
        for path, parameters, found in answers()
        for name, array in found.items()
        if not (name == "items" and "cursor" in parameters)
        and "maxItems" not in array
        and (path, name) not in PARTS
    ]
    assert endless == []
    assert len(PAGED) > 8


def test_what_is_excused_exists() -> None:
    present = {(path, name) for path, _, found in answers() for name in found}
    assert PARTS.keys() - present == set()


@pytest.mark.parametrize("path", LISTS)
def test_a_limit_is_at_least_one_and_has_no_upper_end(path: str) -> None:
    """More than the most gives the most: no client has to know the figure, and none gets more."""
    if "limit" in LISTS[path]:
        assert LISTS[path]["limit"]["schema"]["minimum"] == 1
        assert "maximum" not in LISTS[path]["limit"]["schema"]
    else:
        assert "cursor" not in LISTS[path]


def ask(callers: Callers, town: Town, path: str, **query: Any) -> Any:
    """The list, as its owner, or as the first who may ask and has such a thing."""
    query_string = {name: value for name, value in query.items() if value is not None}
    for address, headers in askers(callers, town, path):
        answer = callers.app.test_client().get(address, query_string=query_string, headers=headers)
        if answer.status_code != 404:
            return answer
    raise AssertionError("nobody here has what the path names")


def askers(callers: Callers, town: Town, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The addresses of a list, and who asks there."""
    if path not in FILLED and (owner := owner_of(town, path)):
        yield path.format_map(owner.ids), owner.headers
    yield from callers.asking(path)


@pytest.mark.parametrize("path", PAGED)
def test_a_page_is_never_longer_than_the_most_and_pages_make_the_whole(
    callers: Callers, town: Town, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    whole = ask(callers, town, path, limit=MUCH)
    assert whole.status_code == 200, whole.text
    items = whole.get_json()["items"]
    assert len(items) <= 100
    assert len(items) >= (2 if path in FILLED else 1), (
        "the city needs more of these, so that the test can fail"
    )
    monkeypatch.setattr(keyset, "MOST_PER_PAGE", 1)
    walked: list[Any] = []
    cursor = None
    for _ in range(2 * len(items)):  # a page may be shorter: what is not shown counts too
        page = ask(callers, town, path, limit=MUCH, cursor=cursor).get_json()
        assert len(page["items"]) <= 1
        walked += page["items"]
        cursor = page["next_cursor"]
        if cursor is None or len(walked) == len(items):
            break
    assert walked == items
    assert cursor is None or len(items) == 100 or path not in FILLED


@pytest.mark.parametrize("path", PAGED)
def test_a_cursor_that_is_not_of_this_list_is_refused(
    callers: Callers, town: Town, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(keyset, "MOST_PER_PAGE", 1)
    cursors = {other: ask(callers, town, other).get_json()["next_cursor"] for other in FILLED}
    assert [other for other, cursor in cursors.items() if not cursor] == []
    mine = cursors.pop(path, None)
    forged = ["forged"]
    if mine is not None:
        assert ask(callers, town, path, cursor=mine).status_code == 200
        forged.append(("A" if mine[0] != "A" else "B") + mine[1:])
    for foreign in (*cursors.values(), *forged):
        refused = ask(callers, town, path, cursor=foreign)
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.get_json()["errors"]] == ["?cursor"]
