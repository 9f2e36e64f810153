"""How single settings are written: keys, secrets, time zones, folders, regions. Each refuses what cannot be
meant, in words."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import phonenumbers
from marshmallow import ValidationError, fields

MINIMUM_SECRET_BYTES: Final = 32
EVERYWHERE: Final = "*"
ADDRESS_FORM: Final = "write it as https://city.example.org, without a path; a name in Chinese as xn--…"
LONGEST_ADDRESS: Final = 254
LONGEST_LOCAL_PART: Final = 64
PLAIN_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
LOOPBACK_NAMES: Final = frozenset({"localhost"})
HOST_NAME: Final = re.compile(r"[a-z0-9._:-]{1,253}")


class KeyBytes(fields.Field[bytes]):
    """At least 32 random bytes as base64."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        try:
            key = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValidationError("must be base64, for example from: openssl rand -base64 32") from error
        if len(key) < MINIMUM_SECRET_BYTES or len(set(key)) < MINIMUM_SECRET_BYTES // 4:
            raise ValidationError(
                "too weak: at least 32 random bytes, for example from: openssl rand -base64 32"
            )
        return key


class FieldKeys(fields.Field[dict[int, bytes]]):
    """`1:base64,2:base64`: AES-256 keys by id, 1 to 255."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[int, bytes]:
        keys: dict[int, bytes] = {}
        for part in str(value).split(","):
            number, separator, key = part.strip().partition(":")
            if not separator or not number.isdigit() or not 1 <= int(number) <= 255 or int(number) in keys:
                raise ValidationError("write it as 1:<base64>,2:<base64> with distinct ids from 1 to 255")
            keys[int(number)] = KeyBytes().deserialize(key)[:32]
        return keys


class SecretKeys(fields.Field[tuple[str, ...]]):
    """Comma-separated signing secrets; the first signs, all verify."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        keys = tuple(part.strip() for part in str(value).split(",") if part.strip())
        if not keys or any(len(key) < MINIMUM_SECRET_BYTES or len(set(key)) < 8 for key in keys):
            raise ValidationError(
                "each secret needs at least 32 random characters, for example from: openssl rand -base64 32"
            )
        return keys


class Zone(fields.Field[ZoneInfo]):
    """An IANA time zone name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> ZoneInfo:
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValidationError("unknown time zone, write for example Asia/Shanghai") from error


class DirectoryPath(fields.Field[Path]):
    """A folder, made absolute."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Path:
        return Path(str(value)).expanduser().absolute()


class PublicAddress(fields.Field[str]):
    """The address at which people reach the city: scheme, host and port, without a path; kept without the
    closing slash."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        written = str(value).strip()
        try:
            parts = urlsplit(written)
            port = parts.port
        except ValueError as error:
            raise ValidationError(ADDRESS_FORM) from error
        if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
            raise ValidationError(ADDRESS_FORM)
        if parts.username is not None or parts.path not in ("", "/") or "?" in written or "#" in written:
            raise ValidationError(ADDRESS_FORM)
        if not HOST_NAME.fullmatch(parts.hostname):
            raise ValidationError(ADDRESS_FORM)
        return f"{parts.scheme}://{parts.netloc.lower()}"


class Regions(fields.Field[frozenset[str]]):
    """`CN,HK`: regions of phone numbers by ISO 3166; `*`, loaded as the empty set, for all of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> frozenset[str]:
        named = frozenset(part.strip().upper() for part in str(value).split(","))
        if named == {EVERYWHERE}:
            return frozenset()
        if unknown := sorted(named - phonenumbers.SUPPORTED_REGIONS):
            raise ValidationError(f"{', '.join(unknown) or value!r}: write regions as CN,HK, or * for all")
        return named


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Networks(fields.Field[tuple[Network, ...]]):
    """`10.20.0.0/16,fd12:3456::/48`: networks with their mask."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Network, ...]:
        try:
            return tuple(ipaddress.ip_network(part.strip()) for part in str(value).split(","))
        except ValueError as error:
            raise ValidationError("write networks as 10.20.0.0/16,fd12:3456::/48") from error


class MailServer(fields.Field[str]):
    """`smtp://mail.example.org:587` (STARTTLS) or `smtps://mail.example.org:465`; user and password stand in
    settings of their own."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        form = "write it as smtp://mail.example.org:587 or smtps://mail.example.org:465"
        try:
            parts = urlsplit(str(value).strip())
            port = parts.port
        except ValueError as error:
            raise ValidationError(form) from error
        plain = parts.path in ("", "/") and not parts.query and not parts.fragment
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0 or not plain:
            raise ValidationError(form)
        if parts.username is not None:
            raise ValidationError("user and password belong in CITIZEN_SMTP_USER and CITIZEN_SMTP_PASSWORD")
        return f"{parts.scheme}://{parts.netloc}"


class MailAddress(fields.Field[str]):
    """An address in its plain form, without a name before it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        address = str(value).strip()
        if not is_plain_address(address):
            raise ValidationError("write it as city@example.org")
        return address


def is_plain_address(address: str) -> bool:
    """Whether an e-mail address is one that any mail server takes and no header can be made of: no spaces,
    quotes, comments or line breaks, a domain with dots (the plain part of RFC 5321 §4.1.2)."""
    return (
        len(address) <= LONGEST_ADDRESS
        and len(address.rpartition("@")[0]) <= LONGEST_LOCAL_PART
        and PLAIN_ADDRESS.fullmatch(address) is not None
    )


def normalised_database_url(url: str | None, data_dir: Path) -> str:
    """The SQLAlchemy URL with our driver; an SQLite file in the data folder where none is given."""
    if not url:
        return f"sqlite:///{data_dir / 'citizen.db'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValidationError({"database_url": ["only sqlite:///file and postgresql:// are supported"]})
    return url


def file_of(database_url: str) -> Path | None:
    """The file of an SQLite URL; None for PostgreSQL and for a database in memory."""
    name = database_url.removeprefix("sqlite:///").partition("?")[0]
    return Path(name).absolute() if name not in (database_url, "", ":memory:") else None


def is_loopback(bind: str) -> bool:
    """Whether `host:port`, `[v6]:port` or `unix:path` is reachable from this machine only."""
    if bind.startswith("unix:"):
        return True
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES
