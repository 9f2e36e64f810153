"""Scans the other way round: a citizen's phone reads a place code, and the same walk goes on at step 4.

    decide_at_place(OwnPhone(…), place_code, scan_id=…)     a decision, committed
    complete_at_place(OwnPhone(…), place_code, scan_id, {…})    with the input that the service needed

Each opens its own units of work.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from citizen_app.extensions import limiter
from citizen_app.kiosks.places import Place, address_of, place_of_token
from citizen_app.registry.fields import Field
from citizen_app.registry.modules import current_registry
from citizen_app.scans.answers import stored_answers
from citizen_app.scans.attempt import OwnPhone, ScanRequest
from citizen_app.scans.decisions import Answer
from citizen_app.scans.intake import completed, received
from citizen_app.scans.pipeline import Outcome, decide_completion, decide_now
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

VELOCITY: Final = "12/minute;120/hour"
"""For one citizen at all places together. Somebody who walks from door to door stays below it; a photographed
poster in the hands of a script does not."""
ELSEWHERE: Final = Text(
    "这不是本市的场所码，请不要继续。", "This is no place code of this city. Do not go on with it."
)
OPENS_A_PAGE: Final = Text(
    "这张海报只打开一个页面，没有要确认的事项。", "This poster opens a page; there is nothing to confirm."
)


def decide_at_place(
    phone: OwnPhone,
    place_code: str,
    *,
    scan_id: str,
    purpose: str | None = None,
    context: Mapping[str, Any] | None = None,
) -> Answer:
    """Decide a scan of a place code by a citizen's phone; refused ones stand in the log, too.

    What the place knows of the moment goes before what the phone says. Problems: `invalid-input` for what is
    no place code of this city or a context that the purpose does not declare, `not-found`, `gone` for a void
    poster, `conflict` for one that opens a page, `idempotency-conflict`, `unavailable`.
    """
    place = _place_of(place_code)
    if place.purpose is None:
        raise Problem("conflict", OPENS_A_PAGE)
    often = not limiter.within("place-scans", VELOCITY, f"subject:{phone.subject_number}")
    wanted = purpose or place.purpose
    request = ScanRequest(
        scan_id,
        wanted,
        context={**(context or {}), **_known_there(place, wanted)},
        phone=replace(phone, is_void=place.is_void, too_often=often),
    )
    return _answer(decide_now(received(place.kiosk, request)))


def complete_at_place(phone: OwnPhone, place_code: str, scan_id: str, values: Mapping[str, Any]) -> Answer:
    """Complete a scan that answered `needs_input`; problems as of a kiosk's."""
    place = _place_of(place_code)
    phone = replace(phone, is_void=place.is_void)
    return _answer(decide_completion(completed(place.kiosk, scan_id, values, phone)))


def answer_at_place(citizen_ids: Collection[str], place: Place, scan_id: str) -> tuple[str, Answer]:
    """Whose scan it was and how it was answered, if it was one of these citizens'; in a unit of work. Raises
    a 404 otherwise."""
    stored = stored_answers([(place.kiosk.id, scan_id)]).get((place.kiosk.id, scan_id))
    vault, service = current_vault(), place.kiosk.service
    for citizen_id in citizen_ids:
        if stored is not None and stored.answer.citizen_ref == vault.citizen_ref(service, citizen_id):
            return citizen_id, stored.answer
    raise Problem("not-found")


def asked_of_phone(place: Place) -> tuple[Field, ...]:
    """What the purpose must know of the moment and the place does not say."""
    module = current_registry().get(place.kiosk.service)
    declared = module.descriptor.purpose(place.purpose or "") if module else None
    known = place.kiosk.context
    return (
        tuple(field for field in declared.context if field.required and field.name not in known)
        if declared
        else ()
    )


def token_in(place_code: str) -> str:
    """The token in what a phone has read: a whole address of this city, or the token alone. Raises a 422 for
    the address of anybody else."""
    before = address_of("")
    if place_code.startswith(before):
        return place_code.removeprefix(before)
    if "/" in place_code or ":" in place_code:
        raise invalid_input("/place_code", ELSEWHERE)
    return place_code


def _known_there(place: Place, purpose: str) -> dict[str, Any]:
    """What the place says of a scan, as far as the purpose asks for it."""
    module = current_registry().get(place.kiosk.service)
    declared = module.descriptor.purpose(purpose) if module else None
    asked = {field.name for field in declared.context} if declared else set()
    return {name: value for name, value in place.kiosk.context.items() if name in asked}


def _place_of(place_code: str) -> Place:
    with transaction(reading=True):
        return place_of_token(token_in(place_code))


def _answer(outcome: Outcome) -> Answer:
    if isinstance(outcome, Problem):
        raise outcome
    return outcome
