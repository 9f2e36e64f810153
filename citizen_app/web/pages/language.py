"""In which language and size a page speaks: the address says it once, a cookie remembers it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Response, g, request

from citizen_app.text import Language
from citizen_app.wire.language import caller_language

CHOSEN_BY_ADDRESS: Final = ("lang", "elder", "look")
"""Parameters that any page takes."""
YEAR: Final = 365 * 24 * 3600
LANGUAGE_COOKIE: Final = "lang"
SIZE_COOKIE: Final = "elder"
SIZES: Final = ("standard", "large", "largest")
"""Text sizes: 17 px, ×1.3 (main text ≥ 18 dp), ×1.8 (some setting must reach 30 dp), after the ministry's
elder-friendly design rules."""
LOOK_COOKIE: Final = "look"
LOOKS: Final = ("system", "light", "dark")


def page_language() -> Language:
    """`?lang=`, else the cookie, else `Accept-Language`, else Chinese."""
    for wish in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish == "zh":
            return "zh"
        if wish == "en":
            return "en"
    return caller_language()


def page_size() -> str:
    """`?elder=`, else the cookie, else standard."""
    for wish in (request.args.get("elder"), request.cookies.get(SIZE_COOKIE)):
        if wish in SIZES:
            return wish
    return SIZES[0]


def page_look() -> str:
    """`?look=`, else the cookie, else as the device has it."""
    for wish in (request.args.get("look"), request.cookies.get(LOOK_COOKIE)):
        if wish in LOOKS:
            return wish
    return LOOKS[0]


def here(**changes: str | None) -> str:
    """The address of this page with some parameters changed; None leaves one out. What was just done is not
    said again."""
    kept = {name: value for name, value in request.args.items() if name not in (*CHOSEN_BY_ADDRESS, "done")}
    wanted = {name: value for name, value in {**kept, **changes}.items() if value is not None}
    return f"{request.path}?{urlencode(wanted)}" if wanted else request.path


def finish_page(response: Response) -> Response:
    """What every page carries: the choices of its address are kept in cookies, which say nothing about a
    person, and forms say where they come from (`no-referrer` would make their Origin `null`)."""
    if response.mimetype != "text/html":
        return response
    response.headers["Referrer-Policy"] = "same-origin"
    for cookie, chosen, choices in (
        (LANGUAGE_COOKIE, request.args.get("lang"), ("zh", "en")),
        (SIZE_COOKIE, request.args.get("elder"), SIZES),
        (LOOK_COOKIE, request.args.get("look"), LOOKS),
    ):
        if chosen is not None and chosen in choices:
            response.set_cookie(
                cookie, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True
            )
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def choose_language() -> None:
    """Settle the language before anything can fail, so that an error page speaks it too; programs are asked
    by header."""
    if not request.path.startswith("/api/v1/"):
        g.language = page_language()


def language_in_use() -> Language:
    """The language of the page being made."""
    language: Language = g.get("language") or page_language()
    return language
