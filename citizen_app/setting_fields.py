"""How single settings are written: keys, secrets, time zones, folders, regions. Each refuses what cannot be
meant, in words."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import phonenumbers
from marshmallow import ValidationError, fields

MINIMUM_SECRET_BYTES: Final = 32
EVERYWHERE: Final = "*"


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


class Regions(fields.Field[frozenset[str]]):
    """`CN,HK`: regions of phone numbers by ISO 3166; `*`, loaded as the empty set, for all of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> frozenset[str]:
        named = frozenset(part.strip().upper() for part in str(value).split(","))
        if named == {EVERYWHERE}:
            return frozenset()
        if unknown := sorted(named - phonenumbers.SUPPORTED_REGIONS):
            raise ValidationError(f"{', '.join(unknown) or value!r}: write regions as CN,HK, or * for all")
        return named
