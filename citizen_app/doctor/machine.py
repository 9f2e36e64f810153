"""Checks of the settings and of the machine: nothing here asks the database."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from citizen_app import clock
from citizen_app.backup.operations import last_backup
from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.setting_fields import is_loopback
from citizen_app.settings import current_settings
from citizen_app.text import Text, counted

GIB: Final = 1024**3
BACKUP_AGE: Final = timedelta(hours=26)


def demo_mode() -> Iterator[Fault]:
    """Public passwords."""
    if current_settings().demo:
        yield warning(
            Text("这是演示模式", "This is demo mode"),
            Text(
                "口令和验证码是公开的，任何人都能登录。",
                "Passwords and OTPs are public; anybody can sign in.",
            ),
            Text(
                "正式使用前去掉 CITIZEN_DEMO，并换用空的数据库。",
                "Remove CITIZEN_DEMO and begin with an empty database.",
            ),
        )


def proxies() -> Iterator[Fault]:
    """TLS terminates in front, and only trusted proxies set forwarded headers."""
    settings = current_settings()
    open_to_network = not is_loopback(settings.bind)
    if settings.trusted_proxies == 0 and not settings.demo:
        yield warning(
            Text("没有设置可信代理", "No trusted proxy is set"),
            Text(
                "代理之后，限流会把所有人当作一个地址；不经代理，口令以明文传输，摄像头也打不开。",
                "Behind a proxy all visitors share one rate limit; without one passwords travel in the clear and cameras stay off.",
            ),
            Text(
                "用 TLS 代理，并设 CITIZEN_TRUSTED_PROXIES=1（见 docs/operating.md）。",
                "Put a TLS proxy in front and set CITIZEN_TRUSTED_PROXIES=1 (docs/operating.md).",
            ),
        )
    if settings.trusted_proxies and open_to_network:
        yield warning(
            Text(
                f"信任转发头，而服务监听在 {settings.bind}",
                f"Forwarded headers are trusted while the server listens on {settings.bind}",
            ),
            Text(
                "绕过代理的人可以伪造自己的地址，躲过限流和日志。",
                "Whoever reaches the port beside the proxy can forge his address, for limits and logs alike.",
            ),
            Text(
                "监听 127.0.0.1，或用防火墙只放行代理。",
                "Listen on 127.0.0.1, or let a firewall admit the proxy only.",
            ),
        )


def sms_gateway() -> Iterator[Fault]:
    """OTPs must not be readable on the way."""
    url = current_settings().sms_url
    if url is not None and url.startswith("http://") and not is_loopback(f"{make_url(url).host}:0"):
        yield warning(
            Text("短信网关不是 HTTPS", "The SMS gateway is not HTTPS"),
            Text("验证码在网络上以明文传输。", "OTPs cross the network in the clear."),
            Text("把 CITIZEN_SMS_URL 改为 https 地址。", "Give CITIZEN_SMS_URL an https address."),
        )


def redis_answers() -> Iterator[Fault]:
    """Limits are counted together."""
    url = current_settings().redis_url
    if url is None:
        return
    import redis  # servers are not doctors

    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.RedisError as error:
        yield warning(
            Text(
                f"Redis 没有应答（{type(error).__name__}）", f"Redis does not answer ({type(error).__name__})"
            ),
            Text(
                "请求照常处理，但限流改为每个进程各自计数，上限按进程数放大。",
                "Requests go on, but each process counts limits alone, so limits grow with the number of processes.",
            ),
            Text("启动 Redis，或改正 CITIZEN_REDIS_URL。", "Start Redis, or correct CITIZEN_REDIS_URL."),
        )
    finally:
        client.close()


def disk_space() -> Iterator[Fault]:
    """Room for the database, its WAL and backups."""
    for folder in sorted({str(path) for path in _folders()}):
        usage = shutil.disk_usage(folder)
        if usage.free >= GIB and usage.free >= usage.total // 20:
            continue
        words = Text(
            f"{folder} 所在磁盘只剩 {usage.free / GIB:.1f} GiB",
            f"The disk of {folder} has {usage.free / GIB:.1f} GiB left",
        )
        why = Text(
            "磁盘写满后，扫码得到 507，什么也记不下来。",
            "When it is full, scans are answered 507 and nothing can be recorded.",
        )
        remedy = Text("清理旧备份和日志，或扩容。", "Delete old backups and logs, or enlarge it.")
        yield (failure if usage.free < GIB // 5 else warning)(words, why, remedy)


def file_permissions() -> Iterator[Fault]:
    """Data and secrets are for the server's user only."""
    settings = current_settings()
    secret = [
        settings.data_dir,
        settings.data_dir / "demo-secrets.json",
        Path("/etc/citizen-app/city.env"),
        Path("/etc/citizen-app/owner.env"),
    ]
    if settings.on_sqlite and (name := make_url(settings.database_url).database):
        secret += [Path(name), Path(f"{name}-wal")]
    for path in secret:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if stat.S_IMODE(mode) & 0o007 or (not path.is_dir() and stat.S_IMODE(mode) & 0o020):
            parent_closed = path != settings.data_dir and not _is_open(path.parent)
            if parent_closed:
                continue
            yield failure(
                Text(f"别的用户也能访问 {path}", f"Other users can reach {path}"),
                Text("其中有日志和密钥。", "Logs and keys lie there."),
                Text(
                    f"chmod {'700' if path.is_dir() else '600'} {path}",
                    f"chmod {'700' if path.is_dir() else '600'} {path}",
                ),
            )


