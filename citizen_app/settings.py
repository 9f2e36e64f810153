"""Settings from the environment: typed, checked once at start, refused when weak.

Every variable begins with `CITIZEN_`; one that is not known is refused, so that a misspelt name cannot
silently do nothing. `docs/operating.md` explains each for operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from citizen_app.demo_secrets import demo_secrets
from citizen_app.flask_globals import extension
from citizen_app.setting_fields import (
    MINIMUM_SECRET_BYTES,
    DirectoryPath,
    FieldKeys,
    KeyBytes,
    MailAddress,
    MailServer,
    Network,
    Networks,
    PublicAddress,
    Regions,
    SecretKeys,
    Zone,
    file_of,
    is_loopback,
    normalised_database_url,
)
from citizen_app.text import Text

PREFIX: Final = "CITIZEN_"
READ_BY_TESTS: Final = frozenset(
    {"CITIZEN_TEST_POSTGRESQL", "CITIZEN_TEST_REDIS", "CITIZEN_REQUIRE", "CITIZEN_DRILL"}
)
LEAST_RETENTION_DAYS: Final = 184
"""Six months, which the law asks for, can be so long (GB/T 22239-2019, Cybersecurity Law)."""
SECOND_PERSON: Final = ("always", "if_there_is_one")
MISSING: Final = fields.Field.default_error_messages["required"]
FOR_THE_DEMO: Final = "演示城市请设 CITIZEN_DEMO=1，密钥会自动生成。 For the demo city set CITIZEN_DEMO=1; it makes its own secrets."
SHARED_SECRET: Final = validate.Length(min=MINIMUM_SECRET_BYTES, error="at least 32 random characters")


class SettingsRefused(Exception):
    """The environment is invalid; the message names the variable and what to do."""


@dataclass(frozen=True)
class Settings:
    """What an installation may choose. Keys: `secret_keys` sign short tokens (first signs, all verify),
    `field_keys` encrypt columns by key id (highest id encrypts), `pseudonym_key` makes indexes and references
    and never changes. `public_url`, without a closing slash, begins every address that leaves this server:
    in posters, links and messages; what a caller says of the host never does."""

    demo: bool
    data_dir: Path
    database_url: str
    redis_url: str | None
    bind: str
    public_url: str
    secret_keys: tuple[str, ...]
    field_keys: Mapping[int, bytes]
    pseudonym_key: bytes
    division_code: str
    city_zh: str
    city_en: str
    timezone: ZoneInfo
    counter_zh: str
    counter_en: str
    hotline: str
    sms_url: str | None
    sms_secret: str | None
    sms_regions: frozenset[str]
    smtp_url: str | None
    smtp_user: str | None
    smtp_password: str | None
    email_from: str | None
    webhook_networks: tuple[Network, ...]
    payments_url: str | None
    payments_secret: str | None
    phone_idle_days: int
    identity_provider: str
    identity_url: str | None
    identity_secret: str | None
    identity_seconds: float
    eid_url: str | None
    eid_secret: str | None
    trusted_proxies: int
    workers: int
    threads: int
    log_level: str
    watch_interval: float
    hook_budget_ms: int
    services_dir: Path
    jobs_in_server: bool
    usage_retention_days: int
    metrics_token: str | None
    second_person: str

    @property
    def city(self) -> Text:
        """The city's name in both languages."""
        return Text(self.city_zh, self.city_en)

    @property
    def counter(self) -> Text:
        """Where people of the city serve whoever the guide cannot answer."""
        return Text(self.counter_zh, self.counter_en)

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is an SQLite file (then everything runs in one process)."""
        return self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None for PostgreSQL and for a database in memory."""
        return file_of(self.database_url)


