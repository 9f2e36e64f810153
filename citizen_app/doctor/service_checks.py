"""Checks of services: the contract that they keep, how they say they are, and whether their folder is there.
`faults_of` is all that is known of one, for its page in the console."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from citizen_app import clock
from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.doctor.scanning import unanswered_scans
from citizen_app.doctor.tasks import failed_tasks
from citizen_app.kiosks.queries import unrevoked_ids
from citizen_app.registry.absent import absent_services
from citizen_app.registry.checks import check_module
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.registry.state import standing_of
from citizen_app.text import Text, counted

SOON: Final = timedelta(days=7)
DAYS_LEFT: Final = "days_left"
"""The key in `health()` with the days until a service's data end."""


def services() -> Iterator[Fault]:
    """Installed services keep the contract, are well, and their data last."""
    ids = [module.id for module in current_registry()]
    for module in current_registry():
        for finding in check_module(module, others=ids):
            yield failure(
                Text(f"服务 {module.id} 不合约定", f"Service {module.id} breaks the contract"),
                Text(str(finding), str(finding)),
                Text("运行 flask --app wsgi services check。", "Run flask --app wsgi services check."),
            )
        if standing_of(module.id).enabled:
            yield from _health(module.id, module.hooks.health)
    yield from _absent()


def faults_of(module: InstalledModule) -> Iterator[Fault]:
    """What the doctor says of one service: how it says it is, its answers to scans, its tasks."""
    if standing_of(module.id).enabled:
        yield from _health(module.id, module.hooks.health)
        yield from unanswered_scans(module.id)
    yield from failed_tasks(clock.now(), module.id)


def _absent() -> Iterator[Fault]:
    """Services whose folder was removed before they were retired."""
    for gone in absent_services():
        kiosks = len(unrevoked_ids(gone.id))
        if gone.enabled or kiosks:
            yield warning(
                Text(
                    f"服务 {gone.id} 的文件夹不在了，但没有办理退出",
                    f"The folder of service {gone.id} is gone, and it was not retired",
                ),
                Text(
                    f"它的数据和 {kiosks} 台设备还在，在那里扫码一律被拒。",
                    f"Its data and {counted(kiosks, 'kiosk')} are left; every scan there is refused.",
                ),
                Text(
                    f"把文件夹放回，或运行 flask --app wsgi services retire {gone.id} --export 文件 --erase。",
                    f"Put the folder back, or run flask --app wsgi services retire {gone.id} --export FILE --erase.",
                ),
            )


def _health(service: str, ask: Any) -> Iterator[Fault]:
    try:
        figures = dict(ask())
    except Exception as error:
        yield failure(
            Text(f"服务 {service} 报告故障", f"Service {service} says that it is not well"),
            Text(type(error).__name__, type(error).__name__),
            Text("查看日志和该服务的说明。", "See the log and the service's own guide."),
        )
        return
    left = figures.get(DAYS_LEFT)
    if isinstance(left, int) and left < SOON.days:
        yield (failure if left < 0 else warning)(
            _lasts(service, left),
            Text("到期后，它只能用旧数据回答。", "After that it answers from old data."),
            Text("导入新的数据（见该服务的说明）。", "Import new data (see the service's own guide)."),
        )


def _lasts(service: str, days: int) -> Text:
    if days < 0:
        return Text(
            f"服务 {service} 的数据 {-days} 天前已到期",
            f"The data of service {service} ended {counted(-days, 'day')} ago",
        )
    return Text(
        f"服务 {service} 的数据还有 {days} 天到期",
        f"The data of service {service} last {counted(days, 'day')} more",
    )


CHECKS: Final = (Check("services", Text("城市服务", "Services"), services),)
