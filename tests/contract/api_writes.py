"""Every write of the API, and why it may be sent again when its answer was lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from citizen_app.citizens.documents import document_index
from citizen_app.clock import now, rfc3339
from citizen_app.demo.people import CITIZENS, invented_number
from citizen_app.identity.documents import DocumentKind
from citizen_app.identity.importing import Listed, store_people
from citizen_app.ids import new_id
from citizen_app.sheets.report import Report
from citizen_app.storage.transactions import transaction
from tests.contract.api_city import LOOKS, Callers, in_a_month
from tests.contract.api_desk import (
    Sent,
    at_desk,
    claim,
    claims_of,
    correction,
    death,
    end_of_claim,
    freeze,
    list_of_claims,
    new_account,
    phone_confirmed,
    presence_confirmed,
    search,
    search_in_service,
)
from tests.integration.staff.people import hire

Kind = Literal["key", "id", "state", "once", "fresh"]
KINDS: Final[dict[Kind, str]] = {
    "key": "makes something new; an Idempotency-Key brings the first answer back",
    "id": "carries an id of its own; a repetition hears the stored answer",
    "state": "sets a state; a repetition finds it set",
    "once": "uses up what it is given; a repetition is refused and changes nothing",
    "fresh": "makes something short-lived on purpose, or notes a deed; nothing is lost or doubled when it happens again",
}


DELEGATIONS: Final = "/api/v1/me/delegations"


@dataclass(frozen=True)
class Write:
    """How a write may be repeated; `touches` are tables that a repetition may change all the same."""

    kind: Kind
    request: Callable[[Callers], Sent]
    touches: frozenset[str] = frozenset()
    again: int | None = None
    """The status of a repetition, where it differs."""


def as_(caller: str, path: str, json: Any = None) -> Callable[[Callers], Sent]:
    """A request by somebody; `{...}` in the path are things that exist."""

    def make(callers: Callers) -> Sent:
        address = callers.address(path, caller)
        assert address is not None
        return Sent(address, callers.headers(caller), json() if callable(json) else json)

    return make


def _otp(callers: Callers) -> Sent:
    asked = callers.app.test_client().post("/api/v1/auth/challenges", json={"phone": callers.citizen.phone})
    return Sent(
        "/api/v1/auth/tokens", json={"challenge_id": asked.get_json()["challenge_id"], "otp": "000000"}
    )


def _refresh_token(callers: Callers) -> Sent:
    sent = _otp(callers)
    tokens = callers.app.test_client().post(sent.path, json=sent.json).get_json()
    return Sent("/api/v1/auth/logout", json={"refresh_token": tokens["refresh_token"]})


def _reauthentication(callers: Callers) -> Sent:
    headers = callers.headers("citizen")
    return Sent("/api/v1/auth/reauthentication", headers, _otp(callers).json)


def _real_name(callers: Callers) -> Sent:
    """Of a demo citizen, whose name is proved already."""
    person = next(one for one in CITIZENS if one.phone == callers.citizen.phone)
    body = {"name": person.name, "id_number": person.document.number}
    return Sent("/api/v1/me/real-name", callers.headers("citizen"), body)


def _eid(callers: Callers) -> Sent:
    return Sent("/api/v1/me/eid", callers.headers("citizen"), {"token": "handed over by an app"})


def _notice(callers: Callers) -> Sent:
    headers = callers.headers("citizen")
    read = callers.app.test_client().get("/api/v1/privacy-notice").get_json()
    return Sent(f"{CONSENTS}/notice", headers, {"version": read["version"]})


def _child(callers: Callers) -> Sent:
    """Of a child whom the register knows."""
    number = invented_number(date(2018, 5, 20), 77)
    with callers.app.app_context(), transaction():
        index = document_index(DocumentKind.RESIDENT_ID, number)
        store_people([Listed(index, "张小宇", None)], Report())
    return Sent("/api/v1/me/wards", callers.headers("citizen"), {"name": "张小宇", "id_number": number})


def _invitation() -> dict[str, Any]:
    return {"role": "ward", "kind": "carer", "phone": f"139{secrets.randbelow(10**8):08}"}


def _delegation(operation: str, *, asked: bool) -> Callable[[Callers], Sent]:
    """On a delegation of the citizen's: in force, or one that waits for their answer."""

    def make(callers: Callers) -> Sent:
        headers, other = callers.headers("citizen"), callers.city.citizen()
        if asked:
            body = {"role": "ward", "kind": "carer", "phone": callers.citizen.phone}
            made = other.call("POST", DELEGATIONS, json=body).get_json()["id"]
        else:
            acting = callers.city.acting(callers.citizen, other).signed_in.acting
            made = acting.delegation_id if acting is not None else ""
        return Sent(f"{DELEGATIONS}/{made}{operation}", headers)

    return make


