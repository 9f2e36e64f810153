"""Walks through the API: whatever an answer names, later requests are about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from random import Random
from typing import Any, Final

import schemathesis

from citizen_app import clock
from citizen_app.demo.people import CITIZENS, invented_number
from citizen_app.ids import new_id
from tests.contract.api_answers import FINDING, NAMED
from tests.contract.api_cases import cases
from tests.contract.api_city import STAFF, Callers, callers_of, in_a_month
from tests.contract.api_fields import operations
from tests.contract.api_hospital_walk import HOSPITAL_SENSE, KNOWN, hospital_to_walk_in
from tests.contract.api_meaning import means_nothing
from tests.contract.api_partners import WANTED
from tests.contract.api_things import PASS, Headers, Town, compound, in_hours, signed_in

Ids = dict[str, str]
OWN_PLACE: Final = 0.6
"""How often a request is about the place where something happens already."""
DAYS: Final = ("from", "to", "first", "last")
SAID: Final = ("challenge_id", "refresh_token", "activation_code")
"""Members of answers that later bodies repeat."""


class Walk:
    """One way through the operations; `statuses` counts what each has answered."""

    def __init__(self, callers: Callers, town: Town, schema: Any, seed: int, bodies: int) -> None:
        self.callers, self.town, self.schema, self.bodies = callers, town, schema, bodies
        self.random = Random(seed)
        self.labels = operations(schema.raw_schema)
        self.asked: Counter[str] = Counter()
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.said = {"phone": callers.citizen.phone}
        self.visitor = callers.citizen
        manager, self.place = compound(town)
        self.hospital = hospital_to_walk_in(town)
        self.things: dict[str, list[Ids]] = defaultdict(list)
        self.things[f"{PASS}/operator/gates/{{gate_id}}/kiosks/{{kiosk_id}}"].append(self.place)
        for address in KNOWN:
            self.things[address].append(self.hospital)
        kiosk = {"Authorization": f"Bearer {town.city.kiosk('probe').token}"}
        self._headers: dict[str, Headers] = {"kiosk": kiosk, PASS: signed_in(manager)}

    def go(self, steps: int) -> None:
        """So many requests: each of an operation whose things are known, one of those that were asked
        least."""
        for _ in range(steps):
            able = [label for label in self.labels if self._known(label) is not None]
            least = min(self.asked[label] for label in able)
            label = self.random.choice([label for label in able if self.asked[label] == least])
            self.asked[label] += 1
            ids = self._known(label) or {}
            self._send(label, self._case(label, ids), ids)

    def _case(self, label: str, ids: Ids) -> schemathesis.Case:
        made = self.random.choice(cases(self.schema, label, self.bodies))
        today = clock.now().date().isoformat()
        method, _, path = label.partition(" ")
        case: schemathesis.Case = self.schema[path][method.lower()].Case(
            path_parameters={name: ids[name] for name in re.findall(r"{(\w+)}", label)},
            query={
                name: today if name in DAYS else value
                for name, value in made.query.items()
                if name not in ("cursor", "confirm")  # nobody closes the account of the walk
            },
            body=made.body,
            media_type=made.media_type,
        )
        make_sense(self, label, case)
        return case

    def _send(self, label: str, case: schemathesis.Case, ids: Ids) -> None:
        method, _, path = label.partition(" ")
        caller = self.random.choice(callers_of(self.callers.audiences[method, path], method))
        if path.startswith("/api/v1/admin/citizens"):
            caller = "desk_clerk"  # whom one clerk has found, another has not
        headers = self._headers_of(PASS if caller == "citizen" and path.startswith(PASS) else caller)
        answer = case.call(headers=headers)
        case.validate_response(answer, headers=headers)
        assert answer.status_code not in (400, 415, 422) or means_nothing(label, answer), (label, answer.text)
        self.statuses[label][answer.status_code] += 1
        if answer.status_code in (200, 201, 202) and "json" in answer.headers["content-type"][0]:
            self._remember(path, ids, answer.json())
        again = (
            "/api/v1/me/consents",
            "/api/v1/me/sessions",
            "/api/v1/me/notices/email",
            "/api/v1/services/bus/saved-stops",
        )
        taken_back = path.startswith(again)  # once more changes nothing
        if method == "DELETE" and answer.status_code == 204 and not taken_back:
            assert case.call(headers=headers).status_code in (401, 404, 409), label
        self._mend(caller, label)

    def _mend(self, caller: str, label: str) -> None:
        """Whoever ended their own session signs in again; a service that was switched off is switched on."""
        if label in ("DELETE /api/v1/staff/sessions/current", "DELETE /api/v1/me/sessions/{session_id}"):
            self._headers.pop(caller, None)
            self.callers.after(caller, "DELETE", 204)
        if label == "POST /api/v1/admin/services/{service}/disable":
            self.callers.after("system_admin", "POST", 200)

    def _headers_of(self, caller: str) -> Headers:
        if caller in STAFF:
            if caller not in self._headers:
                self._headers[caller] = self.town.hired(caller)
            return self._headers[caller]
        return self._headers.get(caller) or self.callers.headers(caller)

    def _known(self, label: str) -> Ids | None:
        """The ids of something that the address can name: of one's own place, or heard of lately; None when
        nothing is known."""
        named = label.partition(" ")[2]
        if "{" not in named:
            return {}
        known = self.things[named[: named.rindex("}") + 1]]
        own = {("place_id", self.place["place_id"]), ("hospital_id", self.hospital["hospital_id"])}
        mine = [ids for ids in known if own & ids.items()]
        chosen = mine if mine and self.random.random() < OWN_PLACE else known
        return self.random.choice(chosen[-2:]) if chosen else None

    @property
    def found(self) -> str:
        """Somebody whom the clerk has found."""
        return next((ids["finding_id"] for ids in self.things[FINDING][-1:]), new_id())

    def _remember(self, path: str, ids: Ids, answer: Any) -> None:
        if path == "/api/v1/kiosks/me/token":
            self._headers["kiosk"] = {"Authorization": f"Bearer {answer['token']}"}
        self.said |= {name: answer[name] for name in SAID if name in answer}
        for address, member in named_by(path, self.labels):
            *above, parameter = re.findall(r"{(\w+)}", address)
            heard = answer.get("items", [answer.get("kiosk") or answer.get("details") or answer])
            for thing in reversed(heard[:5]):  # lists begin with what is newest
                if member in thing:
                    self.things[address].append(
                        {**{name: ids[name] for name in above}, parameter: str(thing[member])}
                    )


def named_by(path: str, labels: list[str]) -> Iterator[tuple[str, str]]:
    """The addresses of what an answer from this path names, each with the member that names it."""
    if path in NAMED:
        yield NAMED[path]
    below = {re.match(re.escape(path) + r"/{\w+}", label.partition(" ")[2]) for label in labels}
    for found in sorted({match[0] for match in below if match}):
        if found not in {address for address, _ in NAMED.values()}:
            yield found, "id"


def _new_kiosk(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "service": "probe", "purposes": ["enter"], "context": {}}


def _renamed_kiosk(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    return {"name": "新名", **{name: body[name] for name in ("name", "place") if name in body}}


def _said(walk: Walk, name: str) -> dict[str, str]:
    return {name: walk.said.get(name, "unknown")}


def _place_scan(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    poster = walk.random.choice(walk.callers.posters)
    return {"scan_id": body["scan_id"], "place_code": poster.token}


def _scan(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "scan_id": new_id(),
        "code": walk.town.city.citizen().code(),
        "purpose": walk.random.choice(("ask", "enter")),
    }


def _guest(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    window = {"invitation_id": new_id(), "starts_at": in_hours(-1), "ends_at": in_hours(1)}
    return {**_by_phone(body), **window, "phone": "13912345678", "place_id": walk.place["place_id"]}


def _member(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    phone = f"139{walk.random.randrange(10**8):08}"
    return {**_by_phone(body), "phone": phone, "valid_from": None, "valid_until": None}


def _by_phone(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("id_number", "document_kind")}


def _key(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    """Somebody new: at a desk they may be declared dead, and the citizen of the walk has more to do."""
    walk.visitor = walk.town.city.citizen()
    return {"phone": walk.visitor.phone, "reason": "Call 2026-118"}


def _at_the_counter(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    """Another phone, or whoever was found last, as they show their code."""
    if "phone" in body:
        return {"phone": "13912345678"}
    return {"method": "code", "code": walk.visitor.code()}


OTP: Final = {"otp": "000000"}
PROVED: Final = {"name": CITIZENS[0].name, "id_number": CITIZENS[0].document.number}
SENSE: Final[Mapping[str, Callable[[Walk, dict[str, Any]], dict[str, Any]]]] = {
    **HOSPITAL_SENSE,
    r"POST /api/v1/admin/partners": lambda walk, body: WANTED,
    r"PATCH /api/v1/admin/partners/\{partner_id\}": lambda walk, body: {"name": "新系统"},
    r"POST /api/v1/auth/challenges": lambda walk, body: {"phone": walk.said["phone"]},
    r"POST /api/v1/auth/(tokens|reauthentication)": lambda walk, body: {**_said(walk, "challenge_id"), **OTP},
    r"POST /api/v1/me/real-name": lambda walk, body: PROVED,
    r"POST /api/v1/admin/citizens/search": _key,
    r"POST /api/v1/admin/citizens": lambda walk, body: {
        "name": "钱一",
        "id_number": invented_number(date(1950, 1, 1), walk.random.randrange(1000)),
        "document_seen": True,
        "reason": "Call 2026-118",
    },
    r"POST /api/v1/admin/citizens/\{finding_id\}/(presence|phone)": _at_the_counter,
    r"POST /api/v1/admin/citizens/\{finding_id\}/(presence|phone)/confirmation": lambda walk, body: OTP,
    r"POST /api/v1/admin/citizens/\{finding_id\}/acting": lambda walk, body: {"services": ["pass"]},
    r"POST /api/v1/me/delegations": lambda walk, body: {
        "role": "ward",
        "kind": "carer",
        "phone": f"139{walk.random.randrange(10**8):08}",
    },
    r"POST /api/v1/me/wards": lambda walk, body: {
        "name": "张小宇",
        "id_number": invented_number(date(2018, 5, 20), walk.random.randrange(1000)),
    },
    r"POST /api/v1/admin/claims": lambda walk, body: {
        "finding_id": walk.found,
        "type": walk.random.choice(("resident", "veteran")),
        "evidence": "户口本",
        "reason": "Call 2026-118",
    },
    r"POST /api/v1/admin/claims/search": lambda walk, body: {
        **body,
        "finding_id": walk.found,
        "cursor": None,
    },
    r"POST /api/v1/auth/logout": lambda walk, body: _said(walk, "refresh_token"),
    r"POST /api/v1/kiosks/activate": lambda walk, body: _said(walk, "activation_code"),
    r"POST /api/v1/admin/kiosks": _new_kiosk,
    r"PATCH /api/v1/admin/kiosks/\{kiosk_id\}": _renamed_kiosk,
    r"POST /api/v1/staff/tokens": lambda walk, body: {
        **body,
        "permissions": ["services.read"],
        "expires_at": in_a_month(),
    },
    r"POST /api/v1/me/scans": _place_scan,
    r"POST /api/v1/admin/place-codes": lambda walk, body: {
        **{name: body[name] for name in ("name", "place")},
        "service": "probe",
        "purpose": "by_poster",
    },
    r"POST /api/v1/scans": _scan,
    r"POST /api/v1/(me/)?scans/\{scan_id\}/answer": lambda walk, body: {"last_four": "1234"},
    r"PUT .*/settings": lambda walk, body: {},
    r"POST .*/my/claims": lambda walk, body: {**body, "place_id": walk.place["place_id"]},
    r"POST .*/my/invitations": _guest,
    r"POST .*/emergency": lambda walk, body: {**body, "until": in_hours(1)},
    r"POST .*/places/\{place_id\}/members": _member,
    r"PATCH .*/members/\{member_id\}": lambda walk, body: {"unit": body.get("unit", "3-2-1203")},
    r"POST .*/gates/\{gate_id\}/kiosks": lambda walk, body: {"kiosk_id": walk.place["kiosk_id"]},
    r"POST .*/trail": lambda walk, body: {"reason": body["reason"]},
}
"""What makes a generated body mean something."""


def make_sense(walk: Walk, label: str, case: schemathesis.Case) -> None:
    """Turn what is right in form only into what somebody might send."""
    change = next((change for known, change in SENSE.items() if re.fullmatch(known, label)), None)
    if change and isinstance(case.body, dict):
        case.body = change(walk, case.body)
