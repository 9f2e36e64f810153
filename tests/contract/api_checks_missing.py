"""Checks of whose a thing is, taken away one by one: the controls of `test_api_ownership`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import pytest
from sqlalchemy import select

from citizen_app.kiosks.models import Kiosk
from citizen_app.notices import inbox
from citizen_app.scans import answers
from citizen_app.staff import tokens
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.models import StaffToken
from citizen_app.storage.orm import db
from citizen_app.usage import operations as usage
from citizen_app.usage import queries as uses
from citizen_app.web.admin_api import kiosks as kiosk_console


def _of_pass(name: str) -> ModuleType:
    return import_module(f"services.pass.{name}")


Break = Callable[[pytest.MonkeyPatch], None]


def any_use(patch: pytest.MonkeyPatch) -> None:
    """Whose code was used is not looked at."""

    def found(citizen_id: str, event_id: str) -> Any:
        owner = db.session.scalar(select(uses.UsageEvent.citizen_id).where(uses.UsageEvent.id == event_id))
        return uses.event_of_citizen(owner or citizen_id, event_id)

    patch.setattr(usage, "event_of_citizen", found)


def any_waiting_scan(patch: pytest.MonkeyPatch) -> None:
    """Which kiosk scanned is not looked at."""

    def found(kiosk_id: str, scan_id: str) -> answers.ScanAnswer | None:
        return db.session.scalars(
            select(answers.ScanAnswer).where(answers.ScanAnswer.scan_id == scan_id)
        ).one_or_none()

    patch.setattr(answers, "locked", found)


def any_token(patch: pytest.MonkeyPatch) -> None:
    """Whose token it is is not looked at."""
    check = tokens.delete_token

    def delete(staff_id: str, token_id: str) -> None:
        held = db.session.get(StaffToken, token_id)
        check(held.staff_id if held else staff_id, token_id)

    patch.setattr(tokens, "delete_token", delete)


def any_kiosk(patch: pytest.MonkeyPatch) -> None:
    """Which service's kiosk it is is not looked at."""
    check = kiosk_console.queries.kiosk_or_404

    def found(kiosk_id: str, services: frozenset[str] | None) -> Kiosk:
        return check(kiosk_id, None)

    patch.setattr(kiosk_console.queries, "kiosk_or_404", found)


def any_service(patch: pytest.MonkeyPatch) -> None:
    """A permission for one service does for all."""
    check = StaffCaller.may
    patch.setattr(StaffCaller, "may", lambda caller, permission, service=None: check(caller, permission))


def any_claim(patch: pytest.MonkeyPatch) -> None:
    """Who applied is not looked at."""
    claims = _of_pass("operations.claims")
    check = claims.withdraw

    def withdraw(citizen_ref: str, claim_id: str) -> None:
        held = claims._held(claim_id)
        check(held.citizen_ref if held else citizen_ref, claim_id)

    patch.setattr(claims, "withdraw", withdraw)


def any_host(patch: pytest.MonkeyPatch) -> None:
    """Everybody hosts everybody's guests."""
    member = _of_pass("models").PassMember
    everyone = lambda citizen: list(db.session.scalars(select(member)))  # noqa: E731
    patch.setattr(_of_pass("queries"), "memberships_of", everyone)


def any_manager(patch: pytest.MonkeyPatch) -> None:
    """Everybody manages every place that has a manager."""
    member = _of_pass("models").PassMember

    def managing(citizen: Any, place_id: str) -> Any:
        found = select(member).where(member.place_id == place_id, member.role == "manager")
        return db.session.scalars(found).first()

    patch.setattr(_of_pass("queries"), "membership_of", managing)


def member_of_any_place(patch: pytest.MonkeyPatch) -> None:
    """A desk reaches people of other places."""
    members = _of_pass("operations.members")
    check = members.member_or_404

    def found(place_id: str, member_id: str, *, hold: bool = False) -> Any:
        held = db.session.get(members.PassMember, member_id)
        return check(held.place_id if held else place_id, member_id, hold=hold)

    patch.setattr(members, "member_or_404", found)


def claim_at_any_place(patch: pytest.MonkeyPatch) -> None:
    """A desk decides about applications to other places."""
    claims = _of_pass("operations.claims")
    check = claims._waiting

    def waiting(place_id: str, claim_id: str) -> Any:
        held = claims._held(claim_id)
        return check(held.place_id if held else place_id, claim_id)

    patch.setattr(claims, "_waiting", waiting)


def any_notice(patch: pytest.MonkeyPatch) -> None:
    """Whose inbox it is is not looked at."""
    patch.setattr(inbox, "_theirs", lambda citizen_id, within: [])


MISSING: Final[list[tuple[Break, str]]] = [
    (any_use, "POST /api/v1/me/usage/{event_id}/dispute"),
    (any_notice, "POST /api/v1/me/notices/{notice_id}/read"),
    (any_waiting_scan, "POST /api/v1/scans/{scan_id}/answer"),
    (any_token, "DELETE /api/v1/staff/tokens/{token_id}"),
    (any_kiosk, "GET /api/v1/admin/kiosks/{kiosk_id}"),
    (any_kiosk, "PATCH /api/v1/admin/kiosks/{kiosk_id}"),
    (any_service, "POST /api/v1/services/bus/operator/feeds/{version}/activate"),
    (any_service, "GET /api/v1/services/pass/operator/places/{place_id}"),
    (any_claim, "DELETE /api/v1/services/pass/my/claims/{claim_id}"),
    (any_host, "POST /api/v1/services/pass/my/invitations/{invitation_id}/revoke"),
    (any_manager, "GET /api/v1/services/pass/managed/{place_id}/presence"),
    (any_manager, "POST /api/v1/services/pass/managed/{place_id}/muster/{person_id}"),
    (member_of_any_place, "POST /api/v1/services/pass/managed/{place_id}/members/{member_id}/suspend"),
    (member_of_any_place, "PATCH /api/v1/services/pass/operator/places/{place_id}/members/{member_id}"),
    (claim_at_any_place, "POST /api/v1/services/pass/managed/{place_id}/claims/{claim_id}/approve"),
]
"""What is not checked, and an address that then gives away what is another's."""
