"""The fee: from the purse, or asked of the provider; given back when the number is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from citizen_app.toolkit import payments
from citizen_app.toolkit.booking import HoldExpired, MoveRefused
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, lock_row, session
from citizen_app.toolkit.payments import PaymentEvent
from citizen_app.toolkit.time import now
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalBooking
from services.hospital.operations.booking import By, booked, said
from services.hospital.operations.rules import Rules
from services.hospital.snapshot import rules_of

Way = Literal["purse", "provider"]
FEE: Final = Text("挂号费 {amount}", "Fee {amount}")
BACK: Final = Text("退回 {amount}", "{amount} given back")
ASKED: Final = Text("正在等待付款结果。", "The payment is under way.")


def confirm(booking: HospitalBooking, way: Way, moment: datetime, by: By) -> HospitalBooking:
    """Confirm a hold, and pay where it is paid online. By the provider it stays held until the money has
    come.

    Raises `HoldExpired`, a 402 where the purse has not enough, a 503 where the city has no provider; then
    the hold is as it was."""
    if booking.state != "held":
        raise MoveRefused(booking.state, "booked")
    if booking.expires_at is None or booking.expires_at <= moment:
        raise HoldExpired
    if booking.pays != "online":
        return booked(booking.id, moment, by)
    if booking.order_id is not None:
        raise Problem("conflict", ASKED)
    if way == "provider":
        return _ask(booking, moment, rules_of(booking.policy_id))
    kept = payments.hold(
        SERVICE.id, booking.citizen_ref, booking.fee, key=booking.id, until=moment + timedelta(hours=1)
    )
    charge_id = payments.capture(SERVICE.id, kept)  # from what is there: a fee is never owed
    done = booked(booking.id, moment, by, charge_id=charge_id, paid=booking.fee)
    _note_paid(done)
    return done


def paid_by_provider(event: PaymentEvent) -> None:
    """What became of a payment that was asked for: the number is theirs; or where it could not be kept so
    long, the money goes back."""
    booking = lock_row(HospitalBooking, event.key)
    if booking is None or booking.order_id != event.id:
        return
    if event.kind == "failed":
        guarded_update(HospitalBooking, HospitalBooking.id == booking.id, order_id=None)
        return
    if event.kind != "paid" or booking.charge_id is not None:
        return
    moment = now()
    try:
        if booking.state != "held":
            raise HoldExpired
        with session().begin_nested():
            done = booked(booking.id, moment, By("self"), charge_id=event.id, paid=booking.fee)
    except HoldExpired:
        payments.refund(SERVICE.id, event.id, booking.fee, key=f"{booking.id}:late")
        guarded_update(
            HospitalBooking,
            HospitalBooking.id == booking.id,
            charge_id=event.id,
            paid=booking.fee,
            refunded=booking.fee,
        )
    else:
        _note_paid(done)


def give_back(booking: HospitalBooking, percent: int) -> int:
    """Give back a part of what was paid; returns the amount. Done once: the key is the booking's. Where the
    payer is gone nothing can be given back."""
    amount = booking.paid * percent // 100 - booking.refunded
    if booking.charge_id is None or amount <= 0:
        return 0
    try:
        with session().begin_nested():
            payments.refund(SERVICE.id, booking.charge_id, amount, key=f"{booking.id}:back")
    except Problem as problem:
        if problem.kind.slug != "gone":
            raise
        return 0
    guarded_update(
        HospitalBooking,
        HospitalBooking.id == booking.id,
        refunded=HospitalBooking.refunded + amount,
    )
    return amount


def said_back(amount: int) -> list[Text]:
    """What came back, in the citizen's log."""
    return [BACK.fill(amount=payments.in_yuan(amount))] if amount else []


def _ask(booking: HospitalBooking, moment: datetime, rules: Rules) -> HospitalBooking:
    """The hold lasts once more as long, for whoever pays elsewhere needs the time."""
    until = max(booking.expires_at or moment, moment + timedelta(minutes=rules.hold_minutes))
    order = payments.ask(SERVICE.id, booking.citizen_ref, booking.fee, key=booking.id, until=until)
    asked = guarded_update(
        HospitalBooking,
        HospitalBooking.id == booking.id,
        HospitalBooking.hold_state == "held",
        HospitalBooking.expires_at > moment,
        order_id=order,
        expires_at=until,
    )
    if asked is None:
        raise HoldExpired
    return asked


def _note_paid(booking: HospitalBooking) -> None:
    lines = [said(booking), FEE.fill(amount=payments.in_yuan(booking.paid))]
    note(SERVICE.id, booking.citizen_ref, "pay", "app", lines, key=f"{booking.id}:pay")
