"""Who calls on pages of the console: a member of staff by a cookie, and only from our own pages.

The cookie holds the token of a session that no bearer route takes, as page routes take no bearer token. A
write needs the same two proofs as a citizen's (`web.boundary.page_callers`). What an open page fetches by
itself (htmx, GET) is no use of the session: whoever leaves the desk is signed out after 15 minutes.
"""

from __future__ import annotations

from typing import Final

from flask import Response, request

from citizen_app.clock import now
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.page_forms import is_form_token
from citizen_app.staff.permissions import OWN_ACCOUNT
from citizen_app.staff.sessions import SignedIn, staff_of_page
from citizen_app.web.boundary.audiences import ONLY_UNITS, SAFE_METHODS, Audience, Caller, recognised
from citizen_app.web.boundary.page_callers import (
    CONSOLE,
    FORM_FIELD,
    FORM_FROM_ELSEWHERE,
    HTMX,
    SignInFirst,
    refuse_other_sites,
)
from citizen_app.wire.problems import Problem

SIGN_IN: Final = f"{CONSOLE}/sign-in"


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and HTTPS (RFC 6265bis §4.1.3.2); plain http is loopback."""
    return "__Host-console" if request.is_secure else "console"


def keep_cookie(response: Response, opened: SignedIn) -> None:
    """Have the browser keep a session until it ends at the latest; a page elsewhere never sends it along."""
    response.set_cookie(
        cookie_name(),
        opened.token,
        max_age=int((opened.expires_at - now()).total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )


def drop_cookie(response: Response) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(cookie_name(), secure=request.is_secure, httponly=True, samesite="Strict")


def staff_of_cookie() -> StaffCaller | None:
    """Who is signed in in this browser; None for nobody, and when the session is over."""
    held = request.cookies.get(cookie_name())
    if not held:
        return None
    fetched_by_itself = HTMX in request.headers and request.method in SAFE_METHODS
    try:
        return staff_of_page(held, in_use=not fetched_by_itself)
    except Problem:
        return None


def _signed_in() -> StaffCaller:
    writes = request.method not in SAFE_METHODS
    if writes:
        refuse_other_sites()
    caller = staff_of_cookie()
    if caller is None or caller.session_id is None:
        raise SignInFirst(SIGN_IN)
    recognised(caller)
    if writes and not is_form_token(request.form.get(FORM_FIELD, ""), caller.session_id):
        raise Problem("cross-site", FORM_FROM_ELSEWHERE)
    return caller


def staff_on_pages(*, read: str, write: str) -> Audience:
    """Staff who are signed in in their browser and have a permission: `read` to see, `write` to change."""

    def authenticate() -> Caller:
        caller = _signed_in()
        caller.require(read if request.method in SAFE_METHODS else write)
        return caller

    return Audience("staff", authenticate, read=read, write=write)


def operators_on_pages(audience: Audience) -> Audience:
    """As an audience of `staff_of_service`, for operators who are signed in in their browser."""
    service, wanted = audience.service, audience.read
    if audience.kind != "staff" or service is None or wanted is None:
        raise TypeError("pages of operators are for staff_of_service(…)")

    def authenticate() -> Caller:
        caller = _signed_in()
        if caller.units_of(wanted, service) is not None and not audience.by_unit:
            raise Problem("not-permitted", ONLY_UNITS)
        return caller

    return Audience("staff", authenticate, service, wanted, wanted, by_unit=audience.by_unit)


ANY_STAFF: Final = staff_on_pages(read=OWN_ACCOUNT, write=OWN_ACCOUNT)
"""Everybody who is signed in to the console."""
