"""`/api/v1/me/usage`: every use of my code, refused ones too, and what services did for me without it."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE

from citizen_app.citizens.acting import ActingKind
from citizen_app.delegations.queries import other_of
from citizen_app.extensions import limiter
from citizen_app.payments.queries import receipts_of
from citizen_app.scans.answers import displays_of
from citizen_app.storage.keyset import Page, PageQuerySchema
from citizen_app.usage import operations, queries
from citizen_app.usage.lines import UsageLine, as_shown, with_receipts
from citizen_app.usage.looks import Look, looks_at_citizen
from citizen_app.usage.schemas import LookPageSchema, UsageItemSchema, UsagePageSchema, UsageQuerySchema
from citizen_app.web.boundary.acting import acting_scope, open_to_acting
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.web.citizen_api.purse import WITH_MONEY


def usage_between(citizen_id: str, *, delegation: str | None, **asked: Any) -> Page[UsageLine]:
    """The uses of a citizen, of one delegation where it is given. Raises a 404 for anybody else's."""
    other_id = None if delegation is None else other_of(citizen_id, delegation)
    return queries.usage_of_citizen(citizen_id, other_id=other_id, **asked)


blueprint = api_blueprint("citizen_usage", CITIZEN, "/api/v1/me", "Every use of the citizen's code.")


@blueprint.route("/usage", methods=["GET"])
@open_to_acting()
@blueprint.arguments(UsageQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, UsagePageSchema)
@blueprint.alt_response(404)
def my_usage(filters: dict[str, Any]) -> tuple[Page[UsageLine], int, dict[str, str]]:
    """Uses of my code, and what services did for me without it, newest first: which service, where or how,
    with which result, and what it was shown of me.

    Where another showed it, `by` says who; what I did for others stands here too, with `done_for`, and
    `delegation` leaves what one of us did for the other. Somebody who acts for me sees my uses at the
    services of the delegation.
    """
    within = acting_scope(filters["service"])
    page = usage_between(current_citizen().citizen_id, within=within, **filters)
    return _whole(page), 200, NO_STORE


@blueprint.route("/usage/<id:event_id>/dispute", methods=["POST"])
@open_to_acting(ActingKind.GUARDIAN)
@limiter.limit("30/minute")
@blueprint.response(200, UsageItemSchema)
def dispute(event_id: str) -> tuple[UsageLine, int, dict[str, str]]:
    """Say that this use was not mine. Saying it again changes nothing. A guardian may say it for a child."""
    line = operations.dispute(current_citizen().citizen_id, event_id, within=acting_scope())
    return _whole(Page([line], None)).items[0], 200, NO_STORE


@blueprint.route("/looks", methods=["GET"])
@open_to_acting()
@blueprint.arguments(PageQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, LookPageSchema)
def my_looks(asked: dict[str, Any]) -> tuple[Page[Look], int, dict[str, str]]:
    """Who has looked at my uses, newest first: which office, when, and for which reason."""
    return looks_at_citizen(current_citizen().citizen_id, within=acting_scope(), **asked), 200, NO_STORE


def _whole(page: Page[UsageLine]) -> Page[UsageLine]:
    """The lines with what kiosks showed, and with their receipts for whoever handles the citizen's money."""
    caller = current_citizen()
    shown = as_shown(page, displays_of([line.id for line in page.items]))
    if caller.acting is not None and caller.acting.kind not in WITH_MONEY:
        return shown
    charged = [(line.service, line.id) for line in page.items]
    return with_receipts(shown, receipts_of(caller.citizen_id, charged))
