"""The archive with two branches, and a clerk of one of them."""

from __future__ import annotations

import pytest

from citizen_app.toolkit.testing import City, TestOperator
from tests.office_services.archive.tests.archive import API, Archive


@pytest.fixture
def archive(city: City) -> Archive:
    """The archive with two branches, and a clerk of one of them."""
    head, ids = city.operator("archive"), []
    for zh, en in (("东馆", "East"), ("西馆", "West")):
        made = head.call("POST", f"{API}/branches", json={"name_zh": zh, "name_en": en})
        ids.append(made.get_json()["id"])
    return Archive(city, head, city.operator("archive", unit=ids[0]), *ids)


@pytest.fixture
def admin(archive: Archive) -> TestOperator:
    """Who runs the city's systems."""
    return archive.city.operator(None, "system_admin")
