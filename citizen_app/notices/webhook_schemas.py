"""What comes in and goes out about webhooks."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from marshmallow import Schema, fields, validate

from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.text import Text
from citizen_app.usage.schemas import SERVICE
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import ChangeSchema, Pattern, StrictBoolean, StrictSchema
from citizen_app.wire.outputs import MomentOut

LONGEST_URL: Final = 300
URL_FORM: Final = Text(
    "请写成 https://系统地址/路径，不含用户名和 # 号", "write it as https://system.example.org/path"
)


class HookAddress(Pattern):
    """A validator: an address of http or https without user, password or fragment. Whether it may be reached
    is decided when it is called."""

    def __init__(self) -> None:
        super().__init__(r"^https?://[^\s/?#@\\]+(/[!-\"$-~]*)?$", URL_FORM)

    def __call__(self, value: Any) -> Any:
        """The value. Raises `Refused`."""
        super().__call__(value)
        try:
            parts = urlsplit(value)
            fine = parts.hostname and parts.port != 0 and value.isascii() and value == value.strip()
        except ValueError:
            fine = False
        if not fine:
            raise Refused(URL_FORM)
        return value


def _name() -> dict[str, Any]:
    return {
        "validate": [validate.Length(1, 80), validate.Regexp(r".*\S")],
        "metadata": {"label": Text("名称", "Name")},
    }


def _url() -> dict[str, Any]:
    return {
        "validate": [validate.Length(1, LONGEST_URL), HookAddress()],
        "metadata": {
            "label": Text("接收地址", "Address"),
            "input": "url",
            "help": Text(
                "部门系统的 https 地址。内部网络须先由运维在设置中放行。",
                "The https address of the department's system. Internal networks must be named in the settings first.",
            ),
        },
    }


def _notices() -> dict[str, Any]:
    return {
        "validate": validate.Length(1, 50),
        "metadata": {"label": Text("推送哪些通知", "Which notices")},
    }


class WebhookQuerySchema(PageQuerySchema):
    """Filters of the list."""

    service = fields.String(
        load_default=None, validate=SERVICE, metadata={"description": "Only this service."}
    )


class WebhookFormSchema(StrictSchema):
    """A webhook of a service that is known."""

    name = fields.String(required=True, **_name())
    url = fields.String(required=True, **_url())
    notices = fields.List(fields.String(validate=validate.Length(1, 40)), required=True, **_notices())


class NewWebhookSchema(WebhookFormSchema):
    """A webhook to be set up."""

    service = fields.String(required=True, validate=SERVICE)


class WebhookChangeSchema(ChangeSchema):
    """What changes."""

    name = fields.String(**_name())
    url = fields.String(**_url())
    notices = fields.List(fields.String(validate=validate.Length(1, 40)), **_notices())
    enabled = StrictBoolean(metadata={"label": Text("启用", "Enabled")})


class WebhookSchema(Schema):
    """A webhook; its secret is never shown again."""

    id = fields.String(required=True)
    service = fields.String(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True)
    notices = fields.List(fields.String(), required=True, validate=validate.Length(max=50))
    enabled = fields.Boolean(required=True)
    created_at = MomentOut()
    old_until = MomentOut(
        allow_none=True, metadata={"description": "Until when the secret before signs, too."}
    )
    delivered_at = MomentOut(
        allow_none=True, metadata={"description": "When it last took something, to the minute."}
    )
    failing_since = MomentOut(allow_none=True)
    last_error = fields.String(required=True, allow_none=True)


class WebhookPageSchema(PageSchema):
    """One page, newest first."""

    items = fields.List(fields.Nested(WebhookSchema), required=True)


class WebhookSecretSchema(Schema):
    """A webhook and its secret, shown once."""

    webhook = fields.Nested(WebhookSchema, required=True)
    secret = fields.String(
        required=True,
        metadata={"description": "`whsec_` and base64: what signs in the Standard Webhooks form."},
    )


class TriedSchema(Schema):
    """How a test request went."""

    delivered = fields.Boolean(required=True)
    status = fields.Integer(required=True, allow_none=True, metadata={"description": "What was answered."})
    error = fields.String(required=True, allow_none=True)
