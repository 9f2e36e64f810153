"""Who may ask for a citizen: the citizen, a guardian as long as nobody asks the child, a clerk for who is
present."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from citizen_app.citizens.acting import Acting, ActingKind
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.clock import now
from citizen_app.delegations.ages import is_asked_too
from citizen_app.delegations.queries import WardLine, wards_of
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

WHO_ASK: Final = (ActingKind.GUARDIAN, ActingKind.CLERK)
FROM_FOURTEEN: Final = Text(
    "被监护人已满十四周岁，须由本人申请，或由本人到服务窗口办理。",
    "From fourteen on the young person asks themselves, or comes to a service counter.",
)
SOME_SERVICES: Final = Text(
    "您的授权只限部分服务，不能代为申请。", "You act at some services only; this concerns all of them."
)


def who_asks(citizen_id: str, acting: Acting | None) -> str:
    """`oneself`, `guardian` or `clerk`. Raises a 403 for who acts at some services only, and for a guardian
    of somebody of fourteen or more (PIPL art. 31)."""
    if acting is None:
        return "oneself"
    if acting.services is not None:
        raise Problem("not-permitted", SOME_SERVICES)
    if acting.kind == ActingKind.CLERK:
        return "clerk"
    check_guardian(citizen_id, acting.services)
    return "guardian"


def check_guardian(ward_id: str, services: Collection[str] | None) -> None:
    """Raises a 403 unless a guardian may ask for a ward: at all services, below fourteen."""
    if services is not None:
        raise Problem("not-permitted", SOME_SERVICES)
    ward = citizen_by_id(ward_id)
    if ward is None:
        raise Problem("not-found")
    if is_asked_too(ward.born, now()):
        raise Problem("not-permitted", FROM_FOURTEEN)


def ward_of_guardian(guardian_id: str, delegation_id: str) -> WardLine:
    """The child for whom a guardian may ask. Raises a 404 for anybody else's, a 403 from fourteen on."""
    for ward in wards_of(guardian_id):
        if ward.delegation_id == delegation_id and ward.kind == ActingKind.GUARDIAN:
            check_guardian(ward.citizen_id, ward.services)
            return ward
    raise Problem("not-found")


def asks_for_child(citizen_id: str, delegation_id: str) -> bool:
    """Whether a citizen may ask for the child of a delegation."""
    try:
        ward_of_guardian(citizen_id, delegation_id)
    except Problem:
        return False
    return True
