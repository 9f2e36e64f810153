"""Every permission there is, with those that the installed services declare."""

from __future__ import annotations

from collections.abc import Mapping

from citizen_app.registry.modules import current_registry
from citizen_app.staff.permissions import PERMISSIONS, permission_of
from citizen_app.text import Text


def known_permissions() -> Mapping[str, Text]:
    """Every permission there is: the core's, and those that the installed services declare, as
    `<service>.<id>`."""
    declared = {
        permission_of(module.id, permission.id): permission.title
        for module in current_registry()
        for permission in module.descriptor.permissions
    }
    return {**PERMISSIONS, **declared} if declared else PERMISSIONS
