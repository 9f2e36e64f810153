"""Addresses of the pages; thin."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, g, jsonify, render_template, request, url_for

from citizen_app.registry.state import module_of
from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANYONE, page_blueprint
from citizen_app.web.boundary.page_callers import refuse_other_sites
from citizen_app.web.pages import language, session, shelf
from citizen_app.web.pages.facts import (
    code_kinds,
    demo_citizens,
    demo_kiosks,
    demo_pin,
    foreign_codes,
    service_of_page,
    whole_notice,
)
from citizen_app.web.pages.form_parts import form_parts, own_form_token
from citizen_app.web.pages.home import cards_shown, services_shown
from citizen_app.web.pages.manifest import icon_of
from citizen_app.web.pages.manifest import manifest as manifest_in
from citizen_app.web.pages.mine.acting import ward_here
from citizen_app.web.pages.said import FILTERS
from citizen_app.web.pages.self_service import served_here
from citizen_app.web.pages.sentences import knows, say, script_sentences
from citizen_app.web.pages.vendored import vendored
from citizen_app.wire.json_text import write_json

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
blueprint.add_app_template_global(served_here)
blueprint.add_app_template_global(ward_here)
for name, say_it in FILTERS.items():
    blueprint.add_app_template_filter(say_it, name)
blueprint.before_app_request(language.choose_language)
blueprint.after_app_request(language.finish_page)
blueprint.after_app_request(shelf.remember_visit)


@blueprint.app_context_processor
def words_of_the_page() -> dict[str, object]:
    """What the layout of every page needs."""
    settings = current_settings()
    chosen = language.language_in_use()
    return {
        "language": chosen,
        "size": language.page_size(),
        "look": language.page_look(),
        "city": settings.city.say(chosen),
        "city_mark": settings.city_zh[:1],
        "demo": settings.demo,
        "time_zone": settings.timezone.key,
    }


@blueprint.get("/")
def entry() -> str:
    """The home page: today's cards, and what the city's code is good for; `?q=` looks for it."""
    return render_template("pages/entry.html", **cards_shown(language.language_in_use()), **_services())


@blueprint.get("/parts/services")
def services_part() -> Response:
    """The list of the entry alone, for a page that is open: 204 while it has `?seen=` what there is."""
    found = _services()
    if request.args.get("seen") == found["seen"]:
        return Response(status=204)
    return Response(render_template("parts/services.html", is_part=True, **found))


@blueprint.get("/parts/cards")
def cards_part() -> Response:
    """Today's cards alone, for a page that is open: 204 while it has `?seen=` what there is."""
    found = cards_shown(language.language_in_use())
    if request.args.get("seen") == found["cards_seen"]:
        return Response(status=204)
    return Response(render_template("parts/cards.html", **found), headers={"Cache-Control": "no-store"})


@blueprint.post("/favourites")
def keep() -> Response:
    """Put a service on the shelf of this browser, or take it down: `service`, and `keep` yes or no."""
    refuse_other_sites()
    service = module_of(request.form.get("service", "")[:40])
    query = request.form.get("q", "")[:LONGEST_QUERY]
    back = f"/?{urlencode({'q': query})}" if query else "/"
    response = Response(status=303, headers={"Location": f"{back}#service-{service.id}"})
    shelf.keep(response, service.id, request.form.get("keep") == "yes")
    return response


def _services() -> dict[str, Any]:
    looked_for = request.args.get("q", "").strip()[:LONGEST_QUERY]
    return services_shown(language.language_in_use(), looked_for)


@blueprint.get("/code")
def code() -> Response:
    """The citizen's code page; everything personal is fetched by its script."""
    chosen = language.language_in_use()
    return _never_stored(
        render_template(
            "pages/code.html",
            demo_citizens=demo_citizens(chosen),
            kinds=code_kinds(chosen),
            has_session=session.has_session(),
        )
    )


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone that installs the pages is told."""
    answer = jsonify(manifest_in(language.language_in_use()))
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/notice")
def notice() -> str:
    """The city's privacy notice, whole, with what each service sees."""
    return render_template("pages/notice.html", **whole_notice(language.language_in_use()))


@blueprint.get("/left")
def left() -> str:
    """For whoever has just closed their account."""
    return render_template("pages/left.html")


@blueprint.get("/kiosk")
def kiosk() -> Response:
    """The kiosk page; the only one that may run WebAssembly, for the camera's reader."""
    g.csp_extra = {"script-src": "'wasm-unsafe-eval'"}
    chosen = language.language_in_use()
    shown = {"demo_kiosks": demo_kiosks(chosen), "demo_pin": demo_pin(), "foreign": foreign_codes(chosen)}
    return _never_stored(render_template("pages/kiosk.html", **shown))


@blueprint.get("/kiosk.webmanifest")
def kiosk_manifest() -> Response:
    """What makes the kiosk page installable (W3C Web App Manifest): a guard's phone opens it like an app,
    upright or not."""
    chosen = language.language_in_use()
    icons = [icon_of(f"kiosk-{size}.png", f"{size}x{size}") for size in (192, 512)]
    manifest = {
        "id": "/kiosk",
        "name": f"{say('kiosk.title')} · {say('page.title', city=current_settings().city.say(chosen))}",
        "short_name": say("kiosk.title"),
        "lang": "zh-CN" if chosen == "zh" else "en",
        "start_url": url_for("pages.kiosk"),
        "scope": url_for("pages.kiosk"),
        "display": "fullscreen",
        "display_override": ["fullscreen", "standalone"],
        "orientation": "any",
        "background_color": "#f2f4f4",
        "theme_color": "#0b5f6b",
        "icons": [{**icon, "purpose": purpose} for icon in icons for purpose in ("any", "maskable")],
    }
    return Response(write_json(manifest), mimetype="application/manifest+json")


@blueprint.get("/api/docs")
def api_docs() -> str:
    """The API document for people."""
    return render_template("pages/api_docs.html")


def _never_stored(page: str) -> Response:
    return Response(page, headers={"Cache-Control": "no-store"})
