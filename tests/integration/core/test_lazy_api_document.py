"""The API document is written when somebody asks for it, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from flask_smorest import Blueprint
from werkzeug.routing import Map, Rule

from citizen_app.factory import create_app
from citizen_app.toolkit.testing import dispose
from citizen_app.web.boundary.lazy_url_map import LazyUrlRule

DOCUMENT = "/api/openapi.json"


@pytest.fixture
def client(app_environment: dict[str, str]) -> Iterator[FlaskClient]:
    """A client of an application whose document was not requested yet."""
    made = create_app(app_environment)
    yield made.test_client()
    dispose(made)


def test_what_cannot_be_described_is_not_left_out(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no words for it")

    with monkeypatch.context() as broken:
        broken.setattr(Blueprint, "register_views_in_doc", fail)
        assert [client.get(DOCUMENT).status_code for _ in range(2)] == [500, 500]
    whole = client.get(DOCUMENT).get_json()
    assert "/api/v1/scans" in whole["paths"]
    assert client.get(DOCUMENT).get_json() == whole


@pytest.mark.parametrize("append_unknown", [True, False])
def test_an_address_is_built_as_ever(append_unknown: bool) -> None:
    built = [
        Map([kind("/a/<int:number>/b", endpoint="a")])
        .bind("city.example")
        .build("a", {"number": 7, "q": "x"}, append_unknown=append_unknown)
        for kind in (Rule, LazyUrlRule, LazyUrlRule)
    ]
    assert built == ["/a/7/b?q=x" if append_unknown else "/a/7/b"] * 3
