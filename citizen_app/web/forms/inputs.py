"""How a field of a schema is drawn: what kind of input, with which label, limits and choices.

Everything comes from the field itself. What a schema alone does not know stands in the field's `metadata`:
`label` (a `Text`, needed for what is drawn), `help` (a `Text`), `titles` (a `Text` for each value of a
`OneOf`), `group` (a `Text`: the heading of the fields from here on), `autocomplete` and `inputmode` (HTML),
`always` for what a person always fills in though programs may leave it out, `money` where the schema has 分
and people write 元, and `input` where the kind does not follow from the class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from marshmallow import fields, missing, validate

from citizen_app.settings import current_settings
from citizen_app.text import Language, Text

LONG_TEXT: Final = 120
"""Characters from which on a text gets several lines."""
FEW: Final = 5
"""So many choices stand there to be seen; more are chosen from a list."""
LOCAL_MOMENT: Final = "%Y-%m-%dT%H:%M"
Choices = Sequence[tuple[str, Text]]
AnyField = fields.Field[Any]
KINDS: Final[Sequence[tuple[type[AnyField], str]]] = (
    (fields.Boolean, "checkbox"),
    (fields.Number, "number"),
    (fields.DateTime, "datetime-local"),
    (fields.Date, "date"),
    (fields.Time, "time"),
    (fields.Email, "email"),
)
"""The first class that fits, so what is derived from another comes first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values to choose from."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a form, in the page's language; `limits` are attributes of HTML.

    `kind` is a `type` of HTML's `<input>`, or textarea, select, radio (few choices) or checkboxes (several
    of them at once).
    """

    name: str
    kind: str
    label: str
    required: bool
    values: tuple[str, ...] = ()
    help: str | None = None
    choices: tuple[Choice, ...] = ()
    limits: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    group: str | None = None

    @property
    def id(self) -> str:
        """Its id on the page."""
        return f"field-{self.name}"

    @property
    def value(self) -> str:
        """What stands in it."""
        return self.values[0] if self.values else ""

    @property
    def described_by(self) -> str:
        """Ids of what explains it: the help, then what is wrong."""
        ids = ([f"{self.id}-help"] if self.help else []) + ([f"{self.id}-error"] if self.errors else [])
        return " ".join(ids)


def drawn(
    name: str,
    declared: AnyField,
    values: tuple[str, ...],
    errors: tuple[str, ...],
    language: Language,
    choices: Choices | None = None,
) -> Input:
    """A declared field as an input. `choices` are those that only the moment knows. Raises `TypeError` for a
    field without a label."""
    label = declared.metadata.get("label")
    if not isinstance(label, Text):
        raise TypeError(f"the field {name!r} is drawn and has no label: metadata={{'label': Text(…)}}")
    help_, group = declared.metadata.get("help"), declared.metadata.get("group")
    offered = choices if choices is not None else choices_of(declared)
    return Input(
        name=name,
        kind=_kind(declared, offered),
        label=label.say(language),
        required=(declared.required or bool(declared.metadata.get("always")))
        and not isinstance(declared, fields.Boolean),
        values=values,
        help=help_.say(language) if isinstance(help_, Text) else None,
        choices=tuple(Choice(value, title.say(language), value in values) for value, title in offered or ()),
        limits=_limits(declared),
        errors=errors,
        group=group.say(language) if isinstance(group, Text) else None,
    )


def choices_of(declared: AnyField) -> Choices | None:
    """The values that the schema allows, with their titles; None where any value will do."""
    inner = declared.inner if isinstance(declared, fields.List) else declared
    titles = declared.metadata.get("titles", {})
    for rule in inner.validators:
        if isinstance(rule, validate.OneOf):
            return [(str(value), titles[value]) for value in rule.choices]
    return None


def first_values(declared: AnyField) -> tuple[str, ...]:
    """What a fresh form shows: the schema's default."""
    default = declared.load_default
    return () if default is missing else written(declared, default() if callable(default) else default)


def is_money(declared: AnyField | None) -> bool:
    """Whether the field is an amount in 分, which people read and write in 元."""
    return declared is not None and bool(declared.metadata.get("money"))


def written(declared: AnyField | None, value: Any) -> tuple[str, ...]:
    """A value as inputs hold it: moments in the city's time, amounts in 元."""
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("true",) if value else ()
    if isinstance(value, datetime):
        return (value.astimezone(current_settings().timezone).strftime(LOCAL_MOMENT),)
    if isinstance(value, date | time):
        return (value.isoformat(),)
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(str(one) for one in value)
    return (_in_yuan(value) if is_money(declared) else str(value),)


def _in_yuan(amount: int) -> str:
    return f"{Decimal(amount) / 100:.2f}".removesuffix(".00")


def _kind(declared: AnyField, offered: Choices | None) -> str:
    stated: str | None = declared.metadata.get("input")
    if stated is not None:
        return stated
    if offered is not None:
        if isinstance(declared, fields.List):
            return "checkboxes"
        return "radio" if len(offered) <= FEW and declared.required else "select"
    for kind, name in KINDS:
        if isinstance(declared, kind):
            return name
    return "textarea" if (_longest(declared) or 0) > LONG_TEXT else "text"


def _longest(declared: AnyField) -> int | None:
    lengths = [rule for rule in declared.validators if isinstance(rule, validate.Length)]
    return next((rule.equal or rule.max for rule in lengths), None)


def _limits(declared: AnyField) -> dict[str, str]:
    found = {
        name: str(declared.metadata[name])
        for name in ("autocomplete", "inputmode")
        if name in declared.metadata
    }
    money = is_money(declared)
    if isinstance(declared, fields.Integer):
        found["step"] = "0.01" if money else "1"
        found.setdefault("inputmode", "decimal" if money else "numeric")
    longest = _longest(declared)
    if longest is not None and not isinstance(declared, fields.List):
        found["maxlength"] = str(longest)
    for rule in declared.validators:
        if isinstance(rule, validate.Range):
            found |= {
                name: _in_yuan(limit) if money else str(limit)
                for name in ("min", "max")
                if (limit := getattr(rule, name)) is not None
            }
    return found