def _new_kiosk() -> dict[str, Any]:
    place = {"zh": "东门", "en": "East gate"}
    return {"name": "新设备", "service": "probe", "purposes": ["enter"], "place": place}


def _activation(callers: Callers) -> Sent:
    made = callers.app.test_client().post(
        "/api/v1/admin/kiosks", json=_new_kiosk(), headers=callers.headers("system_admin")
    )
    return Sent("/api/v1/kiosks/activate", json={"activation_code": made.get_json()["activation_code"]})


def _scan(callers: Callers) -> Sent:
    body = {"scan_id": new_id(), "purpose": "enter", "code": callers.citizen.code()}
    return Sent("/api/v1/scans", callers.headers("kiosk"), body)


def _batch(callers: Callers) -> Sent:
    scan = {**_scan(callers).json, "occurred_at": rfc3339(now())}
    return Sent("/api/v1/scans/batch", callers.headers("kiosk"), {"scans": [scan]})


def _answer(callers: Callers) -> Sent:
    headers, scan_id = callers.headers("kiosk"), new_id()
    asked = callers.kiosk.scan(callers.citizen.code(), "ask", scan_id=scan_id)
    assert asked.get_json()["decision"] == "needs_input"
    return Sent(f"/api/v1/scans/{scan_id}/answer", headers, {"last_four": "1234"})


def _staff_sign_in(callers: Callers) -> Sent:
    return Sent("/api/v1/staff/sessions", json=hire(callers.app, "once.only", "auditor").body())


def _look(callers: Callers) -> Sent:
    scanned = callers.city.kiosk("probe").scan(callers.citizen.code(), "enter").get_json()
    body = {"citizen_ref": scanned["citizen_ref"], "reason": "Complaint 2026-118"}
    return Sent(LOOKS, callers.headers("service_operator:probe"), body)


CONSENTS: Final = "/api/v1/me/consents"


PROBE: Final = "/api/v1/admin/services/probe"
FINDING: Final = "/api/v1/admin/citizens/{finding_id}"
KIOSK: Final = "/api/v1/admin/kiosks/{kiosk_id}"
MOVED: Final = {"name": "新名", "place": {"zh": "西门", "en": "West gate"}}


def _heartbeat() -> dict[str, Any]:
    return {"clock": rfc3339(now()), "app_version": "1.2.3"}


def _new_token() -> dict[str, Any]:
    return {"name": "third", "permissions": ["services.read"], "expires_at": in_a_month()}


