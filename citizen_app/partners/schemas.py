"""What comes in and goes out about partners."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from citizen_app.partners.operations import KEEP_HOURS
from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.text import Text
from citizen_app.usage.schemas import SERVICE
from citizen_app.wire.inputs import ChangeSchema, Pattern, StrictInteger, StrictSchema
from citizen_app.wire.moments import Moment
from citizen_app.wire.outputs import MomentOut

PER_MINUTE: Final = 600
MOST_PER_MINUTE: Final = 60_000
MOST_KEEP_HOURS: Final = 30 * 24
UNIT_FORM: Final = Text(
    "请写单位的编号：字母、数字、点、冒号、下划线和连字符",
    "the id of a unit: letters, digits, dots, colons, underscores and hyphens",
)
STATES: Final = ("active", "expired", "revoked")


def _name() -> dict[str, Any]:
    return {
        "validate": [validate.Length(1, 60), validate.Regexp(r".*\S")],
        "metadata": {
            "label": Text("系统名称", "Name of the system"),
            "help": Text(
                "市民会在查看记录里看到这个名称，例如“苏北人民医院 HIS”。",
                "Citizens read it where their data was looked at, for example “City Hospital HIS”.",
            ),
        },
    }


def _scopes() -> dict[str, Any]:
    return {
        "validate": validate.Length(1, 20),
        "metadata": {"label": Text("权限范围", "Scopes")},
    }


def _per_minute() -> dict[str, Any]:
    return {
        "validate": validate.Range(1, MOST_PER_MINUTE),
        "metadata": {"label": Text("每分钟最多请求数", "Requests per minute, at most")},
    }


class PartnerQuerySchema(PageQuerySchema):
    """Filters of the list."""

    service = fields.String(
        load_default=None, validate=SERVICE, metadata={"description": "Only this service."}
    )


class PartnerFormSchema(StrictSchema):
    """A partner of a service that is known."""

    name = fields.String(required=True, **_name())
    unit = fields.String(
        required=True,
        validate=[validate.Length(1, 64), Pattern(r"^[A-Za-z0-9._:-]+\Z", UNIT_FORM)],
        metadata={
            "label": Text("单位", "Unit"),
            "help": Text(
                "密钥只用于这一个单位（医院、分馆），以后不能更改。",
                "The key is for this one unit (a hospital, a branch) and stays with it.",
            ),
        },
    )
    scopes = fields.List(fields.String(validate=validate.Length(1, 40)), required=True, **_scopes())
    per_minute = StrictInteger(load_default=PER_MINUTE, **_per_minute())
    expires_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"label": Text("有效期至", "Valid until"), "description": "Null: until it is revoked."},
    )


class NewPartnerSchema(PartnerFormSchema):
    """A partner to be made."""

    service = fields.String(required=True, validate=SERVICE)


class PartnerChangeSchema(ChangeSchema):
    """What changes."""

    name = fields.String(**_name())
    scopes = fields.List(fields.String(validate=validate.Length(1, 40)), **_scopes())
    per_minute = StrictInteger(**_per_minute())
    expires_at = Moment(allow_none=True, metadata={"label": Text("有效期至", "Valid until")})


class KeyRotationSchema(StrictSchema):
    """How a key is replaced."""

    keep_hours = StrictInteger(
        load_default=KEEP_HOURS,
        validate=validate.Range(0, MOST_KEEP_HOURS),
        metadata={
            "label": Text("旧密钥继续有效（小时）", "The old key stays valid (hours)"),
            "description": "How long the key before is accepted; 0: it ends now.",
        },
    )


class PartnerSchema(Schema):
    """A partner; its key is never shown again."""

    id = fields.String(required=True)
    service = fields.String(required=True)
    unit = fields.String(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True, validate=validate.Length(max=20))
    per_minute = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    created_at = MomentOut()
    created_by = fields.String(required=True)
    rotated_at = MomentOut(allow_none=True)
    previous_until = MomentOut(
        allow_none=True, metadata={"description": "Until when the key before is accepted, too."}
    )
    expires_at = MomentOut(allow_none=True)
    revoked_at = MomentOut(allow_none=True)
    last_used_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The day (UTC) of its last call."}
    )
    previous_used_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day (UTC) on which the key before was last used."},
    )


class PartnerPageSchema(PageSchema):
    """One page, newest first."""

    items = fields.List(fields.Nested(PartnerSchema), required=True)


class PartnerKeySchema(Schema):
    """A partner and its key, shown once."""

    partner = fields.Nested(PartnerSchema, required=True)
    key = fields.String(
        required=True, metadata={"description": "Sent as `Authorization: Bearer <key>`; 55 characters."}
    )
