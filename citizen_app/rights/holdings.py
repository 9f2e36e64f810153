"""Every table of the core that holds something of a person: which table of their copy has it, and what an
erasure does to it. A test compares this list with the models, so that a new table cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from citizen_app.text import Text

Fate = Literal["with_account", "deleted", "cut_off", "stays", "expires"]
"""What becomes of a table's rows at an erasure: gone with the account's row (a foreign key sees to it),
deleted by `erasing`, left without a person (the key that led to them is gone), left as the law asks, or left
to end within days because nothing leads from the person to them."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A table that holds something of a person. `copy` is the table of the copy; without one, `why` says why
    the person has no copy of it. `fate` is what an erasure does."""

    fate: Fate
    copy: str | None = None
    why: str = ""


HOLDINGS: Final[Mapping[str, Holding]] = {
    "citizens": Holding("deleted", "account"),
    "citizen_documents": Holding("with_account", "documents"),
    "citizen_emails": Holding("with_account", "email"),
    "citizen_refs": Holding("deleted", "services_met"),
    "citizen_claims": Holding("deleted", "claims"),
    "citizen_consents": Holding("with_account", "consents"),
    "notice_acceptances": Holding("with_account", "privacy_notice"),
    "consent_events": Holding("cut_off", "consent_history"),
    "delegations": Holding("deleted", "delegations"),
    "acting_sessions": Holding("with_account", "acting"),
    "sign_in_sessions": Holding("with_account", "sign_ins"),
    "usage_events": Holding("cut_off", "uses"),
    "usage_marks": Holding("cut_off", "uses"),
    "usage_details": Holding("with_account", "uses"),
    "usage_actors": Holding("cut_off", "uses"),
    "scan_answers": Holding("deleted", "uses"),
    "usage_looks": Holding("cut_off", "looks"),
    "usage_looks_seen": Holding("cut_off", "looks"),
    "usage_looks_waiting": Holding("deleted", "looks"),
    "inbox_notices": Holding("with_account", "notices"),
    "notice_preferences": Holding("with_account", "notice_settings"),
    "payment_purses": Holding("cut_off", "purse"),
    "payment_postings": Holding("cut_off", "statement"),
    "payment_holds": Holding("cut_off", "money_set_aside"),
    "payment_orders": Holding("cut_off", "payment_orders"),
    "payment_differences": Holding("stays", why="what staff have noted of a provider's file, by its order"),
    "payment_payers": Holding("with_account", "who_pays"),
    "desk_findings": Holding("with_account", "desk_searches"),
    "desk_presences": Holding("with_account", "desk_visits"),
    "death_reports": Holding("with_account", "death_reports"),
    "rights_requests": Holding("cut_off", "requests"),
    "stored_files": Holding("deleted", why="the copy itself; files that staff send end within a day"),
    "stored_file_pieces": Holding("deleted", why="as stored_files"),
    "rights_steps": Holding("expires", why="references of an erased person, until each service is done"),
    "notice_tallies": Holding("with_account", why="counts of messages a day, against floods"),
    "identity_tries": Holding("with_account", why="counts of tries a day, against guessing"),
    "phone_doubts": Holding("with_account", why="counts of tries, against guessing"),
    "otp_challenges": Holding("deleted", why="codes by SMS, for five minutes"),
    "otp_shares": Holding("deleted", why="when a code was asked for, for an hour"),
    "revoked_sessions": Holding("expires", why="numbers of sessions that have ended, for six minutes"),
    "outbox_messages": Holding("deleted", why="messages on their way; what they said stands in notices"),
    "kept_answers": Holding("expires", why="answers to repeated requests, for a day, found by the key only"),
    "identity_register": Holding(
        "stays", why="the issuing authority's own list; it is asked, and not changed"
    ),
    "audit_events": Holding(
        "cut_off", why="what staff did, for auditors; looks and notices tell the citizen"
    ),
    "desk_searches": Holding("stays", why="how staff searched and why; names no citizen"),
    "task_runs": Holding(
        "stays", why="reports on lists that staff sent; nothing leads from a person to them"
    ),
    "replay_claims": Holding("expires", why="that a code was used, by its digest, for some days"),
}

WHAT_STAYS: Final = (
    Text(
        "使用日志的行：只有服务、时间和结果，已无法与您对应。日志不可改动，供审计核对，到期删除。",
        "Lines of the usage log: service, time and result, which lead to nobody any more. The log cannot be changed, so that auditors can trust it; its lines go when their time is over.",
    ),
    Text(
        "账目：金额和时间，已无法与您对应。会计档案依法须保存至少三十年（《会计档案管理办法》）。",
        "Postings of money: amount and time, which lead to nobody any more. The law on accounting archives has them kept for thirty years at least.",
    ),
    Text(
        "同意与撤回的记录、工作人员操作的审计记录：已无法与您对应，用来证明依法处理。",
        "The record of consents, and of what staff did: they lead to nobody any more, and prove that the law was kept.",
    ),
    Text(
        "发证机关提供的证件名册：属于发证机关，不因注销而改变。",
        "The issuing authority's register of documents: it is theirs, and does not change.",
    ),
    Text("备份：到期删除。", "Backups, until their time is over."),
)
"""What an erasure leaves, and why, as the citizen is told."""