WRITES: Final[dict[str, Write]] = {
    "POST /api/v1/auth/challenges": Write(
        "fresh",
        lambda callers: Sent("/api/v1/auth/challenges", json={"phone": "13912345678"}),
        frozenset({"otp_challenges", "outbox_messages", "otp_shares"}),
    ),
    "POST /api/v1/auth/tokens": Write("once", _otp, frozenset({"otp_challenges"}), again=401),
    "POST /api/v1/auth/logout": Write("state", _refresh_token),
    "POST /api/v1/auth/reauthentication": Write(
        "once", _reauthentication, frozenset({"otp_challenges"}), again=401
    ),
    "POST /api/v1/me/real-name": Write("state", _real_name),
    "POST /api/v1/me/eid": Write("state", _eid, frozenset({"identity_tries", "citizen_documents"})),
    "POST /api/v1/me/wards": Write("id", _child),
    "POST /api/v1/me/delegations": Write("key", as_("citizen", DELEGATIONS, _invitation)),
    "DELETE /api/v1/me/delegations/{delegation_id}": Write("once", _delegation("", asked=False), again=409),
    "POST /api/v1/me/delegations/{delegation_id}/acceptance": Write(
        "state", _delegation("/acceptance", asked=True)
    ),
    "POST /api/v1/me/delegations/{delegation_id}/token": Write(
        "fresh", _delegation("/token", asked=False), frozenset({"acting_sessions"})
    ),
    "POST /api/v1/me/usage/{event_id}/dispute": Write(
        "state", as_("citizen", "/api/v1/me/usage/{event_id}/dispute")
    ),
    "PUT /api/v1/me/consents/notice": Write("state", _notice),
    "DELETE /api/v1/me/consents/notice": Write("state", as_("citizen", f"{CONSENTS}/notice")),
    "PUT /api/v1/me/consents/{service}": Write(
        "state", as_("citizen", f"{CONSENTS}/probe", {"scopes": ["masked_name"]})
    ),
    "DELETE /api/v1/me/consents/{service}": Write("state", as_("citizen", f"{CONSENTS}/probe")),
    "POST /api/v1/kiosks/me/token": Write(
        "fresh", as_("kiosk", "/api/v1/kiosks/me/token"), frozenset({"kiosks"})
    ),
    "POST /api/v1/kiosks/me/heartbeat": Write(
        "state", as_("kiosk", "/api/v1/kiosks/me/heartbeat", _heartbeat)
    ),
    "POST /api/v1/kiosks/activate": Write("once", _activation, again=401),
    "POST /api/v1/scans": Write("id", _scan),
    "POST /api/v1/scans/batch": Write("id", _batch),
    "POST /api/v1/scans/{scan_id}/answer": Write("id", _answer),
    "POST /api/v1/staff/sessions": Write("once", _staff_sign_in, frozenset({"staff"}), again=401),
    "DELETE /api/v1/staff/sessions/current": Write(
        "once", as_("auditor", "/api/v1/staff/sessions/current"), again=401
    ),
    "POST /api/v1/staff/tokens": Write("key", as_("system_admin", "/api/v1/staff/tokens", _new_token)),
    "DELETE /api/v1/staff/tokens/{token_id}": Write(
        "once", as_("system_admin", "/api/v1/staff/tokens/{token_id}"), again=404
    ),
    "POST /api/v1/admin/services/{service}/enable": Write("state", as_("system_admin", f"{PROBE}/enable")),
    "POST /api/v1/admin/services/{service}/disable": Write("state", as_("system_admin", f"{PROBE}/disable")),
    "PUT /api/v1/admin/services/{service}/settings": Write(
        "state", as_("system_admin", f"{PROBE}/settings", {"greeting": "早"})
    ),
    "POST /api/v1/admin/services/{service}/usage/looks": Write("fresh", _look, frozenset({"usage_looks"})),
    "POST /api/v1/admin/citizens/search": Write(
        "fresh", search, frozenset({"desk_searches", "desk_findings", "usage_looks"})
    ),
    "POST /api/v1/admin/citizens": Write("state", new_account, frozenset({"desk_findings"}), again=200),
    f"POST {FINDING}/freeze": Write("state", freeze),
    f"POST {FINDING}/unfreeze": Write("state", at_desk("/unfreeze")),
    f"POST {FINDING}/presence": Write(
        "fresh",
        at_desk("/presence", {"method": "phone"}, present=False),
        frozenset({"desk_presences", "outbox_messages"}),
    ),
    f"POST {FINDING}/presence/confirmation": Write("once", presence_confirmed, again=409),
    f"DELETE {FINDING}/presence": Write("once", at_desk("/presence"), again=404),
    f"POST {FINDING}/acting": Write("fresh", at_desk("/acting", {})),
    f"POST {FINDING}/phone": Write(
        "fresh",
        at_desk("/phone", {"phone": "13912345678"}),
        frozenset({"desk_presences", "outbox_messages"}),
    ),
    f"POST {FINDING}/phone/confirmation": Write("once", phone_confirmed, again=409),
    f"POST {FINDING}/death": Write("state", death),
    f"POST {FINDING}/death/correction": Write("state", correction),
    "POST /api/v1/admin/services/{service}/citizens/search": Write(
        "fresh", search_in_service, frozenset({"desk_searches", "usage_looks"})
    ),
    "POST /api/v1/admin/claims": Write("key", claim),
    "POST /api/v1/admin/claims/search": Write("fresh", claims_of),
    "POST /api/v1/admin/claims/{claim_id}/end": Write("state", end_of_claim),
    "POST /api/v1/admin/claims/import": Write("state", list_of_claims),
    "POST /api/v1/admin/kiosks": Write("key", as_("system_admin", "/api/v1/admin/kiosks", _new_kiosk)),
    "PATCH /api/v1/admin/kiosks/{kiosk_id}": Write("state", as_("system_admin", KIOSK, MOVED)),
    "POST /api/v1/admin/kiosks/{kiosk_id}/activation-code": Write(
        "fresh", as_("system_admin", f"{KIOSK}/activation-code"), frozenset({"kiosks"})
    ),
    "POST /api/v1/admin/kiosks/{kiosk_id}/revoke": Write("state", as_("system_admin", f"{KIOSK}/revoke")),
    "POST /api/v1/admin/issuer-keys/rotate": Write(
        "key", as_("security_admin", "/api/v1/admin/issuer-keys/rotate", {})
    ),
    "POST /api/v1/admin/issuer-keys/{kid}/disable": Write(
        "state", as_("security_admin", "/api/v1/admin/issuer-keys/{kid}/disable")
    ),
}
"""The writes of the core, each with a request that works."""
