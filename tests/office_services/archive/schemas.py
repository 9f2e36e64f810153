"""What operators send."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    Pattern,
    Refused,
    StrictBoolean,
    StrictInteger,
    StrictSchema,
    fields,
    validate,
    validates_schema,
)

KINDS = {"reading": Text("阅览", "Reading"), "store": Text("库房", "Store")}


class ArchiveBranchSchema(StrictSchema):
    """A branch."""

    name_zh = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"label": Text("名称（中文）", "Name (Chinese)")},
    )
    name_en = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"label": Text("名称（英文）", "Name (English)")},
    )


class ArchiveRoomSchema(ArchiveBranchSchema):
    """A room."""

    branch_id = fields.String(required=True, metadata={"label": Text("分馆", "Branch")})
    code = fields.String(
        required=True,
        validate=Pattern(r"^[A-Z0-9]{1,20}\Z", Text("大写字母和数字", "capital letters and digits")),
        metadata={"label": Text("编号", "Code")},
    )
    seats = StrictInteger(
        required=True, validate=validate.Range(0, 500), metadata={"label": Text("座位", "Seats")}
    )
    quiet_seats = StrictInteger(
        allow_none=True, validate=validate.Range(0, 500), metadata={"label": Text("静音座位", "Quiet seats")}
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(KINDS)),
        metadata={"label": Text("类型", "Kind"), "titles": KINDS},
    )
    near_ids = fields.List(
        fields.String(), load_default=list, metadata={"label": Text("相邻房间", "Rooms beside it")}
    )
    lift = StrictBoolean(load_default=False, metadata={"label": Text("有电梯", "Lift")})
    opened_on = fields.Date(metadata={"label": Text("启用日期", "Opened on")})

    @validates_schema
    def quiet_within(self, data: dict[str, Any], **options: Any) -> None:
        """Quiet seats are some of the seats."""
        if (data.get("quiet_seats") or 0) > data["seats"]:
            raise Refused(Text("不能多于座位数", "no more than there are seats"), "quiet_seats")
