"""What a form sends, as the JSON that the same schema takes from programs: forms know texts only."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from flask import request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from citizen_app.clock import rfc3339
from citizen_app.settings import current_settings
from citizen_app.text import Text
from citizen_app.web.forms.inputs import AnyField, is_money
from citizen_app.web.pages.language import CHOSEN_BY_ADDRESS
from citizen_app.wire.faults import Refused
from citizen_app.wire.moments import Moment
from citizen_app.wire.problems import Problem, errors_from_messages

DONE: Final = "done"
"""The parameter that says what was just done."""
TWICE: Final = Text("只能填写一次", "can be given only once")
NOT_A_MOMENT: Final = Text(
    "请写日期和时间，例如 2026-11-28 14:30", "write a date and a time, such as 2026-11-28 14:30"
)
NOT_AN_AMOUNT: Final = Text(
    "请写金额（元），至多两位小数，例如 12.50", "write an amount in yuan, two decimals at most, such as 12.50"
)
LOCAL: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)")
WHOLE: Final = re.compile(r"[+-]?\d{1,18}")
AMOUNT: Final = re.compile(r"[+-]?\d{1,16}(\.\d{1,2})?")
DECIMAL: Final = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")


def as_json(schema: Schema, sent: MultiDict[str, str], asked: Collection[str]) -> dict[str, Any]:
    """The members that a form has sent, for `schema.load`. `asked` are the fields that the form has: among
    them an absent one is an unticked box.

    An input that was left empty says nothing; where the schema knows null, it says null. What is not
    declared is handed on, so that the schema refuses it. Raises `ValidationError`.
    """
    members: dict[str, Any] = {name: sent.getlist(name)[0] for name in sent if name not in schema.fields}
    faults: dict[str, Any] = {}
    for name, declared in schema.fields.items():
        try:
            values = sent.getlist(name)
            if isinstance(declared, fields.List):
                if values or name in asked:
                    members[name] = [_value(declared.inner, value) for value in values]
            elif len(values) > 1:
                raise Refused(TWICE)
            elif isinstance(declared, fields.Boolean):
                if values or name in asked:
                    members[name] = bool(values) and values[0] in ("true", "on", "1")
            elif values and values[0].strip():
                members[name] = _value(declared, values[0])
            elif values and declared.allow_none:
                members[name] = None
        except Refused as refused:
            faults[name] = refused.messages
    if faults:
        raise ValidationError(faults)
    return members


def asked(schema: type[Schema]) -> dict[str, Any]:
    """The parameters of the page's address, as a schema loads them; what any page takes is left out. Raises a
    422."""
    made = schema()
    given = request.args.copy()
    for name in (*CHOSEN_BY_ADDRESS, DONE):
        if name not in made.fields:
            given.poplist(name)
    try:
        found: dict[str, Any] = made.load(as_json(made, given, ()))
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused
    return found


def _value(declared: AnyField, text: str) -> Any:
    if is_money(declared):
        return _in_fen(text.strip())
    if isinstance(declared, fields.Integer):
        return int(text) if WHOLE.fullmatch(text.strip()) else text
    if isinstance(declared, fields.Number):
        return float(text) if DECIMAL.fullmatch(text.strip()) else text
    if isinstance(declared, Moment):
        return _moment(text.strip())
    return text.replace("\r\n", "\n")


def _in_fen(text: str) -> int:
    if AMOUNT.fullmatch(text) is None:
        raise Refused(NOT_AN_AMOUNT)
    return int(Decimal(text) * 100)


def _moment(text: str) -> str:
    """A date and time of the city, as RFC 3339; of an hour that comes twice in autumn the first is meant."""
    found = LOCAL.fullmatch(text)
    try:
        local = datetime.fromisoformat(f"{found[1]}T{found[2]}") if found else None
        if local is not None:
            return rfc3339(local.replace(tzinfo=current_settings().timezone))
    except (ValueError, OverflowError):
        pass
    raise Refused(NOT_A_MOMENT)
