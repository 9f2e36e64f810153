"""Delegations over HTTP."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load, pre_load, validate, validates_schema

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.schemas import Phone
from citizen_app.clock import now
from citizen_app.delegations.models import DelegationState, EndedWhy, Proof, Side
from citizen_app.delegations.operations import Terms
from citizen_app.delegations.rules import AGENTS_LONGEST
from citizen_app.identity.schemas import Name
from citizen_app.registry.modules import current_registry
from citizen_app.storage.keyset import PageSchema
from citizen_app.text import Text
from citizen_app.usage.schemas import SERVICE
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import StrictInteger, StrictSchema
from citizen_app.wire.moments import Moment
from citizen_app.wire.outputs import MomentOut, TextOut

MOST_SERVICES: Final = 50
MOST_USES: Final = 1000
BY_DELEGATION: Final = (ActingKind.GUARDIAN, ActingKind.CARER, ActingKind.AGENT)
KIND_CHOICES: Final = {
    ActingKind.GUARDIAN: Text("监护人：父母等为未成年人", "Guardian: a parent, for a minor"),
    ActingKind.CARER: Text("照护人：为老人等家人", "Carer: for an elderly or other relative"),
    ActingKind.AGENT: Text("代办人：几项事、一段时间", "Agent: some errands, for a time"),
}
NO_SUCH_SERVICE: Final = Text("没有这项服务", "no such service")
IN_THE_FUTURE: Final = Text("应在将来", "in the future")
NARROW: Final = Text(
    "代办人须由本人邀请，写明服务（services）和截止时间（valid_to，至多一年）",
    "an agent is invited by the person they act for, with `services`, and `valid_to` within a year",
)


class TermsSchema(StrictSchema):
    """What an agent may do."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf([kind.value for kind in BY_DELEGATION]),
        metadata={
            "example": "carer",
            "label": Text("做什么", "As what"),
            "titles": {kind.value: KIND_CHOICES[kind] for kind in BY_DELEGATION},
        },
    )
    services = fields.List(
        fields.String(validate=SERVICE),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_SERVICES),
        metadata={
            "description": "Ids of services; null for all.",
            "example": ["bus"],
            "label": Text("限于哪些服务", "At which services"),
            "help": Text("不选就是全部；代办人必须选。", "None chosen means all. An agent needs some."),
        },
    )
    valid_from = Moment(load_default=None, allow_none=True)
    valid_to = Moment(
        load_default=None,
        allow_none=True,
        metadata={
            "label": Text("到什么时候", "Until when"),
            "help": Text("代办人必须填写，至多一年。", "An agent needs it, a year at most."),
        },
    )
    uses = StrictInteger(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MOST_USES),
        metadata={"description": "How many times the agent's code is good; null for no limit."},
    )

    @validates_schema
    def makes_sense(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Services that there are, and an end that is still to come."""
        for index, service in enumerate(data.get("services") or ()):
            if current_registry().get(service) is None:
                raise Refused(NO_SUCH_SERVICE, f"services/{index}")
        ends = data.get("valid_to")
        if ends is not None and ends <= max(now(), data.get("valid_from") or now()):
            raise Refused(IN_THE_FUTURE, "valid_to")


class DelegationInvitationSchema(TermsSchema):
    """Whom to ask, and for what."""

    role = fields.String(
        required=True,
        validate=validate.OneOf([Side.AGENT.value, Side.WARD.value]),
        metadata={
            "description": "Who the caller will be: the `agent` who acts, or the `ward` for whom another acts.",
            "example": "ward",
            "label": Text("谁代谁办理", "Who acts for whom"),
            "titles": {
                Side.AGENT.value: Text("我代对方办理", "I act for the other person"),
                Side.WARD.value: Text("对方代我办理", "The other person acts for me"),
            },
        },
    )
    phone = Phone(
        required=True,
        metadata={
            "example": "13800138000",
            "description": "The other person's.",
            "label": Text("对方的手机号", "Phone of the other person"),
        },
    )

    @validates_schema
    def is_narrow(self, data: dict[str, Any], **kwargs: Any) -> None:
        """An agent's delegation is narrow: they need be nobody's family."""
        if data.get("kind") != ActingKind.AGENT:
            return
        ends = data.get("valid_to")
        if data["role"] != Side.WARD or not data["services"] or ends is None or ends > now() + AGENTS_LONGEST:
            raise Refused(NARROW)

    @post_load
    def as_terms(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The terms apart from whom they concern."""
        role, phone = Side(data.pop("role")), data.pop("phone")
        return {"role": role, "phone": phone, "terms": Terms(**{**data, "kind": ActingKind(data["kind"])})}


class InvitationFormSchema(DelegationInvitationSchema):
    """The invitation as a form: no service ticked means all of them, as null does."""

    class Meta:
        """In the order in which people think of it."""

        fields = ("role", "kind", "phone", "services", "valid_from", "valid_to", "uses")

    @pre_load
    def none_is_all(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Forms know no null."""
        return {**data, "services": data.get("services") or None}


class DelegationSchema(Schema):
    """A delegation as the caller sees it; names and numbers masked."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in BY_DELEGATION]))
    kind_title = TextOut()
    role = fields.String(
        required=True,
        validate=validate.OneOf([Side.AGENT.value, Side.WARD.value]),
        metadata={"description": "Who the caller is in it."},
    )
    masked_name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The other person; null until they have accepted, or without a real name."},
    )
    masked_phone = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "As the caller wrote it, until the invitation is answered."},
    )
    services = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        validate=validate.Length(max=MOST_SERVICES),
        metadata={"description": "null: all."},
    )
    valid_from = MomentOut()
    valid_to = MomentOut(allow_none=True)
    uses = fields.Integer(required=True, allow_none=True)
    uses_left = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([one.value for one in DelegationState]))
    answer_needed = fields.Boolean(
        required=True, metadata={"description": "It waits for the caller: accept it, or delete it."}
    )
    proof = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([one.value for one in Proof])
    )
    created_at = MomentOut()
    accepted_at = MomentOut(allow_none=True)
    ended_at = MomentOut(allow_none=True)
    ended_by = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([one.value for one in Side])
    )
    ended_why = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([one.value for one in EndedWhy])
    )


class DelegationPageSchema(PageSchema):
    """One page of delegations, newest first."""

    items = fields.List(fields.Nested(DelegationSchema), required=True)


class ActingTokensSchema(StrictSchema):
    """An access token for whoever acts: it is sent in place of one's own, and whatever it does is the ward's.
    Ask again before it ends."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True)


class ChildSchema(StrictSchema):
    """A child, as the resident identity card or the household register has it."""

    name = Name()
    id_number = fields.String(
        required=True,
        validate=validate.Length(5, 40),
        metadata={
            "example": "329901201801012342",
            "description": "As printed.",
            "label": Text("孩子的身份证号码", "The child's resident ID"),
        },
    )
