"""What comes in and goes out about notices."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from citizen_app.notices.preferences import Preferences
from citizen_app.setting_fields import (
    LONGEST_ADDRESS,
    LONGEST_LOCAL_PART,
    PLAIN_ADDRESS,
    is_plain_address,
)
from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.text import Text
from citizen_app.usage.schemas import SERVICE
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import ClientGeneratedId, Pattern, StrictBoolean, StrictInteger, StrictSchema
from citizen_app.wire.outputs import MomentOut, TextOut

NOT_AN_ADDRESS: Final = Text("请填写完整的邮箱地址，例如 name@example.com", "write it as name@example.com")
MOST_MUTED: Final = 100
HOURS: Final = {hour: Text(f"{hour} 点", f"{hour}:00") for hour in range(24)}
LANGUAGES: Final = {
    "both": Text("中英双语", "Chinese and English"),
    "zh": Text("中文", "Chinese"),
    "en": Text("英文", "English"),
}


class PlainAddress(Pattern):
    """A validator: an e-mail address in its plain form, and nothing before or after it."""

    def __init__(self) -> None:
        super().__init__(rf"^(?=.{{1,{LONGEST_LOCAL_PART}}}@){PLAIN_ADDRESS.pattern}$", NOT_AN_ADDRESS)

    def __call__(self, value: Any) -> Any:
        """The value. Raises `Refused`."""
        if not is_plain_address(value):
            raise Refused(NOT_AN_ADDRESS)
        return value


class InboxQuerySchema(PageQuerySchema):
    """Filters of an inbox."""

    service = fields.String(
        load_default=None, validate=SERVICE, metadata={"description": "Only this service."}
    )
    unread = fields.Boolean(load_default=False, metadata={"description": "Only what was not read yet."})


class ReceivedSchema(Schema):
    """A notice, as its citizen reads it."""

    id = fields.String(required=True)
    service = fields.String(
        required=True, metadata={"description": "Who tells it; `city` is the city's own office."}
    )
    service_title = TextOut()
    notice = fields.String(required=True, metadata={"description": "Which of the service's notices."})
    title = TextOut()
    body = TextOut()
    security = fields.Boolean(required=True)
    in_care = fields.Boolean(
        required=True, metadata={"description": "About somebody whom the citizen looks after."}
    )
    link = fields.String(
        required=True, allow_none=True, metadata={"description": "A page of this city that shows more."}
    )
    at = MomentOut()
    read_at = MomentOut(allow_none=True)
    disputed_at = MomentOut(
        allow_none=True, metadata={"description": "When the citizen has said that it was not they."}
    )
    advice = TextOut(allow_none=True, metadata={"description": "What to do after an objection."})


class InboxPageSchema(PageSchema):
    """One page of an inbox, newest first."""

    unread = fields.Integer(required=True, metadata={"description": "How many of all were not read yet."})
    items = fields.List(fields.Nested(ReceivedSchema), required=True)


class EmailSchema(Schema):
    """A citizen's e-mail address, masked."""

    offered = fields.Boolean(required=True, metadata={"description": "Whether the city sends e-mail."})
    address = fields.String(
        required=True, allow_none=True, metadata={"description": "Confirmed: notices go there. Masked."}
    )
    confirmed_at = MomentOut(allow_none=True)
    pending = fields.String(
        required=True, allow_none=True, metadata={"description": "Waits for its code. Masked."}
    )
    expires_at = MomentOut(allow_none=True, metadata={"description": "Until when the code is good."})


class NewEmailSchema(StrictSchema):
    """An address to which a code is sent."""

    address = fields.String(
        required=True,
        validate=[validate.Length(3, LONGEST_ADDRESS), PlainAddress()],
        metadata={
            "input": "email",
            "label": Text("电子邮箱", "E-mail address"),
            "autocomplete": "email",
            "description": "In its plain form: letters, digits and `._%+-` before the `@`.",
        },
    )


class EmailCodeSchema(StrictSchema):
    """The code that was sent."""

    code = fields.String(
        required=True,
        validate=[
            validate.Length(6, 6),
            Pattern(r"^[0-9]{6}$", Text("请填写邮件里的六位数字", "the six digits of the message")),
        ],
        metadata={
            "label": Text("邮件里的验证码", "Code from the message"),
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
        },
    )


class ReadThroughSchema(StrictSchema):
    """Which notices were read."""

    through = ClientGeneratedId(
        required=True, metadata={"description": "The newest that was shown; it and all before it."}
    )


class PreferencesSchema(StrictSchema):
    """How a citizen wants notices to leave; every one stays in the inbox."""

    sms = StrictBoolean(required=True, metadata={"label": Text("短信", "Text messages")})
    email = StrictBoolean(
        required=True,
        metadata={
            "label": Text("电子邮件", "E-mail"),
            "description": "Once an address is confirmed.",
        },
    )
    quiet_from = StrictInteger(
        required=True,
        validate=[validate.OneOf(list(HOURS)), validate.Range(0, 23)],
        metadata={
            "label": Text("免打扰，从", "Quiet from"),
            "titles": HOURS,
            "description": "Hour of the city's day; messages wait until the quiet hours end.",
        },
    )
    quiet_to = StrictInteger(
        required=True,
        validate=[validate.OneOf(list(HOURS)), validate.Range(0, 23)],
        metadata={
            "label": Text("到", "Quiet until"),
            "help": Text("两个时间相同表示不设免打扰。", "The same hour twice means never."),
            "titles": HOURS,
            "description": "The same hour twice means never.",
        },
    )
    language = fields.String(
        required=True,
        validate=validate.OneOf(list(LANGUAGES)),
        metadata={"label": Text("发送的语言", "Language of messages"), "titles": LANGUAGES},
    )
    muted = fields.List(
        fields.String(validate=SERVICE),
        required=True,
        validate=validate.Length(max=MOST_MUTED),
        metadata={
            "label": Text("这些服务只留在消息里，不另发", "Keep these services in the inbox only"),
            "description": "Services whose notices do not leave.",
        },
    )

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Preferences:
        """As the rest knows it."""
        return Preferences(**{**data, "muted": tuple(data["muted"])})
