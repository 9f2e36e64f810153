"""Life: installed, switched on and off, looked after."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flask.testing import FlaskClient

from citizen_app.factory import CitizenFlask
from citizen_app.registry import state
from citizen_app.registry.checks import check_package
from citizen_app.registry.modules import InstalledModule
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.contract.routes import routes, sent
from citizen_app.toolkit.testing.contract.samples import ON_ONE_DATABASE, rows, scans
from citizen_app.web.boundary.dialects import dialect_at


@ON_ONE_DATABASE
def test_it_is_what_the_checks_expect(module: InstalledModule) -> None:
    assert "\n".join(map(str, check_package(module.package, Path(module.folder)))) == ""


@ON_ONE_DATABASE
def test_the_entry_shows_it_in_both_languages(
    client: FlaskClient, city: City, module: InstalledModule
) -> None:
    del city  # it has switched the service on
    declared = module.descriptor
    for language, title in (("zh-CN", declared.title.zh), ("en", declared.title.en)):
        listed = client.get("/api/v1/services", headers={"Accept-Language": language}).get_json()["items"]
        assert [item["title"] for item in listed if item["id"] == module.id] == [title]
    found = client.get("/api/v1/services", query_string={"q": declared.title.zh}).get_json()["items"]
    assert module.id in [item["id"] for item in found]


def test_what_is_switched_off_rests_and_keeps_its_data(
    app: CitizenFlask, client: FlaskClient, city: City, module: InstalledModule
) -> None:
    prepared = list(scans(city, module))
    for kiosk, purpose, context in prepared:
        kiosk.scan(city.citizen().code(), purpose.id, context=context)
    held = rows(city, module)
    with app.app_context(), transaction():
        state.disable(module.id)
    listed = client.get("/api/v1/services").get_json()["items"]
    assert module.id not in [item["id"] for item in listed]
    for route in routes(app, module):
        answer = client.open(route.path, method=route.method)
        words = f"{route.method} {route.path}: {answer.status_code}"
        assert answer.status_code == sent(app, route.path, 503), words
        if dialect_at(app, route.path) is None:
            assert re.search(r"/service-disabled$", answer.get_json()["type"])
    for kiosk, purpose, context in prepared:
        decision = kiosk.scan(city.citizen().code(), purpose.id, context=context).get_json()
        assert (decision["decision"], decision["reason"]) == ("deny", "service_disabled")
    assert rows(city, module) == held
    with app.app_context(), transaction():
        state.enable(module.id)
    for kiosk, purpose, context in prepared:
        decision = kiosk.scan(city.citizen().code(), purpose.id, context=context).get_json()
        assert decision["reason"] != "service_disabled"


def test_it_is_well_before_and_after_it_has_data(
    app: CitizenFlask, city: City, module: InstalledModule
) -> None:
    for step in (lambda: None, lambda: city.seed(module.id)):
        step()
        with app.app_context(), transaction(reading=True):
            assert isinstance(json.dumps(dict(module.hooks.health() or {})), str)


def test_background_work_is_harmless_to_repeat(city: City, module: InstalledModule) -> None:
    city.run_jobs(module.id)
    city.seed(module.id)
    city.run_jobs(module.id)
    held = rows(city, module)
    city.run_jobs(module.id)
    assert rows(city, module) == held


@ON_ONE_DATABASE
def test_commands_explain_themselves(app: CitizenFlask, module: InstalledModule) -> None:
    if module.commands is None:
        return
    runner = app.test_cli_runner()
    for words in ([], *([name] for name in module.commands.list_commands(None))):  # type: ignore[arg-type]
        done = runner.invoke(args=[module.id, *words, "--help"])
        assert done.exit_code == 0, done.output
        assert len(done.output.splitlines()) > 3
