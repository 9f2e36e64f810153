"""Addresses of the pages; thin."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, g, render_template, request

from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANYONE, page_blueprint
from citizen_app.web.pages import language, session
from citizen_app.web.pages.facts import (
    demo_citizens,
    demo_kiosks,
    listed_services,
    seen_services,
    service_of_page,
    whole_notice,
)
from citizen_app.web.pages.form_parts import form_parts, own_form_token
from citizen_app.web.pages.said import FILTERS
from citizen_app.web.pages.sentences import knows, say, script_sentences
from citizen_app.web.pages.vendored import vendored

LONGEST_QUERY: Final = 100
"""Characters looked for; the API takes no more either."""

blueprint = page_blueprint("pages", ANYONE)
blueprint.add_app_template_global(vendored)
blueprint.add_app_template_global(script_sentences)
blueprint.add_app_template_global(say, "t")
blueprint.add_app_template_global(knows, "knows_sentence")
blueprint.add_app_template_global(language.here)
blueprint.add_app_template_global(form_parts)
blueprint.add_app_template_global(own_form_token)
blueprint.add_app_template_global(service_of_page)
for name, say_it in FILTERS.items():
    blueprint.add_app_template_filter(say_it, name)
blueprint.before_app_request(language.choose_language)
blueprint.after_app_request(language.finish_page)


@blueprint.app_context_processor
def words_of_the_page() -> dict[str, object]:
    """What the layout of every page needs."""
    settings = current_settings()
    chosen = language.language_in_use()
    return {
        "language": chosen,
        "size": language.page_size(),
        "city": settings.city.say(chosen),
        "city_mark": settings.city_zh[:1],
        "demo": settings.demo,
        "time_zone": settings.timezone.key,
    }


@blueprint.get("/")
def entry() -> str:
    """The one-stop entry: what the city's code is good for; `?q=` looks for services in it."""
    return render_template("pages/entry.html", **_services())


@blueprint.get("/parts/services")
def services_part() -> Response:
    """The list of the entry alone, for a page that is open: 204 while it has `?seen=` what there is."""
    found = _services()
    if request.args.get("seen") == found["seen"]:
        return Response(status=204)
    return Response(render_template("parts/services.html", is_part=True, **found))


def _services() -> dict[str, Any]:
    looked_for = request.args.get("q", "").strip()[:LONGEST_QUERY]
    services = listed_services(language.language_in_use(), looked_for)
    return {"services": services, "looked_for": looked_for, "seen": seen_services(services, looked_for)}


@blueprint.get("/code")
def code() -> Response:
    """The citizen's code page; everything personal is fetched by its script."""
    people = demo_citizens(language.language_in_use())
    return _never_stored(
        render_template("pages/code.html", demo_citizens=people, has_session=session.has_session())
    )


@blueprint.get("/notice")
def notice() -> str:
    """The city's privacy notice, whole, with what each service sees."""
    return render_template("pages/notice.html", **whole_notice(language.language_in_use()))


@blueprint.get("/kiosk")
def kiosk() -> Response:
    """The kiosk page; the only one that may run WebAssembly, for the camera's reader."""
    g.csp_extra = {"script-src": "'wasm-unsafe-eval'"}
    kiosks = demo_kiosks(language.language_in_use())
    return _never_stored(render_template("pages/kiosk.html", demo_kiosks=kiosks))


@blueprint.get("/api/docs")
def api_docs() -> str:
    """The API document for people."""
    return render_template("pages/api_docs.html")


def _never_stored(page: str) -> Response:
    return Response(page, headers={"Cache-Control": "no-store"})
