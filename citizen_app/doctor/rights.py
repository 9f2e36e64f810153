"""Checks of what citizens have asked for: that it is answered in time, and that every service forgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.rights.queries import overdue, stuck_services
from citizen_app.text import Text, counted


def requests() -> Iterator[Fault]:
    """Copies and erasures are done before their time is over."""
    late = overdue()
    if late:
        number = len(late)
        yield failure(
            Text(
                f"{number} 项市民的申请已超过法定期限（最早 {late[0].id}）",
                f"{counted(number, 'request')} of citizens overdue (the oldest {late[0].id})",
            ),
            Text(
                "个人信息保护法和 GB/T 35273 要求按时答复。",
                "The Personal Information Protection Law and GB/T 35273 ask for an answer in time.",
            ),
            Text(
                "确认后台任务（citizen-jobs.service）在运行，并处理下面失败的服务。",
                "See that background jobs run (citizen-jobs.service), and mend the services named below.",
            ),
        )
    for service, error, erasures in stuck_services():
        yield warning(
            Text(
                f"服务 {service} 未能删除已注销市民的数据：{error}（{erasures} 人）",
                f"The service {service} has not forgotten people who are erased: {error} ({erasures})",
            ),
            Text(
                "删除完成之前，注销不算办结；系统会不断重试。",
                "An erasure is not done before; it is tried again until it is.",
            ),
            Text(
                f"启用或修好 {service}；不再需要的服务请运行 flask --app wsgi services retire {service} --erase。",
                f"Switch {service} on or mend it; one that is not needed: flask --app wsgi services retire {service} --erase.",
            ),
        )


CHECKS: Final = (Check("requests", Text("市民的申请", "Requests of citizens"), requests),)
