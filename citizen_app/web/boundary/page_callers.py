"""Who calls on pages: a citizen by the cookie that names their session, and only from our own pages.

Bearer routes never read a cookie and page routes never read a bearer token: a page is what a browser asks for
by itself, with cookies that other sites can make it send. So a write needs two proofs that it comes from one
of our pages: what the browser says of the origin (`Sec-Fetch-Site`, or `Origin` in browsers without it), and
a token that only our pages carry (ADR 0038).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import Response, request
from werkzeug.exceptions import HTTPException

from citizen_app.citizens.page_sessions import citizen_of_page, form_token, is_form_token
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.delegations.acting import acting_by
from citizen_app.flask_globals import request_globals
from citizen_app.text import Text
from citizen_app.web.boundary.acting import ONESELF
from citizen_app.web.boundary.audiences import SAFE_METHODS, Audience, Caller
from citizen_app.wire.problems import Problem

FORM_FIELD: Final = "csrf_token"
"""The hidden field of every form on a citizen's page."""
HTMX: Final = "HX-Request"
SIGN_IN: Final = "/sign-in"
CONFIRM: Final = "/mine/confirm"
CONSOLE: Final = "/console"
HOME: Final = "/"
FORM_FROM_ELSEWHERE: Final = Text(
    "这张表单不是从您现在登录的页面发出的。请打开页面再填一次。",
    "This form does not come from the session you are signed in with. Open the page and fill it in again.",
)


class SignInFirst(HTTPException):
    """Leads to the sign-in page, and from there back to the page asked for (RFC 9110 §15.4.4)."""

    code = 303

    def __init__(self, page: str = SIGN_IN) -> None:
        super().__init__(response=_to(page))


class ConfirmFirst(SignInFirst):
    """Leads to a code on one's own phone, where a page of a service asks for a fresh proof, and back."""

    def __init__(self) -> None:
        super().__init__(CONFIRM)


def _to(page: str) -> Response:
    """A redirect; to htmx, which would follow it inside of the page, an order to leave the page."""
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else request.path
    address = f"{page}?{urlencode({'next': back})}"
    if HTMX in request.headers:
        return Response(status=204, headers={"HX-Redirect": address, "Cache-Control": "no-store"})
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def page_cookie() -> str:
    """`__Host-` binds the cookie to this host and HTTPS (RFC 6265bis §4.1.3.2); plain http is the demo on
    loopback."""
    return "__Host-citizen-page" if request.is_secure else "citizen-page"


def refuse_other_sites() -> None:
    """Refuse a request that another site's page sent: `Sec-Fetch-Site` where the browser sends it, else
    `Origin`."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        same = site == "same-origin"
    else:
        same = request.headers.get("Origin") == f"{request.scheme}://{request.host}"
    if not same:
        raise Problem("cross-site")


def citizen_of_cookie() -> SignedInCitizen | None:
    """Who is signed in in this browser; None for nobody. Asks the database."""
    held = request.cookies.get(page_cookie())
    return citizen_of_page(held) if held else None


def new_form_token(citizen: SignedInCitizen) -> str:
    """The value of `csrf_token` for a form of this citizen's session."""
    return form_token(citizen.session_id)


def local_address(wanted: str | None, otherwise: str = HOME) -> str:
    """An address of this site to go on to; `otherwise` for any other site's, however it is written."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return otherwise
    if any(ord(letter) <= 32 or letter == "\\" for letter in wanted):
        return otherwise
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else wanted


def _citizen() -> Caller:
    writes = request.method not in SAFE_METHODS
    if writes:
        refuse_other_sites()
    citizen = citizen_of_cookie()
    if citizen is None:
        raise SignInFirst
    if writes and not is_form_token(request.form.get(FORM_FIELD, ""), citizen.session_id):
        raise Problem("cross-site", FORM_FROM_ELSEWHERE)
    return citizen


def _agent() -> Caller:
    """The ward whom the address names, with the citizen who is signed in as who acts (ADR 0057)."""
    caller = _citizen()
    assert isinstance(caller, SignedInCitizen)
    if caller.acting is not None:
        raise Problem("not-permitted", ONESELF)  # a clerk serves one person, not that one's family
    delegation_id: str = request_globals().ward_of
    return acting_by(caller, delegation_id)


CITIZEN_ON_PAGES: Final = Audience("citizen", _citizen)
"""Citizens who are signed in in their browser."""
AGENT_ON_PAGES: Final = Audience("citizen", _agent)
"""Citizens who act for the ward of the delegation that the address names (`web.pages.mine.door`)."""
