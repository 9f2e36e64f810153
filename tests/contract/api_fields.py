"""Every field of every request of the API, as its description has it: where it stands, what bounds it, and
values on either side of the bounds."""

from __future__ import annotations

import re
import re._constants as regex
import re._parser as regex_parser
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import hypothesis
from hypothesis import Phase
from hypothesis.strategies import from_regex

Node = dict[str, Any]
Document = dict[str, Any]
METHODS: Final = ("get", "post", "put", "patch", "delete")
FORMATS: Final = {"date": "2026-11-27", "date-time": "2026-11-27T08:00:00Z"}
"""Formats that bound a text, each with an example."""


@dataclass(frozen=True)
class Field:
    """One value in a request. `place` is query, path, header or body; `steps` lead to it, 0 to the first of a
    list."""

    label: str
    place: str
    steps: tuple[str | int, ...]
    schema: Node

    @property
    def pointer(self) -> str:
        """How a problem names it."""
        if self.place == "body":
            return "".join(f"/{step}" for step in self.steps)
        return f"?{self.steps[0]}" if self.place == "query" else f"{self.steps[0]}"

    @property
    def name(self) -> str:
        """The operation and the pointer, `{…}` in a path."""
        return f"{self.label} {{{self.steps[0]}}}" if self.place == "path" else f"{self.label} {self.pointer}"


def fields_of(document: Document, label: str) -> Iterator[Field]:
    """The fields of an operation."""
    method, _, path = label.partition(" ")
    entry = document["paths"][path]
    operation = entry[method.lower()]
    for parameter in [*entry.get("parameters", ()), *operation.get("parameters", ())]:
        for steps, schema in _below(document, parameter["schema"], (parameter["name"],)):
            yield Field(label, parameter["in"], steps, schema)
    for media in operation.get("requestBody", {}).get("content", {}).values():
        for steps, schema in _below(document, media["schema"], ()):
            yield Field(label, "body", steps, schema)


def operations(document: Document) -> list[str]:
    """`METHOD path` of each operation."""
    return [
        f"{method.upper()} {path}"
        for path, entry in document["paths"].items()
        for method in entry
        if method in METHODS
    ]


def _below(
    document: Document, schema: Node, steps: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    schema = _resolved(document, schema)
    yield steps, schema
    for name, part in schema.get("properties", {}).items():
        yield from _below(document, part, (*steps, name))
    if "items" in schema:
        yield from _below(document, schema["items"], (*steps, 0))
    for alternative in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if alternative.keys() & {"type", "$ref", "enum"}:  # not a condition on what stands beside it
            yield from _below(document, alternative, steps)


def _resolved(document: Document, schema: Node) -> Node:
    """The schema with what its references say, down to its parts."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = {
            **document["components"]["schemas"][name],
            **{k: v for k, v in schema.items() if k != "$ref"},
        }
    parts = {name: _resolved(document, part) for name, part in schema.get("properties", {}).items()}
    items = {"items": _resolved(document, schema["items"])} if "items" in schema else {}
    return {**schema, **({"properties": parts} if parts else {}), **items}


def kinds(schema: Node) -> set[str]:
    """The types that a value may have, but for null."""
    stated = schema.get("type", ())
    return {stated} - {"null"} if isinstance(stated, str) else {*stated} - {"null"}


def is_bounded(schema: Node) -> bool:
    """Whether the description says how large a value may be, whatever its type; of the parts of a value each
    says it for itself."""
    if "enum" in schema or "const" in schema or "anyOf" in schema:
        return True
    found = kinds(schema)
    return bool(found) and all(_BOUNDED[kind](schema) for kind in found)


_BOUNDED: Final = {
    "boolean": lambda schema: True,
    "string": lambda schema: (
        "maxLength" in schema or schema.get("format") in FORMATS or longest(schema) is not None
    ),
    "integer": lambda schema: {"minimum", "maximum"} <= schema.keys(),
    "number": lambda schema: {"minimum", "maximum"} <= schema.keys(),
    "array": lambda schema: "maxItems" in schema,
    "object": lambda schema: schema.get("additionalProperties") is False or "maxProperties" in schema,
}


def longest(schema: Node) -> int | None:
    """How long a text can be that the pattern fits from its beginning to its end; None where it has no
    bound."""
    pattern: str = schema.get("pattern", "")
    if not (pattern.startswith("^") and pattern.endswith(("$", "\\Z"))) or "|" in pattern.split("(")[0]:
        return None
    most = regex_parser.parse(pattern).getwidth()[1]
    return None if most >= int(regex.MAXREPEAT) else most


def beyond(field: Field) -> list[Any]:
    """Values that are each beyond one bound, and right but for that."""
    schema = field.schema
    found, values = kinds(schema), []
    if "enum" in schema:
        values.append("x" * 10_000)
    elif "string" in found:
        values += ["x" * (schema["maxLength"] + 1)] if "maxLength" in schema else _too_long(field)
    if "integer" in found and "enum" not in schema:
        values += [schema["minimum"] - 1, schema["maximum"] + 1, 10**400, -(10**400)]
    if "array" in found:
        values.append([within(schema["items"])] * (schema["maxItems"] + 1))
    if "maxProperties" in schema:
        values.append({f"m{number}": 1 for number in range(schema["maxProperties"] + 1)})
    return values


def at_the_bound(field: Field) -> list[Any]:
    """Values as large, or as small, as the description allows."""
    schema = field.schema
    found, values = kinds(schema), []
    if "enum" in schema:
        values.append(within(schema))
    elif "string" in found:
        values.append("x" * schema["maxLength"] if "maxLength" in schema else within(schema))
    if "integer" in found and "enum" not in schema:
        values += [schema["minimum"], schema["maximum"]]
    if "array" in found:
        values.append([within(schema["items"])] * schema["maxItems"])
    if "maxProperties" in schema:
        values.append({f"m{number}": 1 for number in range(schema["maxProperties"])})
    return values


def _too_long(field: Field) -> list[str]:
    right = within(field.schema)
    longer = right + "0" * ((longest(field.schema) or len(right)) + 1 - len(right))
    return [longer] if field.place == "header" else [longer, f"{right}\n"]


def within(schema: Node) -> Any:
    """A small value that the description allows."""
    if "enum" in schema:
        return schema["enum"][0]
    found = kinds(schema)
    if "object" in found:
        return {name: within(schema["properties"][name]) for name in schema.get("required", ())}
    if "array" in found:
        return [within(schema["items"])] * schema.get("minItems", 0)
    if "integer" in found:
        return schema.get("minimum", 0)
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    return _fitting(schema["pattern"]) if longest(schema) else "x" * max(schema.get("minLength", 1), 1)


@cache
def _fitting(pattern: str) -> str:
    """The simplest text that fits."""
    quickly = hypothesis.settings(
        max_examples=20, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink]
    )
    texts = from_regex(re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern))
    return hypothesis.find(texts, lambda text: True, settings=quickly)
