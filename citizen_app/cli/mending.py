"""Which commands must work although a service module is broken: those that help to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def mends_services(arguments: Sequence[str]) -> bool:
    """Whether a command line is `… services check …` or `… services new …`: they look at the modules themselves."""
    return any(first == "services" and second in ("check", "new") for first, second in pairwise(arguments))
