"""What brings somebody into a queue on its call screen."""

from __future__ import annotations

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import StrictBoolean, StrictSchema, fields, validate


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
