"""The check that services decide scans.

A circuit breaker lives in the memory of a server process, where no command can look. Its trace is in the log:
every scan to which a service gave no answer is an event with the reason `service_unavailable`; of scans that
were uploaded later, and stay with their kiosk, it is a count by kiosk and day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from citizen_app import clock
from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.ids import first_id_at
from citizen_app.kiosks.queries import unanswered_uploads
from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry.state import enabled_modules
from citizen_app.storage.orm import db
from citizen_app.text import Text, counted
from citizen_app.usage.models import UsageEvent
from citizen_app.usage.reasons import NO_ANSWER

LOOKED_BACK: Final = timedelta(minutes=10)
MOST_LOOKED_AT: Final = 500
"""Newest events of a service that are examined: enough to judge it, fewer than a large city has in ten
minutes."""
TOLERATED: Final = 0.05
"""A share of scans without an answer that one busy moment explains."""


def scans_answered() -> Iterator[Fault]:
    """Enabled services say what a scan means."""
    for module in enabled_modules():
        yield from unanswered_scans(module.id)


def unanswered_scans(service: str) -> Iterator[Fault]:
    """One service says what its scans mean."""
    reasons = _newest_reasons(service)
    unanswered = reasons.count(NO_ANSWER)
    if unanswered and reasons[:FAILURES_TO_OPEN].count(NO_ANSWER) == len(reasons[:FAILURES_TO_OPEN]):
        yield failure(_told(service, unanswered, len(reasons)), *_why_and_remedy(service))
    elif unanswered > TOLERATED * len(reasons):
        yield warning(_told(service, unanswered, len(reasons)), *_why_and_remedy(service))
    yield from _unanswered_uploads(service)


def _unanswered_uploads(service: str) -> Iterator[Fault]:
    """What kiosks read offline and could not hand over, since the day (UTC) began."""
    day = (clock.now() - LOOKED_BACK).date()
    if times := unanswered_uploads(service, day):
        yield warning(
            Text(
                f"服务 {service} 自 {day} 00:00（UTC）起对离线补传有 {times} 次没有应答",
                f"Service {service} gave no answer to an upload of an offline scan {counted(times, 'time')} since {day} 00:00 UTC",
            ),
            Text(
                "扫码记录仍留在设备上，设备会再传；一直传不上来，超过补传期限的就不再收。",
                "The kiosks keep these scans and send them again; what stays there longer than uploads are taken is lost.",
            ),
            _mend(service),
        )


def _newest_reasons(service: str) -> Sequence[str]:
    """The reasons of the service's newest events, newest first."""
    recent = UsageEvent.id > first_id_at(clock.now() - LOOKED_BACK)
    query = select(UsageEvent.reason).where(UsageEvent.service == service, recent)
    return db.session.scalars(query.order_by(UsageEvent.id.desc()).limit(MOST_LOOKED_AT)).all()


def _told(service: str, unanswered: int, scans: int) -> Text:
    return Text(
        f"服务 {service} 最近 {scans} 次扫码中有 {unanswered} 次没有应答",
        f"Service {service} gave no answer to {unanswered} of its last {scans} scans",
    )


def _why_and_remedy(service: str) -> tuple[Text, Text]:
    return (
        Text(
            "这些人在设备前被拒。连续失败 5 次后，熔断器打开，服务暂时不再被询问。",
            "Those people were refused. After five failures in a row the breaker opens and the service is left alone for a while.",
        ),
        _mend(service),
    )


def _mend(service: str) -> Text:
    return Text(
        f"查看日志中的 service module failed 和 service module took too long（{service}），修正后重新加载服务器。",
        f"See `service module failed` and `service module took too long` in the log ({service}); mend it and reload the server.",
    )


CHECKS: Final = (Check("scans", Text("扫码应答", "Answers to scans"), scans_answered),)
