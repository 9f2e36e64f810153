"""For the desk of a hospital: who has a number, appeals, what stands out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.people import KINDS as DOCUMENT_KINDS
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    Refused,
    Schema,
    StrictBoolean,
    StrictSchema,
    TextOut,
    fields,
    post_load,
    validate,
)
from services.hospital.schemas.office import words_field


def today() -> date:
    """The day in the city."""
    return now().astimezone(city_zone()).date()


class NewPatientSchema(StrictSchema):
    """Somebody at the window; without a document they are somebody new."""

    name = words_field("姓名", "Name", 40)
    id_number = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(5, 40),
        metadata={"label": Text("证件号码", "Number of an identity document")},
    )
    document_kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(DOCUMENT_KINDS))


class PatientSchema(Schema):
    """A patient: the record number, the name partly hidden."""

    id = fields.String(required=True)
    number = fields.String(required=True)
    masked_name = fields.String(required=True, allow_none=True)
    document_hint = fields.String(required=True, allow_none=True)
    bound = fields.Boolean(required=True)


class DeskBookingSchema(Schema):
    """Who has a number, for the desk."""

    id = fields.String(attribute="booking.id", required=True)
    number = fields.String(attribute="booking.number", required=True)
    state = fields.String(attribute="booking.state", required=True)
    starts_at = MomentOut(attribute="booking.starts_at")
    channel = fields.String(attribute="booking.channel", required=True)
    patient = fields.Nested(PatientSchema, required=True)


class DeskBookingPageSchema(PageSchema):
    """One page of bookings of a session."""

    items = fields.List(fields.Nested(DeskBookingSchema), required=True)


class DayQuerySchema(PageQuerySchema):
    """Which day; today without one."""

    day = fields.Date(load_default=None)


class DeskSessionSchema(Schema):
    """A session of the hospital."""

    id = fields.String(required=True)
    department_id = fields.String(required=True)
    doctor_id = fields.String(required=True, allow_none=True)
    day = fields.Date(required=True)
    starts_at = MomentOut()
    ends_at = MomentOut()
    room = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)


class DeskSessionPageSchema(PageSchema):
    """One page of sessions."""

    items = fields.List(fields.Nested(DeskSessionSchema), required=True)


class AppealQuerySchema(PageQuerySchema):
    """Which appeals."""

    state = fields.String(load_default=None, validate=validate.OneOf(["waiting", "granted", "refused"]))


class OfficeAppealSchema(Schema):
    """An appeal."""

    id = fields.String(required=True)
    strike_id = fields.String(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)
    created_at = MomentOut()


class OfficeAppealPageSchema(PageSchema):
    """One page of appeals."""

    items = fields.List(fields.Nested(OfficeAppealSchema), required=True)


class AppealDecisionSchema(StrictSchema):
    """What is decided, in words for the citizen."""

    granted = StrictBoolean(required=True)
    answer = words_field("答复", "Answer", 200)


class SuspicionSchema(Schema):
    """A pattern that a manager should look at, by record number or by what is left of a mark, never by name:
    many numbers given back (`cancelled`), many holds not confirmed (`lapsed`), returned numbers that others
    had at once (`handover`) or that a patient had at once (`taken`), one account that books for many
    (`patients`), one network from which many are booked (`network`)."""

    kind = fields.String(required=True)
    subject = TextOut()
    count = fields.Integer(required=True)
    latest_at = MomentOut()
    words = TextOut()


class SuspicionListSchema(Schema):
    """The days that the rules say, by kind, the most first."""

    items = fields.List(fields.Nested(SuspicionSchema), required=True, validate=validate.Length(max=600))


class StrikeOfPatientSchema(Schema):
    """A strike, as an office reads it."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    occurred_at = MomentOut()
    forgiven = fields.Boolean(required=True)
    patient = fields.Nested(PatientSchema, required=True, allow_none=True)


class StrikePageSchema(PageSchema):
    """One page of strikes, written down last first."""

    items = fields.List(fields.Nested(StrikeOfPatientSchema), required=True)


class SuspendedSchema(Schema):
    """A patient who may not book, and until when."""

    patient = fields.Nested(PatientSchema, required=True)
    until = MomentOut()


class SuspendedListSchema(Schema):
    """The first to be free again first; five hundred at most."""

    items = fields.List(fields.Nested(SuspendedSchema), required=True, validate=validate.Length(max=500))


class FreeAgainSchema(StrictSchema):
    """Why a suspension ends early."""

    reason = words_field("原因", "Reason", 200)


class DaysSchema(StrictSchema):
    """The days that figures are about, both among them: the last fourteen without any, 92 at most."""

    first = fields.Date(load_default=None, allow_none=True, metadata={"label": Text("从", "From")})
    last = fields.Date(load_default=None, allow_none=True, metadata={"label": Text("到", "To")})

    @post_load
    def whole(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Both days. Raises where they are too far apart, or the wrong way round."""
        last = data["last"] or (data["first"] + timedelta(days=13) if data["first"] else today())
        first = data["first"] or last - timedelta(days=13)
        if not timedelta(0) <= last - first <= timedelta(days=91):
            raise Refused(Text("应为 1 到 92 天", "must be 1 to 92 days"), "last")
        return {**data, "first": first, "last": last}


class FiguresSchema(Schema):
    """What there was in a department on a day (`queries.figures.Figures`); minutes, percent."""

    day = fields.Date(required=True)
    department_id = fields.String(required=True)
    released = fields.Integer(required=True)
    added = fields.Integer(required=True)
    booked = fields.Integer(required=True)
    walk_ins = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    stopped = fields.Integer(required=True)
    came = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    missed_percent = fields.Integer(required=True, allow_none=True)
    mean_wait = fields.Integer(required=True, allow_none=True)


class UseSchema(Schema):
    """Numbers of one channel: how many there were, how many are taken."""

    channel = fields.String(required=True)
    numbers = fields.Integer(required=True)
    taken = fields.Integer(required=True)


class HospitalFiguresSchema(Schema):
    """Figures of some days, and the use of pools."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    items = fields.List(fields.Nested(FiguresSchema), required=True, validate=validate.Length(max=92_000))
    channels = fields.List(fields.Nested(UseSchema), required=True, validate=validate.Length(max=5))


class AddedSchema(StrictSchema):
    """A number beyond what there is (加号), and why; without a slot the one that is under way, or next."""

    patient_id = ClientGeneratedId(required=True)
    reason = words_field("原因", "Reason", 100)
