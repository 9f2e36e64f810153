"""Keys of other systems."""

from __future__ import annotations

from citizen_app.partners.operations import units_for
from citizen_app.registry.modules import current_registry
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City


def partner_of(city: City, service: str) -> dict[str, str]:
    """The headers of a system that may do everything at a service, for its first unit."""
    with city.app.app_context(), transaction(reading=True):
        module = current_registry().get(service)
        assert module is not None
        units = units_for(service)
    return city.partner_headers(service, units[0][0] if units else "east", module.descriptor.partner_scopes)
