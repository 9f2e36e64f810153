"""E-mail to citizens: through the city's mail server, or in demo mode onto the terminal.

Over the network TLS is a condition: `smtps` from the first byte, `smtp` by STARTTLS before anything is said.
Header fields are written by `email.message`, which refuses a line break in them, and an address that is not
plainly one is refused before.
"""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from citizen_app.clock import timestamp
from citizen_app.flask_globals import extension
from citizen_app.process.breaker import Breaker
from citizen_app.process.outside import Breakers, Hold, LeftAlone, call_outside
from citizen_app.setting_fields import is_loopback, is_plain_address
from citizen_app.settings import Settings, current_settings

EMAIL: Final = "email"
SECONDS: Final = 5.0
"""How long one message may take, connection and all."""
SUBMISSION_PORTS: Final = {"smtp": 587, "smtps": 465}


class EmailNotSent(Exception):
    """The mail server did not take the message; `safe_words` hold nothing personal. `for_good` says that it
    never will take this one."""

    def __init__(self, safe_words: str, *, for_good: bool = False) -> None:
        super().__init__(safe_words)
        self.safe_words = safe_words
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: to an address, a subject and a text."""

    to: str
    subject: str
    text: str

    def as_json(self) -> dict[str, str]:
        """The payload of an outbox message of kind `EMAIL`."""
        return {"to": self.to, "subject": self.subject, "text": self.text}


class EmailAdapter(Protocol):
    """A way to send e-mail."""

    def send(self, message_id: str, letter: Letter) -> None:
        """Send within `SECONDS`; the same id means the same message. Raises `EmailNotSent`."""

    def look(self) -> None:
        """Go as far as a message would, without one. Raises `EmailNotSent`."""


class ConsoleEmail:
    """Prints messages to standard output, for people in front of a demo, with the address masked."""

    def send(self, message_id: str, letter: Letter) -> None:
        """Print, in one piece: messages are sent on several threads."""
        sys.stdout.write(f"E-mail → {masked_email(letter.to)}  {letter.subject}  {letter.text}\n")
        sys.stdout.flush()

    def look(self) -> None:
        """It is there."""


class SmtpEmail:
    """Hands messages to a mail server (RFC 6409)."""

    def __init__(self, settings: Settings, breaker: Breaker, seconds: float = SECONDS) -> None:
        address = urlsplit(settings.smtp_url or "")
        self._host = address.hostname or ""
        self._port = address.port or SUBMISSION_PORTS[address.scheme]
        self._tls_at_once = address.scheme == "smtps"
        self._tls = self._tls_at_once or not is_loopback(f"{self._host}:0")
        self._login = (settings.smtp_user, settings.smtp_password)
        self._sender = settings.email_from or ""
        self._city = settings.city
        self._called = urlsplit(settings.public_url).hostname or "localhost"
        self._breaker, self._seconds = breaker, seconds

    def send(self, message_id: str, letter: Letter) -> None:
        """Hand over one message."""
        if not is_plain_address(letter.to):
            raise EmailNotSent("no plain address", for_good=True)
        written = self._written(message_id, letter)
        self._with_server(lambda client: client.send_message(written, self._sender, [letter.to]))

    def look(self) -> None:
        """Connect, encrypt, sign in."""
        self._with_server(lambda client: client.noop())

    def _written(self, message_id: str, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = f'"{self._city.en}" <{self._sender}>'
        message["To"] = letter.to
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = formatdate(timestamp())
        message["Message-ID"] = f"<{message_id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office notes in return
        message.set_content(letter.text, cte="base64")
        return message

    def _with_server(self, act: Any) -> None:
        try:
            call_outside(self._seconds, self._breaker, lambda hold: self._session(hold, act))
        except LeftAlone:
            raise EmailNotSent("mail server left alone for a moment") from None
        except smtplib.SMTPException as error:
            refused = _refused(error)
            self._breaker.heard(failed=not refused.of_message)
            raise EmailNotSent(refused.words, for_good=refused.for_good) from None
        except OSError as error:  # TimeoutError and what TLS refuses are ones, too
            self._breaker.heard(failed=True)
            raise EmailNotSent(f"mail server not reached: {type(error).__name__}") from None
        self._breaker.heard(failed=False)

    def _session(self, hold: Hold, act: Any) -> None:
        context = ssl.create_default_context()
        with self._connected(hold, context) as client:
            if self._tls and not self._tls_at_once:
                client.starttls(context=context)
            user, password = self._login
            if user and password:
                client.login(user, password)
            act(client)

    def _connected(self, hold: Hold, context: ssl.SSLContext) -> smtplib.SMTP:
        options = {"local_hostname": self._called, "timeout": self._seconds}
        if self._tls_at_once:
            return _TlsClient(hold, self._host, self._port, context=context, **options)
        return _Client(hold, self._host, self._port, **options)


class _Held:
    """A client whose socket can be shut from the moment at which it has one."""

    sock: Any

    def __init__(self, hold: Hold, *where: Any, **options: Any) -> None:
        hold.of(lambda: self.sock)
        super().__init__(*where, **options)


class _Client(_Held, smtplib.SMTP):
    """Plain, or by STARTTLS."""


class _TlsClient(_Held, smtplib.SMTP_SSL):
    """TLS from the first byte."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """What a server has said: whether about this message only, and for good."""

    words: str
    of_message: bool = False
    for_good: bool = False


def _refused(error: smtplib.SMTPException) -> _Refused:
    """Without the server's own words: they hold the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(answer[0] for answer in error.recipients.values())
        return _Refused(f"mail server refused the recipient: {code}", True, code >= 500)
    if isinstance(error, smtplib.SMTPDataError):
        return _Refused(f"mail server refused the message: {error.smtp_code}", True, error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _Refused(f"mail server refused the sign-in: {error.smtp_code}")
    if isinstance(error, smtplib.SMTPResponseException):
        return _Refused(f"mail server answered {error.smtp_code}")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _Refused("mail server does not offer what is needed (STARTTLS, sign-in)")
    return _Refused(f"mail server broke off: {type(error).__name__}")


def masked_email(address: str) -> str:
    """`l***@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def email_adapter(settings: Settings) -> EmailAdapter | None:
    """The mail server of the settings; in demo mode without one the terminal, otherwise None."""
    if settings.smtp_url:
        breakers: Breakers = extension("breakers")
        return SmtpEmail(settings, breakers.of(EMAIL))
    return ConsoleEmail() if settings.demo else None


def email_offered() -> bool:
    """Whether this city can send e-mail."""
    settings = current_settings()
    return settings.demo or settings.smtp_url is not None


def send_email(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `EMAIL`."""
    hand_over(message_id, Letter(**payload))


def hand_over(message_id: str, letter: Letter) -> None:
    """Give a letter to the mail server. Raises `EmailNotSent`."""
    adapter = email_adapter(current_settings())
    if adapter is None:
        raise EmailNotSent("no mail server is set (CITIZEN_SMTP_URL)")
    adapter.send(message_id, letter)
