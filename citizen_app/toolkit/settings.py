"""A service's settings outside a scan: in its jobs, commands and routes. A scan brings its own as
`scan.settings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citizen_app.registry.state import module_of, settings_of


def service_settings(service: str) -> Mapping[str, Any]:
    """The settings in force, from memory: what staff chose over the declared defaults. A 404 for a service
    that is not installed."""
    return settings_of(module_of(service))


__all__ = ["service_settings"]
