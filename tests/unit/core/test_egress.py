"""What a webhook may reach, judged at the connection: nothing inside, whatever a name says and when."""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from citizen_app.process.breaker import Breaker
from citizen_app.process.egress import Egress, NotDelivered, is_public

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "2002:a00:1::1",
    "2001::1",
    "64:ff9b::a00:1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Egress().may_reach(ip_address(address), "https")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_the_internet_is_reached_by_https_only(address: str) -> None:
    assert Egress().may_reach(ip_address(address), "https")
    assert not Egress().may_reach(ip_address(address), "http")


def test_named_networks_are_reached_under_any_spelling() -> None:
    egress = Egress((ip_network("10.20.0.0/16"),))
    for address in ("10.20.3.4", "::ffff:10.20.3.4"):
        assert egress.may_reach(ip_address(address), "http")
    assert not egress.may_reach(ip_address("10.21.3.4"), "https")


class Names:
    """What a name leads to: one answer after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.connected: list[str] = []

    def resolve(self, host: str, port: int, **options: Any) -> list[Any]:
        answer = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer]

    def connect(self, where: tuple[str, int], timeout: float | None = None) -> socket.socket:
        self.connected.append(where[0])
        raise ConnectionRefusedError


def post(names: Names, monkeypatch: pytest.MonkeyPatch, url: str = "https://system.example.org/in") -> str:
    """What is said of an attempt."""
    monkeypatch.setattr(socket, "getaddrinfo", names.resolve)
    monkeypatch.setattr(socket, "create_connection", names.connect)
    with pytest.raises(NotDelivered) as refused:
        Egress().post(url, b"{}", {}, Breaker())
    return refused.value.safe_words


def test_a_name_that_leads_inside_is_refused_before_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (["127.0.0.1"], ["8.8.8.8", "169.254.169.254"]):
        names = Names(answer)
        assert "inside" in post(names, monkeypatch)
        assert names.connected == []


def test_a_name_is_asked_once_and_the_judged_address_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a second question would be answered with an address inside."""
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    assert "ConnectionRefusedError" in post(names, monkeypatch)
    assert (names.connected, len(names.answers)) == (["8.8.8.8"], 1)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
def test_other_spellings_of_this_machine_are_refused_too(host: str) -> None:
    with pytest.raises(NotDelivered, match=r"inside|not reached: gaierror"):
        Egress().post(f"https://{host}:9/", b"{}", {}, Breaker())
