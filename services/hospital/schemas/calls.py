"""What a call screen sends."""

from __future__ import annotations

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import StrictBoolean, StrictSchema, fields, validate
from services.hospital.operations.calling import ACTS


class NextSchema(StrictSchema):
    """Call the next patient to a room; with `finish` whoever is in it has been seen."""

    room = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 40),
        metadata={"label": Text("诊室", "Room")},
    )
    finish = StrictBoolean(load_default=False, metadata={"label": Text("先结束在诊的人", "Finish who is in")})


class CheckInSchema(StrictSchema):
    """Check somebody in at the triage desk, by the number of the booking; an emergency is called first."""

    number = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{10}\Z"),
        metadata={"label": Text("预约号", "Booking number"), "help": Text("10 位数字", "Ten digits")},
    )
    is_urgent = StrictBoolean(
        load_default=False, metadata={"label": Text("急诊，优先叫号", "Emergency: call first")}
    )


class AddByHandSchema(StrictSchema):
    """Give somebody a number beyond what there is, by their record number, and why."""

    number = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{8,12}\Z"),
        metadata={
            "label": Text("病案号", "Record number"),
            "help": Text("没有病案号的，先到窗口登记", "Who has none is registered at the window first"),
            "inputmode": "numeric",
        },
    )
    reason = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"label": Text("原因", "Reason")}
    )


class ActSchema(StrictSchema):
    """Something done with a ticket; `urgent` and `undo` need a reason."""

    act = fields.String(
        required=True,
        validate=validate.OneOf(list(ACTS)),
        metadata={
            "label": Text("操作", "Act"),
            "titles": {name: title for name, (_, title) in ACTS.items()},
        },
    )
    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 60),
        metadata={
            "label": Text("原因", "Reason"),
            "help": Text("撤销和急诊提前须写明", "Needed to undo and to bring forward"),
        },
    )
