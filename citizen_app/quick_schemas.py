"""Schemas on the path of every scan: what is plainly right is taken at once, everything else goes marshmallow's way.

Plainly right means: no member but the declared ones, each of exactly its type and within its bounds, nothing to mend. The bounds are
read from the fields themselves, so there is one declaration; a member of a kind that is not known here leaves its input to marshmallow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from marshmallow import RAISE, Schema, fields, missing, validate

from citizen_app.inputs import UUID, GivenId
from citizen_app.moments import EARLIEST, LATEST, RFC3339, Moment

Test = Callable[[Any], bool]


class _Member(NamedTuple):
    """`convert` may raise `ValueError` for what passed the test and still is not plainly right."""

    test: Test
    convert: Callable[[Any], Any] | None
    required: bool
    default: Any


class QuickSchema(Schema):
    """A schema that refuses unknown members. For what is plainly right marshmallow's hooks are not run: `made_of` is what both ways
    share, and `go_together` says whether members that are right each may stand together."""

    class Meta:
        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._members = {name: _member(field, name) for name, field in self.load_fields.items()}
        self._required = {name for name, member in self._members.items() if member.required}
        self._defaults = {
            name: member.default for name, member in self._members.items() if member.default is not missing
        }

    def made_of(self, members: dict[str, Any]) -> Any:
        """What loading gives."""
        return members

    def go_together(self, members: Mapping[str, Any]) -> bool:
        """Whether these members may stand together; what does not, marshmallow's way must refuse."""
        return True

    def load(self, data: Any, **options: Any) -> Any:
        """As marshmallow's. Raises `ValidationError`."""
        taken = None if options and options != {"unknown": RAISE} else self._taken(data)
        if taken is None:
            return super().load(data, **options)
        for name, default in self._defaults.items():
            if name not in taken:
                taken[name] = default() if callable(default) else default
        return self.made_of(taken)

    def _taken(self, data: Any) -> dict[str, Any] | None:
        """The members of what is plainly right."""
        if type(data) is not dict or not data.keys() >= self._required:
            return None
        taken = {}
        for name, value in data.items():
            member = self._members.get(name)
            if member is None or not member.test(value):
                return None
            try:
                taken[name] = value if member.convert is None else member.convert(value)
            except ValueError:
                return None
        return taken if self.go_together(taken) else None


def _member(field: fields.Field[Any], name: str) -> _Member:
    renamed = field.data_key not in (None, name) or field.attribute not in (None, name)
    if type(field) is Moment and not field.validators and not renamed:
        return _Member(_is_plain_moment, _moment, field.required, field.load_default)
    return _Member(_never if renamed else _test_of(field), None, field.required, field.load_default)


def _is_plain_moment(value: Any) -> bool:
    return type(value) is str and value.endswith("Z") and RFC3339.fullmatch(value) is not None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if not EARLIEST <= moment < LATEST:
        raise ValueError("outside the years that can be reckoned with")
    return moment


def _test_of(field: fields.Field[Any]) -> Test:
    """What a value must be to need no conversion and no words about it."""
    kind = type(field)
    tests = [_test_of_rule(rule) for rule in field.validators]
    if kind is GivenId:
        return _is_plain_id if not tests else _never
    if kind is fields.Dict:
        named = not tests and field.value_field is None and _is_any_text(field.key_field)  # type: ignore[attr-defined]
        return _has_named_members if named else _never
    expected = {fields.String: str, fields.Boolean: bool, fields.Integer: int}.get(kind)
    if expected is None:
        return _never
    return lambda value: type(value) is expected and all(test(value) for test in tests)


def _test_of_rule(rule: Any) -> Test:
    if type(rule) is validate.Length and rule.equal is None:
        low, high = rule.min or 0, math.inf if rule.max is None else rule.max
        return lambda value: low <= len(value) <= high
    if type(rule) is validate.Range and rule.min_inclusive and rule.max_inclusive:
        least, most = -math.inf if rule.min is None else rule.min, math.inf if rule.max is None else rule.max
        return lambda value: least <= value <= most
    if type(rule) is validate.OneOf:
        choices = frozenset(rule.choices)
        return lambda value: value in choices
    return _never


def _is_any_text(field: fields.Field[Any] | None) -> bool:
    return type(field) is fields.String and not field.validators


def _has_named_members(value: Any) -> bool:
    return type(value) is dict and all(type(name) is str for name in value)


_PLAIN_ID: Final = re.compile(UUID.replace("A-F", ""))


def _is_plain_id(value: Any) -> bool:
    return type(value) is str and _PLAIN_ID.fullmatch(value) is not None


def _never(value: Any) -> bool:
    return False
