"""For anyone and for citizens: where, who, when, how many numbers; and what is booked."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    Schema,
    StrictBoolean,
    StrictSchema,
    TextOut,
    fields,
    validate,
)
from services.hospital.manifest import DOCTOR_TITLES, KINDS, SEGMENTS, STATES, STRIKES


def _of(name: str) -> Any:
    """The name of one of the things beside a row, where there is one."""
    return lambda shown: None if shown[name] is None else shown[name].name


def _id_of(name: str) -> fields.Function:
    return fields.Function(
        lambda shown: None if shown[name] is None else shown[name].id, metadata={"type": ["string", "null"]}
    )


class HospitalSchema(Schema):
    """A hospital."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    name = TextOut()
    level = TextOut(allow_none=True)
    telephone = fields.String(required=True, allow_none=True)


class HospitalPageSchema(PageSchema):
    """One page of hospitals."""

    items = fields.List(fields.Nested(HospitalSchema), required=True)


class DepartmentSchema(Schema):
    """A department; ages are completed years, `gender` is female or male where it is for one."""

    id = fields.String(required=True)
    hospital_id = fields.String(required=True)
    name = TextOut()
    floor = fields.String(required=True, allow_none=True)
    from_age = fields.Integer(required=True, allow_none=True)
    below_age = fields.Integer(required=True, allow_none=True)
    gender = fields.String(required=True, allow_none=True)


class DepartmentListSchema(Schema):
    """Departments that words name."""

    items = fields.List(fields.Nested(DepartmentSchema), required=True, validate=validate.Length(max=100))


class DoctorSchema(Schema):
    """A doctor."""

    id = fields.String(required=True)
    hospital_id = fields.String(required=True)
    department_id = fields.String(required=True)
    name = TextOut()
    title = TextOut(lambda doctor: DOCTOR_TITLES[doctor.title])
    skills = TextOut(lambda doctor: doctor.words("skills"), allow_none=True)


class DoctorListSchema(Schema):
    """Doctors that words name."""

    items = fields.List(fields.Nested(DoctorSchema), required=True, validate=validate.Length(max=100))


class FindQuerySchema(StrictSchema):
    """Words (a department, a symptom, a doctor), and where."""

    q = fields.String(load_default="", validate=validate.Length(max=60), metadata={"example": "发烧"})
    hospital_id = fields.String(load_default=None, validate=validate.Length(max=36))
    department_id = fields.String(load_default=None, validate=validate.Length(max=36))


class SessionQuerySchema(StrictSchema):
    """Which sessions: of a department, a doctor or a hospital; from one day to another, two weeks without."""

    department_id = ClientGeneratedId(load_default=None)
    doctor_id = ClientGeneratedId(load_default=None)
    hospital_id = ClientGeneratedId(load_default=None)
    first = fields.Date(load_default=None)
    last = fields.Date(load_default=None)


class HospitalSessionSchema(Schema):
    """A session; `left` are the numbers that can be booked online. `state` is open, later (numbers are
    released at `opens_at`) or stopped."""

    id = fields.String(required=True)
    day = fields.Date(required=True)
    segment = TextOut(lambda shown: SEGMENTS[shown["row"].segment])
    kind = TextOut(lambda shown: KINDS[shown["row"].kind])
    starts_at = MomentOut(attribute="row.starts_at")
    ends_at = MomentOut(attribute="row.ends_at")
    opens_at = MomentOut(attribute="row.opens_at")
    hospital = TextOut(_of("hospital"))
    campus = TextOut(_of("campus"))
    department = TextOut(_of("department"))
    department_id = fields.String(attribute="row.department_id", required=True)
    doctor = TextOut(_of("doctor"), allow_none=True)
    doctor_id = fields.String(attribute="row.doctor_id", required=True, allow_none=True)
    room = fields.String(attribute="row.room", required=True, allow_none=True)
    fee = fields.Integer(attribute="row.fee", required=True, metadata={"description": "分"})
    state = fields.String(required=True)
    left = fields.Integer(required=True)


class SessionListSchema(Schema):
    """Sessions to come."""

    items = fields.List(
        fields.Nested(HospitalSessionSchema), required=True, validate=validate.Length(max=300)
    )


class SlotSchema(Schema):
    """The numbers of a slot that a channel sells; its `id` is what is booked."""

    id = fields.String(required=True)
    channel = fields.String(required=True)
    starts_at = MomentOut()
    ends_at = MomentOut()
    left = fields.Integer(required=True)


