"""Rules about what services do for one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from citizen_app.registry.capabilities import CAPABILITY, Capability, capabilities_of
from citizen_app.registry.checks.examined import Examined, Fault


def capability(seen: Examined) -> Iterator[Fault]:
    """What is declared as provided stands in `CAPABILITIES` of hooks.py, once, and the reverse; names carry a
    version."""
    declared = seen.declared
    for names, what in ((declared.provides, "provides"), (declared.uses, "uses")):
        for name in names:
            if not CAPABILITY.match(name) or names.count(name) > 1:
                line = seen.line(seen.manifest, name)
                message = f"{what} {name!r}, which is no name with a version or stands twice"
                yield Fault(seen.manifest, line, message, 'write "journeys/1"')
    hooks, offered = seen.path("hooks.py"), []
    found: Sequence[Any] = capabilities_of(seen.module)
    for one in found:
        if not isinstance(one, Capability):
            line = seen.line(hooks, "CAPABILITIES")
            yield Fault(hooks, line, f"CAPABILITIES holds {one!r}", "make it a Capability")
            continue
        offered.append(one.name)
        if one.name not in declared.provides:
            remedy = f"add {one.name!r} to provides in manifest.py"
            yield Fault(hooks, seen.line(hooks, one.name), f"{one.name!r} is not declared", remedy)
    for name in declared.provides:
        if offered.count(name) != 1:
            remedy = f"give one Capability({name!r}, …) in CAPABILITIES of hooks.py"
            yield Fault(
                seen.manifest, seen.line(seen.manifest, name), f"{name!r} is not provided once", remedy
            )


RULES: Final = (capability,)
