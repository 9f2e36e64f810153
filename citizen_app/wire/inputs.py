"""Fields for what comes in, as strict as JSON Schema is about them."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from citizen_app.text import Text
from citizen_app.wire.faults import Refused

UUID: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


NOTHING_TO_CHANGE: Final = Text("没有要改的内容", "nothing to change")
MOST_MEMBERS: Final = Text("至多 {most} 项", "at most {most} members")
SIX_DIGITS: Final = Text("应为六位数字", "six digits")
NOT_A_UUID: Final = Text("请写 UUID，最好是第 7 版", "write a UUID, best of version 7")


class StrictSchema(Schema):
    """What comes in or goes out: members that are not declared are refused, and those that are keep their order."""

    class Meta:
        unknown = RAISE


class ChangeSchema(StrictSchema):
    """What may change of a thing: every member may be left out, but not all of them."""

    together: ClassVar = {"minProperties": 1}

    @validates_schema
    def something_changes(self, data: dict[str, Any], **kwargs: Any) -> None:
        """An empty change is a mistake of the caller."""
        if not data:
            raise Refused(NOTHING_TO_CHANGE)


class Pattern(validate.Regexp):
    """A regular expression, and what is said of a text that does not match."""

    def __init__(self, regex: str, words: Text) -> None:
        super().__init__(regex)
        self._words = words

    def __call__(self, value: Any) -> Any:
        """The value. Raises `Refused`."""
        try:
            return super().__call__(value)
        except ValidationError as error:
            raise Refused(self._words) from error


class StrictInteger(fields.Integer):
    """A whole number in a JSON body: `7` and `7.0` are one number, `7.5`, `"7"` and `true` are none."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class StrictBoolean(fields.Boolean):
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
            raise Refused(MOST_MEMBERS.fill(most=self._most))


class ClientGeneratedId(fields.String):
    """An id that the caller made, so that a retry is recognised: a UUID (RFC 9562), in lower case once it is read.

    Version 7 is the one to make, because it keeps a kiosk's scans together in the index; another one is unique too and is taken.
    """

    def __init__(self, **options: Any) -> None:
        metadata = {"format": "uuid", "pattern": f"^{UUID}$", **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if not re.fullmatch(UUID, text):
            raise Refused(NOT_A_UUID)
        return text.lower()
