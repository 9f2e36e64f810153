"""Checks of the database: version, migrations, durability, clock, connections, rights, partitions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, text

from citizen_app import clock
from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, on_sqlite
from citizen_app.text import Text
from citizen_app.usage.models import UsageEvent
from citizen_app.usage.partitions import DEFAULT, months_kept

OLDEST_POSTGRESQL: Final = 15
OLDEST_SQLITE: Final = (3, 35)
CONNECTIONS_OF_JOBS: Final = 20
MOST_SKEW: Final = timedelta(seconds=2)
APPEND_ONLY: Final = (
    "usage_events",
    "usage_marks",
    "usage_actors",
    "usage_looks",
    "usage_looks_seen",
    "audit_events",
    "consent_events",
    "payment_postings",
    "payment_policies",
)


def version() -> Iterator[Fault]:
    """New enough for what we use."""
    found = db.session.connection().dialect.server_version_info or ()
    oldest: tuple[int, ...] = OLDEST_SQLITE if on_sqlite() else (OLDEST_POSTGRESQL,)
    if tuple(found) < oldest:
        have, need = ".".join(map(str, found)), ".".join(map(str, oldest))
        yield failure(
            Text(f"数据库版本 {have} 过旧", f"The database's version {have} is too old"),
            Text(
                "语句会失败，分区和触发器不可靠。",
                "Statements fail; partitions and triggers are not reliable.",
            ),
            Text(f"升级到 {need} 或更新。", f"Upgrade it to {need} or newer."),
        )


def migrations() -> Iterator[Fault]:
    """Every lineage at its newest revision."""
    waiting = lineages.pending(db.engine, current_registry())
    if waiting:
        yield failure(
            Text(
                f"数据库结构不是最新：{', '.join(waiting)}", f"The database is behind: {', '.join(waiting)}"
            ),
            Text("新程序会找不到它要的表和列。", "The program will miss tables and columns."),
            Text("运行 flask --app wsgi db upgrade。", "Run flask --app wsgi db upgrade."),
        )


def durability() -> Iterator[Fault]:
    """An acknowledged scan survives a crash."""
    why = Text("断电或崩溃会丢掉已经应答的扫码。", "A crash loses scans that were already acknowledged.")
    if on_sqlite():
        if (mode := _ask("PRAGMA journal_mode")) != "wal":
            yield failure(
                Text(f"SQLite 日志模式是 {mode}", f"SQLite's journal mode is {mode}"),
                Text("读写互相等待，恢复出的文件也会这样。", "Readers and writers wait for each other."),
                Text(
                    "运行 flask --app wsgi db upgrade，它会设为 WAL。",
                    "Run flask --app wsgi db upgrade, which sets WAL.",
                ),
            )
        return
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if (value := _ask(f"SHOW {name}")) == "off":
            yield failure(
                Text(f"PostgreSQL 的 {name} 是 {value}", f"PostgreSQL's {name} is {value}"),
                why,
                Text(f"在 postgresql.conf 中设 {name} = on。", f"Set {name} = on in postgresql.conf."),
            )


def session() -> Iterator[Fault]:
    """Our options arrive at the server: a pooler in between may drop them."""
    if on_sqlite():
        return
    if (zone := str(_ask("SHOW timezone"))).upper() != "UTC" or _ask("SHOW lock_timeout") != "20s":
        yield failure(
            Text(
                f"连接选项没有到达服务器（时区 {zone}）",
                f"Options of the connection do not reach the server (time zone {zone})",
            ),
            Text(
                "时间会错，等锁没有上限。连接池（如 PgBouncer）会丢掉启动选项。",
                "Times go wrong and locks are waited for without end. A pooler such as PgBouncer drops start-up options.",
            ),
            Text(
                "让池放行 options，或用 ALTER ROLE … SET 设同样的值，并用会话模式。",
                "Let the pooler pass options, or ALTER ROLE … SET the same values, and pool by session.",
            ),
        )


def clocks() -> Iterator[Fault]:
    """One time for programs, database and log."""
    now = clock.now()
    remedy = Text("启用并检查 NTP(chronyc tracking)。", "Enable and check NTP (chronyc tracking).")
    why = Text(
        "代码 60 秒有效，时钟不准会误拒或误放。",
        "Codes last 60 seconds: a wrong clock refuses good ones or takes old ones.",
    )
    if not on_sqlite():
        there: datetime = _ask("SELECT clock_timestamp()")
        skew = abs(there - now)
        if skew > MOST_SKEW:
            seconds = skew.total_seconds()
            yield warning(
                Text(
                    f"与数据库的时钟相差 {seconds:.1f} 秒", f"The database's clock differs by {seconds:.1f} s"
                ),
                why,
                remedy,
            )
    newest = db.session.scalar(select(func.max(UsageEvent.id)) if on_sqlite() else _NEWEST)
    if newest is not None:
        at = clock.at((uuid.UUID(str(newest)).int >> 80) // 1000)
        if at > now + timedelta(minutes=1):
            yield failure(
                Text(
                    f"日志中有未来的记录（{clock.rfc3339(at)}）",
                    f"The log holds an event from the future ({clock.rfc3339(at)})",
                ),
                why,
                remedy,
            )


def connections() -> Iterator[Fault]:
    """As many connections as workers and jobs may want."""
    if on_sqlite():
        return
    settings = current_settings()
    needed = settings.workers * (settings.threads + 12) + CONNECTIONS_OF_JOBS
    most = int(_ask("SHOW max_connections"))
    if needed > most - 3:
        yield warning(
            Text(
                f"最多需要 {needed} 个连接，服务器只给 {most} 个",
                f"Up to {needed} connections are needed, the server allows {most}",
            ),
            Text(
                "高峰时扫码会等连接，然后得到 503。",
                "At the peak scans wait for a connection and then get 503.",
            ),
            Text(
                "提高 max_connections，或减少 CITIZEN_WORKERS、CITIZEN_THREADS。",
                "Raise max_connections, or lower CITIZEN_WORKERS or CITIZEN_THREADS.",
            ),
        )


def rights() -> Iterator[Fault]:
    """The server's role can only add to the logs."""
    if on_sqlite() or current_settings().demo:
        return
    owner = "SELECT pg_has_role(current_user, relowner, 'member') FROM pg_class WHERE oid = 'usage_events'::regclass"
    if _ask(owner):  # the owner migrates and makes partitions, and is not whom the server runs as
        return
    may = [
        table
        for table in APPEND_ONLY
        if _ask(f"SELECT has_table_privilege(current_user, '{table}', 'UPDATE, DELETE, TRUNCATE')")
    ]
    if may:
        yield warning(
            Text(f"此角色可以改删日志：{', '.join(may)}", f"This role may change logs: {', '.join(may)}"),
            Text(
                "触发器仍会拒绝，但少了第二道锁。", "Triggers still refuse, but the second lock is missing."
            ),
            Text("运行 docs/examples/postgresql-grants.sql。", "Run docs/examples/postgresql-grants.sql."),
        )


