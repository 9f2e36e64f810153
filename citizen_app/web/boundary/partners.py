"""Routes of a service for partners: systems that call with a key of their own, for one unit of the service
and within named scopes."""

from __future__ import annotations

from typing import Final

from flask import request

from citizen_app.extensions import address_key, limiter
from citizen_app.flask_globals import request_globals
from citizen_app.limits import OPEN_TO_ANYONE
from citizen_app.partners.operations import note_use
from citizen_app.partners.queries import Admission, Partner, partner_of_key
from citizen_app.registry.modules import current_registry
from citizen_app.secrecy.bearers import is_ours
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import SAFE_METHODS, Audience, bearer_token, recognised
from citizen_app.wire.problems import Problem

OF_PARTNERS: Final = "partners"
"""The name under which all calls of a partner are counted together."""
KEY_IS_OVER: Final = Text(
    "这个系统密钥无效、已过期、已更换或已吊销。请向签发密钥的城市管理员索取新的密钥。",
    "This key of a system is invalid, has ended, or was replaced or revoked. Ask the city's administrator for a new one.",
)
LACKS: Final = Text(
    "这个系统密钥缺少权限范围“{scope}”（{what}），请向签发密钥的城市管理员申请。",
    "This key of a system lacks the scope {scope} ({what}); ask the city's administrator who issued it.",
)


def partner_of_service(service: str, *, read: str, write: str | None = None, open: bool = False) -> Audience:
    """Partners of one service: with the scope `read` for safe methods, with `write` for the others; a
    partner of another service finds nothing here. Without `write` nobody may write.

    With `open` anyone may read, without a header within the limit for strangers. A header must still be a
    valid key; it is asked for no scope to read, because it would otherwise be told less than a stranger:
    `calling_partner_or_none` is who calls.
    """

    def authenticate() -> Partner | None:
        reads = request.method in SAFE_METHODS
        if open and reads and "Authorization" not in request.headers:
            limiter.check(OPEN_TO_ANYONE, address_key())
            return None
        admission = _admitted(bearer_token())
        partner = recognised(admission.partner)
        if partner.service != service:
            raise Problem("not-found")
        limiter.check(f"{admission.per_minute}/minute", partner.limit_key, name=OF_PARTNERS)
        wanted = read if reads else write
        if wanted is None:
            raise Problem("not-permitted")
        if not partner.may(wanted) and not (open and reads):
            raise lacking(service, wanted)
        note_use(admission)
        return partner

    return Audience("partner", authenticate, service, read, write, open=open)


def calling_partner() -> Partner:
    """The partner who calls, in a route for partners."""
    caller = request_globals().caller
    assert isinstance(caller, Partner)
    return caller


def calling_partner_or_none() -> Partner | None:
    """The partner who calls, in a route that is open; None for anyone else."""
    caller = request_globals().caller
    return caller if isinstance(caller, Partner) else None


def lacking(service: str, scope: str) -> Problem:
    """The 403 for a missing scope, which it names."""
    module = current_registry().get(service)
    declared = module.descriptor.partner_scopes if module is not None else {}
    return Problem("not-permitted", LACKS.fill(scope=scope, what=declared.get(scope, Text(scope, scope))))


def _admitted(key: str) -> Admission:
    admission = partner_of_key(key)
    if admission is None:
        words = KEY_IS_OVER if is_ours("partner", key) else None
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise Problem("sign-in-required", words, headers=challenge)
    return admission
