"""A member of staff as a service knows them."""

from __future__ import annotations

from dataclasses import dataclass

from citizen_app.wire.problems import Problem


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of staff who calls a service: their user name, and the units that are theirs (None: all)."""

    name: str
    units: frozenset[str] | None

    def has(self, unit: str) -> bool:
        """Whether a unit is theirs."""
        return self.units is None or unit in self.units

    def require(self, unit: str) -> None:
        """Raises a 404 for a unit that is not theirs: to them it does not exist."""
        if not self.has(unit):
            raise Problem("not-found")
