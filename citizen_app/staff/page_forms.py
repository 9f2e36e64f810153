"""The token that forms of the console carry (CSRF): it names the session and lasts as long, and differs each
time, so that a compressed page gives nothing away (BREACH)."""

from __future__ import annotations

from typing import Final

from itsdangerous import BadData

from citizen_app.secrecy.vault import current_vault

FORM_SALT: Final = "console-form.1"


def form_token(session_id: str) -> str:
    """What a form of this session's pages carries."""
    signed = current_vault().signer(FORM_SALT).dumps([session_id])
    return signed if isinstance(signed, str) else signed.decode()


def is_form_token(token: str, session_id: str) -> bool:
    """Whether a form comes from a page of this session."""
    try:
        stated = current_vault().signer(FORM_SALT).loads(token)
    except (BadData, UnicodeError, ValueError):
        return False
    return bool(stated == [session_id])