class SlotListSchema(Schema):
    """The slots of a session."""

    items = fields.List(fields.Nested(SlotSchema), required=True, validate=validate.Length(max=300))


class NewBookingSchema(StrictSchema):
    """The slot in which a number is wanted."""

    slot_id = ClientGeneratedId(required=True, metadata={"label": Text("时段", "Time")})


class ConfirmSchema(StrictSchema):
    """How the fee is paid, where it is paid online."""

    pay_with = fields.String(
        load_default="purse",
        validate=validate.OneOf(["purse", "provider"]),
        metadata={
            "label": Text("付款方式", "Pay with"),
            "titles": {
                "purse": Text("市民钱包", "City purse"),
                "provider": Text("在线支付", "Online payment"),
            },
        },
    )


class BookingSchema(Schema):
    """A booking. `number` is what a desk is told; `expires_at` is until when a hold has to be confirmed."""

    id = fields.String(required=True)
    number = fields.String(attribute="row.number", required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(STATES)))
    title = TextOut(lambda shown: STATES[shown["state"]])
    day = fields.Date(attribute="row.day", required=True)
    starts_at = MomentOut(attribute="row.starts_at")
    ends_at = MomentOut(attribute="row.ends_at")
    hospital = TextOut(_of("hospital"))
    campus = TextOut(_of("campus"))
    department = TextOut(_of("department"))
    doctor = TextOut(_of("doctor"), allow_none=True)
    room = fields.String(attribute="session.room", required=True, allow_none=True)
    fee = fields.Integer(attribute="row.fee", required=True)
    pays = fields.String(attribute="row.pays", required=True)
    paid = fields.Integer(attribute="row.paid", required=True)
    refunded = fields.Integer(attribute="row.refunded", required=True)
    expires_at = MomentOut(attribute="row.expires_at", allow_none=True)
    order_id = fields.String(attribute="row.order_id", required=True, allow_none=True)
    cancel_by = MomentOut()
    check_in_from = MomentOut()
    check_in_until = MomentOut()
    may_move = fields.Boolean(required=True)
    may_cancel = fields.Boolean(required=True)


class BookingPageSchema(PageSchema):
    """One page of bookings."""

    items = fields.List(fields.Nested(BookingSchema), required=True)


class NewWaitSchema(StrictSchema):
    """The session for which somebody waits."""

    session_id = ClientGeneratedId(required=True)


class WaitSchema(Schema):
    """A session for which somebody waits, and how many are ahead."""

    session_id = fields.String(attribute="id", required=True)
    day = fields.Date(required=True)
    starts_at = MomentOut(attribute="row.starts_at")
    hospital = TextOut(_of("hospital"))
    department = TextOut(_of("department"))
    doctor = TextOut(_of("doctor"), allow_none=True)
    ahead = fields.Integer(required=True)


class WaitListSchema(Schema):
    """The waiting lists of one citizen."""

    items = fields.List(fields.Nested(WaitSchema), required=True, validate=validate.Length(max=20))


class StrikeSchema(Schema):
    """What counts against somebody, and what became of the appeal (`waiting`, `granted`, `refused`)."""

    id = fields.String(required=True)
    hospital = TextOut()
    kind = TextOut(lambda shown: STRIKES[shown["kind"]])
    occurred_at = MomentOut()
    forgiven = fields.Boolean(required=True)
    appeal = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


class SuspensionSchema(Schema):
    """A hospital at which somebody may not book for now."""

    hospital_id = fields.String(required=True)
    until = MomentOut()


class StrikeListSchema(Schema):
    """Missed and late-cancelled bookings, and what follows from them now."""

    items = fields.List(fields.Nested(StrikeSchema), required=True, validate=validate.Length(max=100))
    suspensions = fields.List(
        fields.Nested(SuspensionSchema), required=True, validate=validate.Length(max=100)
    )


class AppealSchema(StrictSchema):
    """Why a strike should not count."""

    reason = fields.String(
        required=True,
        validate=validate.Length(2, 200),
        metadata={"label": Text("申诉理由", "Why"), "rows": 4},
    )


class SharingSchema(StrictSchema):
    """Whether a guardian of a teenager sees bookings that no guardian made, waiting lists, missed bookings,
    results and letters of referral, where the hospital leaves it to the teenager."""

    shares = StrictBoolean(
        required=True,
        metadata={
            "label": Text(
                "家长可以看到我的挂号、检查检验结果和转诊单",
                "My guardian may see my bookings, results and letters of referral",
            )
        },
    )


class BookingQuerySchema(PageQuerySchema):
    """A page of bookings."""
