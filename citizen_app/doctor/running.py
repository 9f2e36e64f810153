"""Checks of what runs on the database: keys, staff, jobs, messages, counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from citizen_app import clock
from citizen_app.backup.sealed import unopened
from citizen_app.codes.keys import ROTATE_EVERY, KeyUse, SigningKeyRow
from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.ids import first_id_at
from citizen_app.jobs.heartbeat import overdue
from citizen_app.jobs.models import JobRun, OutboxMessage
from citizen_app.jobs.runner import current_jobs
from citizen_app.staff.models import Staff
from citizen_app.storage.orm import db
from citizen_app.text import Text, counted
from citizen_app.usage.statistics import oldest_uncounted

SOON: Final = timedelta(days=7)
NOBODY_WORKS: Final = timedelta(minutes=2)
MOST_SERIALS: Final = 240
USES: Final[tuple[KeyUse, ...]] = ("codes", "bundles")


def issuer_keys() -> Iterator[Fault]:
    """A key that signs for each use, and its successor in time."""
    now = clock.now()
    rotate = Text("flask --app wsgi keys rotate --use {use}", "flask --app wsgi keys rotate --use {use}")
    for use in USES:
        newest = db.session.scalar(
            select(func.max(SigningKeyRow.activate_at)).where(
                SigningKeyRow.use == use,
                SigningKeyRow.disabled_at.is_(None),
                SigningKeyRow.activate_at <= now,
            )
        )
        if newest is None:
            yield failure(
                Text(f"没有为 {use} 签名的密钥", f"No key signs {use}"),
                Text(
                    "市民拿不到码，离线闸机拿不到名单。",
                    "Citizens get no codes, or offline kiosks no bundles.",
                ),
                rotate.fill(use=use),
            )
            continue
        due = newest + ROTATE_EVERY
        if due < now + SOON:
            yield warning(
                Text(
                    f"{use} 的密钥应在 {due:%Y-%m-%d} 前轮换",
                    f"The key for {use} is to be rotated by {due:%Y-%m-%d}",
                ),
                Text("用得越久，一旦泄露影响越大。", "The longer a key signs, the more its loss costs."),
                rotate.fill(use=use),
            )
    if (count := db.session.scalar(select(func.count()).select_from(SigningKeyRow)) or 0) > MOST_SERIALS:
        yield warning(
            Text(f"已用 {count} 个密钥序号，共 255 个", f"{count} of 255 key serials are used"),
            Text("用完后不能再轮换。", "When none is left, no rotation is possible."),
            Text("删除早已停用的密钥。", "Delete keys that were disabled long ago."),
        )


def sealed_rows() -> Iterator[Fault]:
    """The configured keys decrypt the stored rows."""
    for words in unopened(db.session.connection()):
        yield failure(
            Text(f"有数据打不开：{words}", f"Something does not open: {words}"),
            Text(
                "密钥不是写入时的那些：姓名、手机号和发码密钥都无法使用。",
                "The keys are not those of the time: names, phones and issuer keys cannot be used.",
            ),
            Text(
                "找回当时的 CITIZEN_FIELD_KEYS 和 CITIZEN_PSEUDONYM_KEY。",
                "Find the CITIZEN_FIELD_KEYS and CITIZEN_PSEUDONYM_KEY of that time.",
            ),
        )


def staff_accounts() -> Iterator[Fault]:
    """Somebody can sign in to the console."""
    if not db.session.scalar(select(func.count()).select_from(Staff).where(Staff.state == "active")):
        yield warning(
            Text("没有可用的工作人员账号", "No staff account is active"),
            Text("没有人能登录控制台。", "Nobody can sign in to the console."),
            Text(
                "运行 flask --app wsgi staff setup-token，在 /console/set-up 用它建立第一个账号。",
                "Run flask --app wsgi staff setup-token and make the first account with it at /console/set-up.",
            ),
        )


def jobs_run() -> Iterator[Fault]:
    """A runner works off the jobs, and they succeed."""
    now = clock.now()
    every = {job.name for job in current_jobs()}
    runs = {run.name: run for run in db.session.scalars(select(JobRun).where(JobRun.name.in_(every)))}
    late = [name for name, wait in overdue(runs, now).items() if wait > NOBODY_WORKS]
    if not runs or late:  # a job that an upgrade has just brought has no row yet
        yield failure(
            Text("后台任务没有在运行", "Background work is not being done"),
            Text(
                f"短信不发出，分区不预建，过期数据不清理。等待中：{', '.join(sorted(late)[:5]) or '全部'}",
                f"Messages are not sent, partitions not made, old data not deleted. Waiting: {', '.join(sorted(late)[:5]) or 'all'}",
            ),
            Text(
                "启动 flask --app wsgi jobs run(citizen-jobs.service)。",
                "Start flask --app wsgi jobs run (citizen-jobs.service).",
            ),
        )
    for run in runs.values():
        if run.failures >= 3:
            yield warning(
                Text(
                    f"任务 {run.name} 连续失败 {run.failures} 次",
                    f"The job {run.name} failed {run.failures} times in a row",
                ),
                Text(f"最近一次：{run.last_error}", f"The last time: {run.last_error}"),
                Text("查看日志中的 job failed。", "See `job failed` in the log."),
            )


def outbox() -> Iterator[Fault]:
    """Messages leave."""
    waiting = OutboxMessage.state == "waiting"
    oldest = db.session.scalar(select(func.min(OutboxMessage.created_at)).where(waiting))
    remedy = Text(
        "运行 flask --app wsgi jobs dead-letters，查看短信网关、邮件服务器和日志中的 outbox message not sent。",
        "Run flask --app wsgi jobs dead-letters; see the SMS gateway, the mail server, and `outbox message not sent` in the log.",
    )
    why = Text(
        "若是短信，市民收不到验证码，无法登录。",
        "If it is the text messages, citizens get no OTP and cannot sign in.",
    )
    if oldest is not None and (age := clock.now() - oldest) > timedelta(minutes=5):
        minutes = int(age.total_seconds() // 60)
        yield (failure if minutes >= 60 else warning)(
            Text(
                f"有消息等了 {minutes} 分钟还没发出",
                f"A message has been waiting for {counted(minutes, 'minute')}",
            ),
            why,
            remedy,
        )
    recent = OutboxMessage.created_at > clock.now() - timedelta(days=1)
    given_up = db.session.scalar(
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "given_up", recent)
    )
    if given_up:
        yield warning(
            Text(
                f"一天内有 {given_up} 条消息发送失败", f"{counted(given_up, 'message')} given up within a day"
            ),
            why,
            remedy,
        )


def rollup() -> Iterator[Fault]:
    """Daily counts keep up."""
    oldest = oldest_uncounted()
    if oldest is not None and oldest < first_id_at(clock.now() - timedelta(minutes=15)):
        yield warning(
            Text("统计落后 15 分钟以上", "Daily counts are more than 15 minutes behind"),
            Text(
                "数字仍然准确，但每次查询都要数日志。",
                "Figures stay exact, but each look counts the log itself.",
            ),
            Text("查看任务 usage.rollup。", "Look at the job usage.rollup."),
        )


CHECKS: Final = (
    Check("keys", Text("签发密钥", "Issuer keys"), issuer_keys),
    Check("sealed", Text("加密数据", "Sealed rows"), sealed_rows),
    Check("staff", Text("工作人员", "Staff"), staff_accounts),
    Check("jobs", Text("后台任务", "Background work"), jobs_run),
    Check("outbox", Text("待发消息", "Messages"), outbox),
    Check("rollup", Text("统计", "Daily counts"), rollup),
)
