"""Pages: each opens for those for whom it is, in both languages, and takes forms of its own only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask.testing import FlaskClient

from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.registry import state
from citizen_app.registry.modules import InstalledModule
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.contract.samples import ON_ONE_DATABASE
from citizen_app.web.console.offices import blueprints_of_offices

HTML = {"Accept": "text/html"}
OWN_PAGE = {**HTML, "Sec-Fetch-Site": "same-origin"}
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class ModulePage:
    """One method of one page, with ids of nobody in its address."""

    method: str
    path: str
    rule: str
    kind: str

    @property
    def has_ids(self) -> bool:
        """Whether the address names one thing of many."""
        return "<" in self.rule


def pages(app: CitizenFlask, module: InstalledModule) -> Iterator[ModulePage]:
    """Every page of the module, those of its operators too."""
    all_of_them = (*module.pages, *blueprints_of_offices(module))
    ours = {blueprint.name: str(getattr(blueprint.audience, "kind", "")) for blueprint in all_of_them}
    for rule in app.url_map.iter_rules():
        name = rule.endpoint.rpartition(".")[0]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) if name in ours else ():
            path = re.sub(r"<id:[^>]+>", new_id(), re.sub(r"<int:[^>]+>", "424242", rule.rule))
            yield ModulePage(method, re.sub(r"<[^>]+>", "of-nobody", path), rule.rule, ours[name])


def test_the_entry_leads_to_its_pages(client: FlaskClient, city: City, module: InstalledModule) -> None:
    del city
    address = f"/services/{module.id}/"
    assert (f'href="{address}"' in client.get("/", headers=HTML).text) == module.has_pages
    if module.has_pages:
        assert client.get(address, headers=HTML).status_code in (200, 303)


def test_pages_open_in_both_languages(app: CitizenFlask, city: City, module: InstalledModule) -> None:
    """With no data, with demo data, and asked for what is not there or for nonsense."""
    for step in ("empty", "seeded"):
        if step == "seeded":
            city.seed(module.id)
        browsers = _browsers(city, module)
        for page in pages(app, module):
            if page.method != "GET":
                continue
            browser = browsers[page.kind]
            for language, tag in (("zh", "zh-CN"), ("en", "en")):
                answer = browser.get(f"{page.path}?lang={language}", headers=HTML)
                words = f"{page.path} ({step}, {language}): {answer.status_code}"
                assert answer.status_code in (
                    (200, 404) if page.has_ids or page.path.endswith("/new") else (200,)
                ), words
                assert f'<html lang="{tag}"' in answer.text, words
                assert answer.mimetype == "text/html", words
                main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
                assert main is not None and "<h1" in main[0], words
            assert browser.get(f"{page.path}?no_such_parameter=1&cursor=x", headers=HTML).status_code < 500


@ON_ONE_DATABASE
def test_pages_of_citizens_ask_who_is_there(
    app: CitizenFlask, client: FlaskClient, city: City, module: InstalledModule
) -> None:
    bearer = {"Authorization": f"Bearer {city.citizen().access_token}"}
    for page in pages(app, module):
        if page.kind != "anyone":
            for headers in ({}, bearer):
                answer = client.open(page.path, method=page.method, headers={**OWN_PAGE, **headers})
                words = f"{page.method} {page.path}: {answer.status_code}"
                assert answer.status_code == 303, words
                sign_in = {"citizen": "/sign-in", "staff": "/console/sign-in"}[page.kind]
                assert answer.location.startswith(f"{sign_in}?next="), words


@ON_ONE_DATABASE
def test_pages_of_operators_open_for_them_only(
    app: CitizenFlask, city: City, module: InstalledModule
) -> None:
    strangers = [city.operator("another_service"), city.operator(None, "system_admin")]
    for page in pages(app, module):
        if page.kind == "staff":
            for stranger in strangers:
                answer = stranger.browser().get(page.path, headers=HTML)
                if page.method != "GET":
                    answer = stranger.browser().post(
                        page.path, headers=OWN_PAGE, data={"csrf_token": stranger.form_token()}
                    )
                assert answer.status_code in (403, 404), f"{page.path}: {answer.status_code}"


@ON_ONE_DATABASE
def test_forms_are_taken_from_its_own_pages_only(
    app: CitizenFlask, city: City, module: InstalledModule
) -> None:
    citizen, operator = city.citizen(), city.operator(module.id)
    tokens = {"citizen": citizen.form_token(), "staff": operator.form_token()}
    others = {"citizen": city.citizen().form_token(), "staff": city.operator(module.id).form_token()}
    browsers = {"citizen": citizen.browser(), "staff": operator.browser()}
    for page in pages(app, module):
        if page.method == "GET":
            continue
        browser, token = browsers[page.kind], {"csrf_token": tokens[page.kind]}
        for headers, data in (
            (OWN_PAGE, {}),
            (OWN_PAGE, {"csrf_token": others[page.kind]}),
            ({**HTML, "Sec-Fetch-Site": "cross-site"}, token),
            ({**HTML, "Sec-Fetch-Site": "same-site"}, token),
            (HTML, token),
        ):
            answer = browser.open(page.path, method=page.method, headers=headers, data=data)
            assert answer.status_code == 403, f"{page.method} {page.path}: {answer.status_code}"
        answer = browser.open(page.path, method=page.method, headers=OWN_PAGE, data=token)
        assert answer.status_code < 500 and answer.status_code != 403, f"{page.path}: {answer.status_code}"


@ON_ONE_DATABASE
def test_pages_of_a_service_that_is_off_say_so(
    app: CitizenFlask, client: FlaskClient, city: City, module: InstalledModule
) -> None:
    browsers = _browsers(city, module)
    with app.app_context(), transaction():
        state.disable(module.id)
    for page in pages(app, module):
        for caller in (browsers[page.kind], client):
            answer = caller.open(page.path, method=page.method, headers=OWN_PAGE)
            assert answer.status_code == 503, f"{page.method} {page.path}: {answer.status_code}"
            assert f"{module.descriptor.title.zh}暂停服务" in answer.text
    assert f"/services/{module.id}/" not in client.get("/", headers=HTML).text


def _browsers(city: City, module: InstalledModule) -> dict[str, FlaskClient]:
    """A browser of somebody for whom each kind of page is."""
    citizen = city.citizen().browser()
    return {"anyone": citizen, "citizen": citizen, "staff": city.operator(module.id).browser()}
