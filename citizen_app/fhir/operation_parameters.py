"""What an operation is asked (https://hl7.org/fhir/R4/parameters.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from citizen_app.fhir.search import Token, reference_of
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

MISSING: Final = Text("缺少参数 {name}", "the parameter {name} is missing")
TWICE: Final = Text("参数 {name} 只能有一个", "one {name} only")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values of a Parameters resource, or of a query, by name."""

    values: Mapping[str, list[Any]]

    @classmethod
    def of_resource(cls, body: Mapping[str, Any]) -> Parameters:
        """From a Parameters resource."""
        values: dict[str, list[Any]] = {}
        for one in body.get("parameter", ()):
            values.setdefault(one["name"], []).extend(value for name, value in one.items() if name != "name")
        return cls(values)

    def text(self, name: str) -> str | None:
        """A value that is said once at most. Raises a 422."""
        found = self.values.get(name, [])
        if len(found) > 1:
            raise invalid_input(f"/{name}", TWICE.fill(name=name))
        return str(found[0]) if found else None

    def needed(self, name: str) -> str:
        """The same where it must be said."""
        found = self.text(name)
        if not found:
            raise missing(name)
        return found

    def references(self, name: str) -> Iterator[tuple[str, Token | None]]:
        """Values as references: an id, or an identifier."""
        for value in self.values.get(name, []):
            if isinstance(value, Mapping):
                of = value.get("identifier", value if "value" in value else None)
                token = Token(of.get("system"), of.get("value", "")) if of else None
                yield reference_of(value.get("reference", ""))[1], token
            else:
                yield reference_of(str(value))[1], None

    def reference(self, name: str) -> tuple[str, Token | None] | None:
        """The first of them."""
        return next(self.references(name), None)


def missing(name: str) -> Problem:
    """A 422 about a parameter that must be said."""
    return invalid_input(f"/{name}", MISSING.fill(name=name))
