"""Text messages to citizens: through the city's SMS gateway, or in demo mode onto the terminal."""

from __future__ import annotations

import http.client
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final, Protocol

from citizen_app.clock import timestamp
from citizen_app.jobs.signing import webhook_headers
from citizen_app.settings import Settings, current_settings

SMS: Final = "sms"
TIMEOUT_SECONDS: Final = 5.0


class SmsNotSent(Exception):
    """The gateway did not take the message; `safe_words` holds nothing personal."""

    def __init__(self, safe_words: str) -> None:
        super().__init__(safe_words)
        self.safe_words = safe_words


class SmsAdapter(Protocol):
    """A way to send text messages."""

    def send(self, message_id: str, phone: str, text: str) -> None:
        """Send `text` to a phone in E.164 within `TIMEOUT_SECONDS`; the same id means the same message.
        Raises `SmsNotSent`."""


class ConsoleSms:
    """Prints messages to standard output, for people in front of a demo; the JSON log on standard error never
    sees them."""

    def send(self, message_id: str, phone: str, text: str) -> None:
        """Print, with the phone masked."""
        line = f"SMS → {phone[:-8]}****{phone[-4:]}  {text}\n"
        sys.stdout.write(
            line
        )  # in one piece: messages are sent on several threads, and print() writes the end of a line apart
        sys.stdout.flush()


class HttpGatewaySms:
    """POSTs `{phone, text}` as JSON to a gateway, signed in the Standard Webhooks form; any 2xx answer means
    taken."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def send(self, message_id: str, phone: str, text: str) -> None:
        """POST once; a redirect is an error, because a signed message goes only where the settings say."""
        body = json.dumps({"phone": phone, "text": text}, ensure_ascii=False).encode()
        headers = webhook_headers(self._secret, message_id, timestamp(), body)
        headers["Content-Type"] = "application/json"
        # The settings admit http and https only.
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")  # noqa: S310
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as error:
            error.close()
            raise SmsNotSent(f"gateway answered {error.code}") from None
        except (OSError, http.client.HTTPException) as error:
            raise SmsNotSent(f"gateway not reached: {type(error).__name__}") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Turns a redirect into the error it is here."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def sms_adapter(settings: Settings) -> SmsAdapter:
    """The gateway of the settings; without one (demo mode only, the settings see to that) the terminal."""
    if settings.sms_url and settings.sms_secret:
        return HttpGatewaySms(settings.sms_url, settings.sms_secret)
    return ConsoleSms()


def sms_payload(phone: str, text: str) -> dict[str, str]:
    """The payload of an outbox message of kind `SMS`."""
    return {"phone": phone, "text": text}


def send_sms(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `SMS`."""
    sms_adapter(current_settings()).send(message_id, payload["phone"], payload["text"])