def partitions() -> Iterator[Fault]:
    """Months of the log made before they come."""
    if on_sqlite():
        return
    now = clock.now()
    connection = db.session.connection()
    ahead = [m for m in months_kept(connection) if (m.year, m.month) > (now.year, now.month)]
    remedy = Text(
        "查看任务 usage.partitions；它要以表的所有者运行（flask --app wsgi jobs run）。",
        "Look at the job usage.partitions, which must run as the tables' owner (flask --app wsgi jobs run).",
    )
    if len(ahead) < 2:
        yield (failure if not ahead else warning)(
            Text(
                f"只预建了 {len(ahead)} 个月的日志分区",
                f"Partitions are made for {len(ahead)} months ahead only",
            ),
            Text(
                "缺分区时，记录落入默认分区，清理会变慢。",
                "Without one, events go to the default partition, which is slow to clean.",
            ),
            remedy,
        )
    if _ask(f"SELECT EXISTS (SELECT 1 FROM {DEFAULT})"):  # noqa: S608 - a name of ours
        yield warning(
            Text("默认分区中有记录", "The default partition holds events"),
            Text("它们的月份没有及时建立。", "Their months were not made in time."),
            remedy,
        )


_NEWEST: Final = select(UsageEvent.id).order_by(UsageEvent.id.desc()).limit(1)


def _ask(question: str) -> Any:
    return db.session.execute(text(question)).scalar_one()


CHECKS: Final = (
    Check("version", Text("数据库版本", "Database version"), version),
    Check("migrations", Text("数据库结构", "Migrations"), migrations),
    Check("durability", Text("持久性", "Durability"), durability),
    Check("session", Text("数据库会话", "Database session"), session),
    Check("clock", Text("时钟", "Clocks"), clocks),
    Check("connections", Text("连接数", "Connections"), connections),
    Check("rights", Text("日志权限", "Rights on logs"), rights),
    Check("partitions", Text("日志分区", "Partitions of the log"), partitions),
)
