"""A provider over HTTP, with messages signed in the Standard Webhooks form both ways.

    POST {url}/orders        {order_id, kind, amount, title, until} → {address}
    GET  {url}/orders/{id}   → {outcome, amount, reference, at}, outcome null while it is open
    GET  {url}/days/{day}    → {events: [{order_id, outcome, amount, reference, at}]}, 404 while not known

An adapter in front of a bank's or a wallet's own interface speaks this.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from citizen_app.clock import rfc3339, timestamp
from citizen_app.ids import new_id
from citizen_app.jobs.signing import webhook_headers
from citizen_app.payments.providers.interface import Asked, Event, ProviderFailed
from citizen_app.wire.inputs import ClientGeneratedId, StrictInteger, StrictSchema
from citizen_app.wire.moments import Moment

TIMEOUT_SECONDS: Final = 4.0
LONGEST_ANSWER: Final = 64 * 1024 * 1024
NOT_FOUND: Final = 404


class EventSchema(StrictSchema):
    """What a provider says of an order."""

    order_id = ClientGeneratedId(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(("paid", "failed")))
    amount = StrictInteger(required=True, validate=validate.Range(1, 10**12))
    reference = fields.String(required=True, validate=validate.Length(1, 100))
    at = Moment(required=True)

    @post_load
    def as_event(self, data: dict[str, Any], **options: Any) -> Event:
        """The event."""
        return Event(**data)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Turns a redirect into the error it is here: a signed message goes only where the settings say."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class HttpProvider:
    """The provider of the settings."""

    id = "provider"

    def __init__(self, url: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._secret = secret
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def ask(self, asked: Asked) -> str | None:
        """Open an order."""
        until = rfc3339(asked.until) if asked.until else None
        sent = {
            "order_id": asked.order_id,
            "kind": asked.kind,
            "amount": asked.amount,
            "title": asked.title,
            "until": until,
        }
        answer = self._call("POST", "/orders", sent, message_id=asked.order_id)
        address = answer.get("address") if isinstance(answer, dict) else None
        if address is not None and not str(address).startswith(("https://", "http://")):
            raise ProviderFailed("the provider's address is none")
        return address

    def look(self, asked: Asked) -> Event | None:
        """What became of an order."""
        answer = self._call("GET", f"/orders/{asked.order_id}")
        if not isinstance(answer, dict) or answer.get("outcome") is None:
            return None
        return _event({**answer, "order_id": asked.order_id})

    def day(self, day: date) -> Sequence[Event] | None:
        """Everything that was paid on a day."""
        answer = self._call("GET", f"/days/{day.isoformat()}")
        if answer is None:
            return None
        events = answer.get("events") if isinstance(answer, dict) else None
        if not isinstance(events, list):
            raise ProviderFailed("the provider's file is not as agreed")
        return [_event(one) for one in events]

    def _call(self, method: str, path: str, sent: Any = None, message_id: str | None = None) -> Any:
        body = b"" if sent is None else json.dumps(sent, ensure_ascii=False).encode()
        headers = webhook_headers(self._secret, message_id or new_id(), timestamp(), body)
        headers["Content-Type"] = "application/json"
        # The settings admit http and https only.
        request = urllib.request.Request(  # noqa: S310
            self._url + path, data=body or None, headers=headers, method=method
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.loads(answer.read(LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == NOT_FOUND and method == "GET":
                return None
            raise ProviderFailed(f"the provider answered {error.code}") from None
        except (OSError, http.client.HTTPException) as error:
            raise ProviderFailed(f"the provider was not reached: {type(error).__name__}") from None
        except ValueError:
            raise ProviderFailed("the provider's answer is not JSON") from None


def _event(told: Any) -> Event:
    try:
        found: Event = EventSchema().load(told)
    except ValidationError:
        raise ProviderFailed("the provider's event is not as agreed") from None
    return found
