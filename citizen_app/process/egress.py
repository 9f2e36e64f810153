"""POST to an address that staff have typed in, without becoming a way into the city's own network (OWASP
API7).

The name is resolved here, every address that it has is judged, and the connection goes to a judged address
and to no other: what a name says later (DNS rebinding) is not asked. Redirects are not followed and no proxy
of the environment is used. Only public addresses are reached, by https; and those in networks that the
settings name, by http too.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from citizen_app.process.breaker import Breaker
from citizen_app.process.outside import Hold, LeftAlone, call_outside
from citizen_app.setting_fields import Network
from citizen_app.text import Text

SECONDS: Final = 3.0
MOST_ANSWER_BYTES: Final = 16 * 1024
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo and 6to4: an IPv4 address inside decides where they lead."""
PORTS: Final = {"http": 80, "https": 443}


INSIDE: Final = "inside a network that webhooks must not reach"
LEFT_ALONE: Final = "left alone for a moment after failures"
IN_CHINESE: Final = (
    (INSIDE, "地址在不允许访问的网络内"),
    (LEFT_ALONE, "连续失败，暂停片刻"),
    ("not reached: ", "无法连接："),
    (", and redirects are not followed", "，不跟随重定向"),
    ("answered ", "对方回答 "),
)


def in_words(error: str) -> Text:
    """What went wrong, for staff: as it is kept, and in Chinese."""
    chinese = error
    for english, said in IN_CHINESE:
        chinese = chinese.replace(english, said)
    return Text(chinese, error)


class NotDelivered(Exception):
    """The other side did not take it. `safe_words` are for staff, `status` is what it answered, if it did,
    `for_good` says that it wants no more."""

    def __init__(self, safe_words: str, status: int | None = None) -> None:
        super().__init__(safe_words)
        self.safe_words = safe_words
        self.status = status
        self.for_good = status == 410


@dataclass(frozen=True, slots=True)
class Egress:
    """What may be reached: public addresses, and these networks."""

    networks: Sequence[Network] = ()

    def may_reach(self, address: IPv4Address | IPv6Address, scheme: str) -> bool:
        """Whether a connection may go to an address."""
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        real = mapped or address
        if any(real in network for network in self.networks):
            return True
        return scheme == "https" and is_public(real)

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        breaker: Breaker,
        seconds: float = SECONDS,
    ) -> int:
        """The status (2xx) of the answer. Raises `NotDelivered` for any other, and for none in time."""
        try:
            status = call_outside(
                seconds, breaker, lambda hold: self._exchange(url, body, headers, seconds, hold)
            )
        except LeftAlone:
            raise NotDelivered(LEFT_ALONE) from None
        except NotDelivered:
            breaker.heard(failed=None)
            raise
        except (OSError, HTTPException, ValueError) as error:
            breaker.heard(failed=True)
            raise NotDelivered(f"not reached: {type(error).__name__}") from None
        breaker.heard(failed=status >= 500)
        if 300 <= status < 400:
            raise NotDelivered(f"answered {status}, and redirects are not followed", status)
        if not 200 <= status < 300:
            raise NotDelivered(f"answered {status}", status)
        return status

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float, hold: Hold) -> int:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        connection = _Connection(host, port, self._resolved(host, port, parts.scheme), parts.scheme, seconds)
        hold.of(lambda: connection.sock)
        try:
            path = parts.path or "/"
            connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, dict(headers))
            response = connection.getresponse()
            response.read(MOST_ANSWER_BYTES)  # what is beyond is not read, and the connection is closed
            return response.status
        finally:
            connection.close()

    def _resolved(self, host: str, port: int, scheme: str) -> list[str]:
        """Every address of a name, all of them judged."""
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for written in found:
            if "%" in written or not self.may_reach(ip_address(written), scheme):
                raise NotDelivered(INSIDE)
        return found


class _Connection(HTTPConnection):
    """To addresses that were judged, under the name that was asked for."""

    def __init__(self, host: str, port: int, judged: list[str], scheme: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._judged, self._tls = judged, scheme == "https"

    def connect(self) -> None:
        """To the first that answers; for https under the certificate of the name."""
        self.sock = _first(lambda one: socket.create_connection((one, self.port), self.timeout), self._judged)
        if self._tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _first(connect: Callable[[str], socket.socket], judged: Sequence[str]) -> socket.socket:
    failure: OSError | None = None
    for one in judged:
        try:
            return connect(one)
        except OSError as error:
            failure = error
    raise failure or OSError("no address")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the Internet: not loopback, private, link-local, shared, reserved or
    multicast, and no tunnel to one."""
    if isinstance(address, IPv6Address):
        plain = address in GLOBAL_UNICAST and not any(address in tunnel for tunnel in TUNNELS)
        return plain and address.is_global
    return address.is_global and not address.is_multicast
