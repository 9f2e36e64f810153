"""Webhooks in the console: where departments' systems hear that notices were sent."""

from __future__ import annotations

from typing import Any

from citizen_app.extensions import limiter
from citizen_app.notices import webhook_calls, webhooks
from citizen_app.notices.webhook_models import NoticeWebhook
from citizen_app.notices.webhook_schemas import (
    NewWebhookSchema,
    TriedSchema,
    WebhookChangeSchema,
    WebhookPageSchema,
    WebhookQuerySchema,
    WebhookSchema,
    WebhookSecretSchema,
)
from citizen_app.notices.webhooks import NewSecret
from citizen_app.storage.keyset import Page
from citizen_app.storage.transactions import transaction
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent
from citizen_app.web.boundary.unit_of_work import opens_its_own_units

blueprint = api_blueprint(
    "admin_webhooks",
    staff(read="services.read", write="services.manage"),
    "/api/v1/admin/webhooks",
    "Webhooks: departments' systems hear that notices were sent.",
)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(WebhookQuerySchema, location="query")
@blueprint.response(200, WebhookPageSchema)
def list_webhooks(filters: dict[str, Any]) -> Page[NoticeWebhook]:
    """Webhooks, newest first."""
    return webhooks.webhook_page(current_staff().services("services.read"), **filters)


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(NewWebhookSchema)
@blueprint.response(201, WebhookSecretSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def create_webhook(body: dict[str, Any]) -> NewSecret:
    """Set up a webhook; its secret is shown once.

    It gets `{"type": "<service>.<notice>", "timestamp": …, "data": {"notice_id": …}}`, signed in the Standard
    Webhooks form: a reference, no words and nobody. Whether its address may be reached is decided at each
    call; redirects are not followed. What is not taken within 3 s is tried again for a day.
    """
    current_staff().require("services.manage", body["service"])
    return webhooks.set_up(**body)


@blueprint.route("/<id:webhook_id>", methods=["GET"])
@blueprint.response(200, WebhookSchema)
def show_webhook(webhook_id: str) -> NoticeWebhook:
    """One webhook and how it does."""
    return webhooks.webhook_or_404(webhook_id, current_staff().services("services.read"))


@blueprint.route("/<id:webhook_id>", methods=["PATCH"])
@blueprint.arguments(WebhookChangeSchema)
@blueprint.response(200, WebhookSchema)
def change_webhook(body: dict[str, Any], webhook_id: str) -> NoticeWebhook:
    """Change its name, address or notices; switch it off or on."""
    return webhooks.change(_mine(webhook_id), **body)


@blueprint.route("/<id:webhook_id>", methods=["DELETE"])
@blueprint.response(204)
def remove_webhook(webhook_id: str) -> str:
    """Remove it; what waits for it is not sent."""
    webhooks.remove(_mine(webhook_id))
    return ""


@blueprint.route("/<id:webhook_id>/secret", methods=["POST"])
@idempotent
@blueprint.response(200, WebhookSecretSchema)
def change_webhook_secret(webhook_id: str) -> NewSecret:
    """A new secret, shown once. The one before signs beside it for 24 hours."""
    return webhooks.change_secret(_mine(webhook_id))


@blueprint.route("/<id:webhook_id>/test", methods=["POST"])
@limiter.limit("10/minute")
@blueprint.response(200, TriedSchema)
@opens_its_own_units
def test_webhook(webhook_id: str) -> webhook_calls.Tried:
    """Send a request of type `webhook.test` and say how it went."""
    with transaction(reading=True):
        _mine(webhook_id)
    return webhook_calls.try_out(webhook_id)


def _mine(webhook_id: str) -> str:
    found = webhooks.webhook_or_404(webhook_id, current_staff().services("services.read"))
    current_staff().require("services.manage", found.service)
    return found.id
