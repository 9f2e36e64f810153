"""The manifest: icons that are there and as large as it says, and a shortcut to the code."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image


@pytest.mark.parametrize(("language", "name"), [("zh", "市民码"), ("en", "Code")])
def test_what_it_names_is_there(client: FlaskClient, language: str, name: str) -> None:
    told = client.get("/manifest.webmanifest", headers={"Accept-Language": language})
    assert told.mimetype == "application/manifest+json"
    manifest = told.get_json()
    assert manifest["short_name"] == name
    for icon in manifest["icons"]:
        picture = Image.open(BytesIO(client.get(icon["src"]).data))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
    for address in (manifest["start_url"], *(one["url"] for one in manifest["shortcuts"])):
        assert client.get(address).status_code in (200, 303)
    assert "/code" in [one["url"] for one in manifest["shortcuts"]]


def test_pages_for_citizens_name_it(client: FlaskClient) -> None:
    assert 'rel="manifest" href="/manifest.webmanifest"' in client.get("/code").text


def test_static_texts_are_packed_for_who_takes_it(client: FlaskClient) -> None:
    address = "/static/css/ground.css"
    whole, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert len(packed.data) < len(whole.data) / 2
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert whole.headers["ETag"] != packed.headers["ETag"]
    tag = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    assert "Content-Encoding" not in client.get("/code", headers={"Accept-Encoding": "gzip"}).headers
