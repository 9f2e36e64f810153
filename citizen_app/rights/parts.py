"""What the core keeps of a citizen, as the tables of their copy. Other people stand in it as the pages show
them: masked, or by their role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from citizen_app.citizens.acting import ACTING_TITLES
from citizen_app.citizens.models import (
    ActingSession,
    Citizen,
    CitizenDocument,
    CitizenRef,
    SignInSession,
)
from citizen_app.claims.models import CitizenClaim
from citizen_app.consent.models import CitizenConsent, ConsentEvent, NoticeAcceptance
from citizen_app.delegations.queries import delegations_of
from citizen_app.desk.models import DeathReport, DeskFinding, DeskPresence
from citizen_app.notices.models import CitizenEmail, InboxNotice, NoticePreferences
from citizen_app.payments.models import PayerChoice
from citizen_app.registry.behaviour import Kept
from citizen_app.rights.models import RightsRequest
from citizen_app.rights.money import MONEY
from citizen_app.rights.rows import rows_of
from citizen_app.rights.uses import looks, uses
from citizen_app.storage.keyset import Page
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.wire.json_text import read_json

Row = Mapping[str, Any]
Rows = Callable[[Citizen], Iterable[Row]]


def _account(citizen: Citizen) -> Iterator[Row]:
    yield {
        "id": citizen.id,
        "phone": citizen.phone,
        "phone_since": citizen.phone_since,
        "name": citizen.name,
        "born": citizen.born,
        "assurance_level": citizen.assurance_level,
        "status": citizen.status,
        "created_at": citizen.created_at,
    }


def _services(citizen: Citizen) -> Iterator[Row]:
    return rows_of(
        CitizenRef,
        CitizenRef.citizen_id == citizen.id,
        omit=("citizen_id",),
        title=lambda row: service_title(row.service),
    )


def _acting(citizen: Citizen) -> Iterator[Row]:
    mine = (ActingSession.citizen_id == citizen.id) | (ActingSession.agent_id == citizen.id)
    return rows_of(
        ActingSession,
        mine,
        omit=("citizen_id", "agent_id", "staff_id", "delegation_id", "bound_to"),
        title=lambda row: ACTING_TITLES.get(row.kind),
        done_by_me=lambda row: row.agent_id == citizen.id,
    )


def _claims(citizen: Citizen) -> Iterator[Row]:
    mine = CitizenClaim.citizen_id == citizen.id
    return rows_of(CitizenClaim, mine, omit=("citizen_id", "granted_by", "ended_by"))


def _delegations(citizen: Citizen) -> Iterator[Row]:
    cursor: str | None = None
    while True:
        found: Page[Any] = delegations_of(citizen.id, limit=100, cursor=cursor)
        yield from (asdict(one) for one in found.items)
        cursor = found.next_cursor
        if cursor is None:
            return


def _notices(citizen: Citizen) -> Iterator[Row]:
    mine = InboxNotice.citizen_id == citizen.id
    return rows_of(
        InboxNotice,
        mine,
        omit=("citizen_id", "ward_id", "about"),
        said=lambda row: read_json(row.said),
        title=lambda row: service_title(row.service),
    )


def _who_pays(citizen: Citizen) -> Iterator[Row]:
    mine = (PayerChoice.ward_id == citizen.id) | (PayerChoice.payer_id == citizen.id)
    return rows_of(
        PayerChoice,
        mine,
        omit=("delegation_id", "ward_id", "payer_id"),
        my_purse_pays=lambda row: row.payer_id == citizen.id,
    )


def _of(model: type[Any], *omit: str) -> Rows:
    """All rows of a table that names a citizen by `citizen_id`."""

    def found(citizen: Citizen) -> Iterator[Row]:
        return rows_of(model, model.citizen_id == citizen.id, omit=("citizen_id", *omit))

    return found


def _consent_history(citizen: Citizen) -> Iterator[Row]:
    mine = ConsentEvent.subject_key == citizen.log_key
    return rows_of(ConsentEvent, mine, omit=("subject_key", "delegation_id"))


PARTS: Final[tuple[tuple[str, Text, Rows], ...]] = (
    ("account", Text("账户", "Account"), _account),
    ("documents", Text("证件", "Documents"), _of(CitizenDocument)),
    (
        "email",
        Text("电子邮箱", "E-mail address"),
        _of(CitizenEmail, "tries", "sent_on", "sent", "expires_at"),
    ),
    ("services_met", Text("认识您的服务", "Services that have met you"), _services),
    ("claims", Text("身份和资格", "What is known of you"), _claims),
    ("consents", Text("同意", "Consents"), _of(CitizenConsent)),
    ("privacy_notice", Text("隐私说明的同意", "Acceptance of the privacy notice"), _of(NoticeAcceptance)),
    ("consent_history", Text("同意的经过", "History of consents"), _consent_history),
    ("delegations", Text("家人和代办", "Delegations"), _delegations),
    ("acting", Text("代办的时段", "Times in which somebody acted"), _acting),
    (
        "sign_ins",
        Text("登录", "Sign-ins"),
        _of(SignInSession, "generation"),
    ),
    ("uses", Text("码的使用", "Uses of your code"), uses),
    ("looks", Text("谁看过您的信息", "Who looked at your details"), looks),
    ("notices", Text("消息", "Notices"), _notices),
    ("notice_settings", Text("消息设置", "How you are told"), _of(NoticePreferences)),
    *MONEY,
    ("who_pays", Text("谁的钱包付款", "Whose purse pays"), _who_pays),
    ("desk_searches", Text("窗口的查询", "Searches at a desk"), _of(DeskFinding, "staff_id")),
    (
        "desk_visits",
        Text("到窗口办理", "Visits to a desk"),
        _of(DeskPresence, "staff_id", "session_id", "confirmed_by", "tries", "phone_tries"),
    ),
    (
        "death_reports",
        Text("误报与更正", "Wrong entries and corrections"),
        _of(DeathReport, "told_by", "corrected_by"),
    ),
    (
        "requests",
        Text("您的申请", "Your requests"),
        _of(RightsRequest, "file_id", "next_at", "attempts", "last_error"),
    ),
)
"""The tables of the core's part of a copy."""


def kept_by_city(citizen: Citizen) -> list[Kept]:
    """What the core keeps of a citizen, to be read in the present unit of work."""
    return [Kept(name, title, rows(citizen)) for name, title, rows in PARTS]