def backups() -> Iterator[Fault]:
    """A recent backup that was verified."""
    settings = current_settings()
    if settings.demo:
        return
    told = last_backup(settings)
    remedy = Text(
        "每天运行 flask --app wsgi backup create /目录 --keep 14（见 docs/operating.md 的定时器）。",
        "Run flask --app wsgi backup create /folder --keep 14 each day (see the timer in docs/operating.md).",
    )
    why = Text(
        "没有能恢复的备份，一次故障就会丢掉全部数据。",
        "Without a backup that restores, one fault loses everything.",
    )
    if told is None:
        yield warning(Text("这台机器还没有做过备份", "This machine has never made a backup"), why, remedy)
        return
    age = clock.now() - datetime.fromisoformat(told["made_at"])
    if age > BACKUP_AGE:
        hours = int(age.total_seconds() // 3600)
        yield warning(
            Text(f"上次备份是 {hours} 小时前", f"The last backup is {counted(hours, 'hour')} old"),
            why,
            remedy,
        )
    if not told["verified"]:
        yield warning(
            Text("上次备份没有验证", "The last backup was not verified"),
            why,
            Text("运行 flask --app wsgi backup verify 文件。", "Run flask --app wsgi backup verify FILE."),
        )


def _folders() -> Iterator[Path]:
    settings = current_settings()
    yield settings.data_dir
    if settings.on_sqlite and (name := make_url(settings.database_url).database):
        yield Path(name).parent


def _is_open(folder: Path) -> bool:
    return bool(stat.S_IMODE(folder.stat().st_mode) & 0o001)


CHECKS: Final = (
    Check("demo", Text("运行模式", "Mode"), demo_mode, asks_database=False),
    Check("proxy", Text("代理与 TLS", "Proxy and TLS"), proxies, asks_database=False),
    Check("sms", Text("短信网关", "SMS gateway"), sms_gateway, asks_database=False),
    Check("redis", Text("Redis", "Redis"), redis_answers, asks_database=False),
    Check("disk", Text("磁盘空间", "Disk space"), disk_space, asks_database=False),
    Check("permissions", Text("文件权限", "File permissions"), file_permissions, asks_database=False),
    Check("backup", Text("备份", "Backups"), backups, asks_database=False),
)
