"""Every write of the API, and why it may be sent again when its answer was lost."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from citizen_app.citizens.documents import document_index
from citizen_app.demo.people import CITIZENS, invented_number
from citizen_app.identity.documents import DocumentKind
from citizen_app.identity.importing import Listed, store_people
from citizen_app.sheets.report import Report
from citizen_app.storage.transactions import transaction
from tests.contract.api_city import LOOKS, Callers, in_a_month
from tests.contract.api_desk import (
    Sent,
    at_desk,
    claim,
    claims_of,
    claims_task,
    claims_task_over,
    correction,
    death,
    end_of_claim,
    freeze,
    list_of_claims,
    new_account,
    phone_confirmed,
    presence_confirmed,
    reseal_task,
    reseal_task_over,
    search,
    search_in_service,
    waiting_approval,
    waiting_task,
)
from tests.contract.api_family import DELEGATIONS, delegation, invitation, sign_in_elsewhere
from tests.contract.api_kiosk_writes import (
    PIN,
    answer,
    batch,
    heartbeat,
    pin_tried,
    scan,
    searched,
)
from tests.contract.api_notices import EMAILS, NOTICES
from tests.contract.api_office import OFFICE_WRITES
from tests.contract.api_partners import PARTNER_WRITES
from tests.contract.api_places import PLACE_WRITES, activation, new_kiosk
from tests.contract.api_purse import PURSE_WRITES
from tests.contract.api_repeating import Write, as_
from tests.contract.api_rights import RIGHTS_WRITES
from tests.contract.api_webhooks import WEBHOOKS
from tests.integration.staff.people import hire


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
    "POST /api/v1/me/delegations": Write("key", as_("citizen", DELEGATIONS, invitation)),
    "DELETE /api/v1/me/delegations/{delegation_id}": Write("once", delegation("", asked=False), again=409),
    "POST /api/v1/me/delegations/{delegation_id}/acceptance": Write(
        "state", delegation("/acceptance", asked=True)
    ),
    "POST /api/v1/me/delegations/{delegation_id}/token": Write(
        "fresh", delegation("/token", asked=False), frozenset({"acting_sessions"})
    ),
    "DELETE /api/v1/me/sessions": Write("state", as_("citizen", "/api/v1/me/sessions")),
    "DELETE /api/v1/me/sessions/{session_id}": Write("once", sign_in_elsewhere, again=404),
    "POST /api/v1/me/usage/{event_id}/dispute": Write(
        "state", as_("citizen", "/api/v1/me/usage/{event_id}/dispute")
    ),
    **{label: Write("state", request) for label, request in NOTICES.items()},
    **EMAILS,
    **WEBHOOKS,
    **PARTNER_WRITES,
    **PURSE_WRITES,
    **OFFICE_WRITES,
    **RIGHTS_WRITES,
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
        "state", as_("kiosk", "/api/v1/kiosks/me/heartbeat", heartbeat)
    ),
    "POST /api/v1/kiosks/me/pin": Write("fresh", pin_tried),
    "POST /api/v1/kiosks/me/search": Write("fresh", searched, frozenset({"usage_looks"})),
    "POST /api/v1/kiosks/activate": Write("once", activation, again=401),
    "POST /api/v1/scans": Write("id", scan),
    "POST /api/v1/scans/batch": Write("id", batch),
    "POST /api/v1/scans/{scan_id}/answer": Write("id", answer),
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
    "POST /api/v1/admin/kiosks": Write("key", as_("system_admin", "/api/v1/admin/kiosks", new_kiosk)),
    "PATCH /api/v1/admin/kiosks/{kiosk_id}": Write("state", as_("system_admin", KIOSK, MOVED)),
    "POST /api/v1/admin/kiosks/{kiosk_id}/activation-code": Write(
        "fresh", as_("system_admin", f"{KIOSK}/activation-code"), frozenset({"kiosks"})
    ),
    "POST /api/v1/admin/kiosks/{kiosk_id}/activation-link": Write(
        "fresh", as_("system_admin", f"{KIOSK}/activation-link"), frozenset({"kiosks"})
    ),
    "POST /api/v1/admin/kiosks/{kiosk_id}/pin": Write(
        "fresh", as_("system_admin", f"{KIOSK}/pin", PIN), frozenset({"kiosk_pins"})
    ),
    "POST /api/v1/admin/kiosks/{kiosk_id}/revoke": Write("state", as_("system_admin", f"{KIOSK}/revoke")),
    "POST /api/v1/admin/tasks/{run_id}/cancel": Write("once", waiting_task, again=409),
    "POST /api/v1/admin/tasks/claims_import": Write("id", claims_task),
    "POST /api/v1/admin/tasks/claims_import/{run_id}/cancel": Write("once", claims_task_over, again=409),
    "POST /api/v1/admin/tasks/reseal": Write("id", reseal_task),
    "POST /api/v1/admin/tasks/reseal/{run_id}/cancel": Write("once", reseal_task_over, again=409),
    **{label: Write(kind, make) for label, (kind, make) in PLACE_WRITES.items()},
    "POST /api/v1/admin/issuer-keys/rotate": Write(
        "key", as_("security_admin", "/api/v1/admin/issuer-keys/rotate", {})
    ),
    "POST /api/v1/admin/issuer-keys/{kid}/enable": Write(
        "state", as_("security_admin", "/api/v1/admin/issuer-keys/{kid}/enable")
    ),
    "POST /api/v1/admin/usage/exports": Write(
        "key",
        as_(
            "auditor",
            "/api/v1/admin/usage/exports",
            {"from": "2026-01-01", "to": "2026-01-31", "format": "csv"},
        ),
    ),
    "POST /api/v1/admin/approvals/{approval_id}/approve": Write(
        "once", waiting_approval("approve"), again=409
    ),
    "POST /api/v1/admin/approvals/{approval_id}/refuse": Write("once", waiting_approval("refuse"), again=409),
    "POST /api/v1/admin/issuer-keys/{kid}/disable": Write(
        "state", as_("security_admin", "/api/v1/admin/issuer-keys/{kid}/disable")
    ),
}
"""The writes of the core, each with a request that works."""
