"""Fields for what comes in, as strict as JSON Schema is about them."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

UUID: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


class WholeNumber(fields.Integer):
    """A whole number in a JSON body: `7` and `7.0` are one number, `7.5`, `"7"` and `true` are none."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class YesNo(fields.Boolean):
    """`true` or `false`, and nothing like them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Members(fields.Dict):
    """An object whose members are declared elsewhere: at most so many, each with a short name."""

    LONGEST_NAME: Final = 40

    def __init__(self, most: int, **options: Any) -> None:
        name = fields.String(validate=validate.Length(max=self.LONGEST_NAME))
        metadata = {"maxProperties": most, **options.pop("metadata", {})}
        super().__init__(keys=name, validate=self._are_few, metadata=metadata, **options)
        self._most = most

    def _are_few(self, members: dict[str, Any]) -> None:
        if len(members) > self._most:
            raise ValidationError(f"at most {self._most} members")


class GivenId(fields.String):
    """An id that the caller made, so that a retry is recognised: a UUID (RFC 9562), in lower case once it is read.

    Version 7 is the one to make, because it keeps a kiosk's scans together in the index; another one is unique too and is taken.
    """

    def __init__(self, **options: Any) -> None:
        metadata = {"format": "uuid", "pattern": f"^{UUID}$", **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if not re.fullmatch(UUID, text):
            raise ValidationError("write a UUID, best of version 7")
        return text.lower()
