"""The pytest plug-in for authors of service modules: a whole city around the module, on SQLite and on
PostgreSQL.

Ask for it once, in the `conftest.py` beside your `pyproject.toml`:

    pytest_plugins = ("citizen_app.toolkit.testing",)

A test in a module's folder gets that module alone, on a fresh and migrated database:

    def test_visit(city):
        kiosk, citizen = city.kiosk("parlour"), city.citizen()
        assert kiosk.scan(citizen.code(), "enter").get_json()["decision"] == "allow"

Fixtures: `city`, `app`, `client`, `other_worker` (a second process on the same database), `module` (the
installed module whose folder the test is in), `statements` (those about its tables), `time_travel`;
`database_url` runs a test once per database, `data_dir` is the data folder beside it, `services_dir` and
`app_settings` are there to be overridden; `production_hasher` is what hashes staff passwords outside tests.
Applications are lent from test to test (`applications`): each forgets what it has learnt and finds its
database without rows. With `--databases either` a test runs on one of the two databases (`either`). A test
that starts a process carries the mark `processes`. `from citizen_app.toolkit.testing.contract import *` in
one test file adds what every module must hold to. It needs `citizen-app[testing]`; nothing that runs in
production imports it.
"""

from citizen_app.toolkit.testing.applications import Applications, dispose
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.databases import Databases, is_required, postgresql_address
from citizen_app.toolkit.testing.either import pytest_addoption, pytest_collection_modifyitems
from citizen_app.toolkit.testing.fixtures import (
    Statements,
    app,
    app_environment,
    app_settings,
    applications,
    city,
    client,
    data_dir,
    database_url,
    databases,
    environment,
    kept_sources,
    module,
    module_folder,
    other_worker,
    production_hasher,
    services_dir,
    statements,
    time_travel,
)
from citizen_app.toolkit.testing.people import TestCitizen, TestKiosk, TestOperator, TestPoster
from citizen_app.toolkit.testing.processes import pytest_configure

__all__ = [
    "Applications",
    "City",
    "Databases",
    "Statements",
    "TestCitizen",
    "TestKiosk",
    "TestOperator",
    "TestPoster",
    "app",
    "app_environment",
    "app_settings",
    "applications",
    "city",
    "client",
    "data_dir",
    "database_url",
    "databases",
    "dispose",
    "environment",
    "is_required",
    "kept_sources",
    "module",
    "module_folder",
    "other_worker",
    "postgresql_address",
    "production_hasher",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "services_dir",
    "statements",
    "time_travel",
]
