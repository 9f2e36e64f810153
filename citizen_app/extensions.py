"""Flask extensions: made here without an application, configured in `factory`."""

from __future__ import annotations

import functools
import ipaddress
import threading
from typing import Any

from apispec import APISpec
from flask import g, request
from flask_smorest import Api, Blueprint

from citizen_app.limits import Limiter


def caller_key() -> str:
    """The key of a rate limit: the authenticated caller, otherwise the peer's address."""
    caller = g.get("caller")
    return str(caller.limit_key) if caller is not None else address_key()


def address_key() -> str:
    """The peer's address as key of a rate limit: for IPv6 the /64 network, because every subscriber has 2^64
    addresses (RFC 6177)."""
    return f"address:{_network(request.remote_addr or '')}"


@functools.lru_cache(maxsize=4_096)
def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # a unix socket has no address
        return address
    if found.version == 4:
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


class LazyApi(Api):  # type: ignore[misc]
    """The API of an application. Operations are described lazily, when the document is first requested:
    start-up does not pay for it, and few processes ever serve the document."""

    _undescribed: list[tuple[Blueprint, str, list[Any] | None]]

    def __init__(self) -> None:
        self._lock = threading.Lock()
        super().__init__()

    def register_blueprint(
        self, blp: Blueprint, *, parameters: list[Any] | None = None, **options: Any
    ) -> None:
        """Register the routes; their description is deferred."""
        name = options.get("name", blp.name)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][name] = self
        self._app.register_blueprint(blp, **options)
        self._undescribed.append((blp, name, parameters))

    @property
    def spec(self) -> APISpec:
        """The document, complete."""
        with self._lock:
            while self._undescribed:  # what cannot be described stays, so that no document comes without it
                blueprint, name, parameters = self._undescribed[0]
                blueprint.register_views_in_doc(self, self._app, self._spec, name=name, parameters=parameters)
                self._spec.tag({"name": name, "description": blueprint.description})
                del self._undescribed[0]
            return self._spec

    @spec.setter
    def spec(self, begun: APISpec) -> None:
        """Start a new document."""
        self._spec = begun
        self._undescribed = []


limiter = Limiter(caller_key)  # limits on routes are counted when the caller is already known
