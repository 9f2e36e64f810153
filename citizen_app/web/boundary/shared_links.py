"""Links that people pass on: signed, so that whoever knows or guesses ids cannot make one."""

from __future__ import annotations

from flask import url_for
from itsdangerous import BadData

from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.wire.problems import Problem


def public_address(endpoint: str, **values: str) -> str:
    """A page's address as others reach it, from `CITIZEN_PUBLIC_URL` and never from the Host header."""
    return f"{current_settings().public_url}{url_for(endpoint, _external=False, **values)}"


def shared_link(service: str, endpoint: str, kind: str, thing_id: str) -> str:
    """The address of the page `endpoint`, with the thing of a kind as its `token`: the same each time."""
    signed = current_vault().lasting_signer(_salt(service, kind)).dumps(thing_id)
    return public_address(endpoint, token=str(signed))


def thing_of_link(service: str, kind: str, token: str) -> str:
    """The id that a link names. Raises a 404 for what this city has not signed for that kind of thing."""
    try:
        thing_id = current_vault().lasting_signer(_salt(service, kind)).loads(token)
    except BadData as strange:
        raise Problem("not-found") from strange
    if not isinstance(thing_id, str):
        raise Problem("not-found")
    return thing_id


def _salt(service: str, kind: str) -> str:
    return f"link.{service}.{kind}"