class SettingsSchema(Schema):
    """The environment, without the prefix and in lower case."""

    class Meta:
        unknown = RAISE

    demo = fields.Boolean(load_default=False)
    data_dir = DirectoryPath(load_default=lambda: Path("instance").absolute())
    database_url = fields.String(load_default=None)
    redis_url = fields.String(load_default=None)
    bind = fields.String(
        load_default="127.0.0.1:8000", validate=validate.Regexp(r".+:\d{1,5}$", error="write it as host:port")
    )
    public_url = PublicAddress(load_default=None)
    secret_keys = SecretKeys(required=True)
    field_keys = FieldKeys(required=True)
    pseudonym_key = KeyBytes(required=True)
    division_code = fields.String(
        load_default="321300",
        validate=validate.Regexp(r"^\d{6}$", error="six digits of GB/T 2260, for example 321300"),
    )
    city_zh = fields.String(load_default="宿迁", validate=validate.Length(min=1, max=20))
    city_en = fields.String(load_default="Suqian", validate=validate.Length(min=1, max=40))
    timezone = Zone(load_default=lambda: ZoneInfo("Asia/Shanghai"))
    counter_zh = fields.String(load_default="市民服务中心综合窗口", validate=validate.Length(min=1, max=60))
    counter_en = fields.String(
        load_default="the desk of the citizen service centre", validate=validate.Length(min=1, max=120)
    )
    # 12345 is the number of every city's government hotline (国办发〔2020〕53 号).
    hotline = fields.String(
        load_default="12345",
        validate=validate.Regexp(r"^\+?[0-9][0-9 -]{1,19}$", error="a phone number, for example 12345"),
    )
    sms_url = fields.Url(load_default=None, schemes={"https", "http"}, require_tld=False)
    sms_secret = fields.String(load_default=None)
    sms_regions = Regions(load_default=frozenset({"CN"}))
    smtp_url = MailServer(load_default=None)
    smtp_user = fields.String(load_default=None)
    smtp_password = fields.String(load_default=None)
    email_from = MailAddress(load_default=None)
    webhook_networks = Networks(load_default=())
    payments_url = fields.Url(load_default=None, schemes={"https", "http"}, require_tld=False)
    payments_secret = fields.String(load_default=None, validate=SHARED_SECRET)
    phone_idle_days = fields.Integer(load_default=90, validate=validate.Range(30, 3650))
    identity_provider = fields.String(load_default=None, validate=validate.OneOf(["none", "local", "http"]))
    identity_url = fields.Url(load_default=None, schemes={"https", "http"}, require_tld=False)
    identity_secret = fields.String(load_default=None, validate=SHARED_SECRET)
    identity_seconds = fields.Float(load_default=3.0, validate=validate.Range(0.1, 3.0))
    eid_url = fields.Url(load_default=None, schemes={"https", "http"}, require_tld=False)
    eid_secret = fields.String(load_default=None, validate=SHARED_SECRET)
    trusted_proxies = fields.Integer(load_default=0, validate=validate.Range(0, 5))
    workers = fields.Integer(load_default=1, validate=validate.Range(1, 64))
    threads = fields.Integer(load_default=8, validate=validate.Range(1, 64))
    log_level = fields.String(
        load_default="INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
    )
    watch_interval = fields.Float(load_default=1.0, validate=validate.Range(0.0, 2.0))
    hook_budget_ms = fields.Integer(load_default=500, validate=validate.Range(10, 5000))
    services_dir = DirectoryPath(load_default=lambda: Path(__file__).absolute().parent.parent / "services")
    jobs_in_server = fields.Boolean(load_default=None)
    # Three years by default: as long as most claims can be made (Civil Code, art. 188).
    usage_retention_days = fields.Integer(
        load_default=1096, validate=validate.Range(LEAST_RETENTION_DAYS, 36_525)
    )
    metrics_token = fields.String(load_default=None, validate=SHARED_SECRET)
    second_person = fields.String(load_default="always", validate=validate.OneOf(SECOND_PERSON))

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Settings:
        """Complete what depends on other settings."""
        data["database_url"] = normalised_database_url(data["database_url"], data["data_dir"])
        if data["public_url"] is None and data["demo"]:
            data["public_url"] = f"http://{data['bind']}"
        if data["identity_provider"] is None:
            data["identity_provider"] = "local" if data["demo"] else "none"
        if data["jobs_in_server"] is None:
            data["jobs_in_server"] = data["demo"] or data["database_url"].startswith("sqlite")
        return Settings(**data)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check the environment.

    Raises `SettingsRefused` with all faults together. In demo mode missing secrets are made and kept in the
    data folder.
    """
    raw = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in READ_BY_TESTS
    }
    if "bind" not in raw and environ.get("PORT"):
        raw["bind"] = f"127.0.0.1:{environ['PORT']}"
    try:
        if fields.Boolean().deserialize(raw.get("demo", "0")):
            data_dir = DirectoryPath().deserialize(raw.get("data_dir", "instance"))
            raw = {**demo_secrets(data_dir), **raw}
        settings: Settings = SettingsSchema().load(raw)
    except ValidationError as refused:
        raise SettingsRefused(_explain(refused.messages_dict)) from refused
    _check_together(settings)
    return settings


def _explain(messages: Mapping[str, Any]) -> str:
    lines = [
        f"  {PREFIX}{name.upper()}: {'; '.join(map(str, faults))}"
        for name, faults in sorted(messages.items())
    ]
    if any(MISSING in faults for faults in messages.values()):
        lines.append(FOR_THE_DEMO)
    return "The settings cannot be used:\n" + "\n".join(lines)


def _check_together(settings: Settings) -> None:
    if settings.demo and not is_loopback(settings.bind):
        raise SettingsRefused(
            "CITIZEN_DEMO=1 has public passwords and runs only on a loopback address; "
            f"CITIZEN_BIND={settings.bind} is not one. Use 127.0.0.1, or leave demo mode."
        )
    if settings.on_sqlite and settings.workers > 1:
        raise SettingsRefused("SQLite runs as one process: set CITIZEN_WORKERS=1, or use PostgreSQL.")
    if settings.workers > 1 and not settings.redis_url:
        raise SettingsRefused("More than one process needs CITIZEN_REDIS_URL, to count rate limits together.")
    if not settings.public_url:
        raise SettingsRefused(
            "Outside demo mode set CITIZEN_PUBLIC_URL to the address at which people reach the city, "
            "such as https://city.example.org: posters, links and messages carry it."
        )
    if not settings.demo and not (settings.sms_url and settings.sms_secret):
        raise SettingsRefused("Outside demo mode OTPs go out by SMS: CITIZEN_SMS_URL and CITIZEN_SMS_SECRET.")
    _check_providers(settings)
    _check_email(settings)


def _check_email(settings: Settings) -> None:
    """A mail server needs somebody who writes; who writes needs a server."""
    if bool(settings.smtp_url) != bool(settings.email_from):
        raise SettingsRefused("Set CITIZEN_SMTP_URL and CITIZEN_EMAIL_FROM together, or neither.")
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        raise SettingsRefused("Set CITIZEN_SMTP_USER and CITIZEN_SMTP_PASSWORD together, or neither.")
    if settings.smtp_user and not settings.smtp_url:
        raise SettingsRefused("CITIZEN_SMTP_USER needs CITIZEN_SMTP_URL.")


def _check_providers(settings: Settings) -> None:
    """Names, numbers and sign-ins travel over the network only encrypted; to providers signed, too."""
    if settings.identity_provider == "http" and not (settings.identity_url and settings.identity_secret):
        raise SettingsRefused(
            "CITIZEN_IDENTITY_PROVIDER=http needs CITIZEN_IDENTITY_URL and CITIZEN_IDENTITY_SECRET."
        )
    for name in ("eid", "payments"):
        if bool(getattr(settings, f"{name}_url")) != bool(getattr(settings, f"{name}_secret")):
            both = f"CITIZEN_{name.upper()}_URL and CITIZEN_{name.upper()}_SECRET"
            raise SettingsRefused(f"Set {both} together, or neither.")
    for name, url in (
        ("PAYMENTS_URL", settings.payments_url),
        ("IDENTITY_URL", settings.identity_url),
        ("EID_URL", settings.eid_url),
        ("PUBLIC_URL", settings.public_url),
    ):
        if url and url.startswith("http://") and not is_loopback(f"{urlsplit(url).hostname}:0"):
            raise SettingsRefused(f"CITIZEN_{name} must begin with https://; http is for this machine only.")


def current_settings() -> Settings:
    """The settings of the running application."""
    settings: Settings = extension("settings")
    return settings
