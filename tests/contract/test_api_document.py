"""The API document is what it says it is: OpenAPI 3.1, as the OpenAPI Initiative's own schema and JSON
Schema's have it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs
import pytest
import schemathesis

from tests.contract.api_app import installed_document

METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document as it is sent."""
    sent: dict[str, Any] = json.loads(json.dumps(installed_document()))
    return sent


def within(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document, the document first."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from within(inner)


def schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every schema, wherever it stands."""
    yield from document["components"]["schemas"].values()
    yield from (node["schema"] for node in within(document["paths"]) if isinstance(node.get("schema"), dict))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Every operation with its path, and the parameters that it has from both."""
    for path, item in document["paths"].items():
        for operation in (item[method] for method in METHODS & item.keys()):
            yield path, operation, [*item.get("parameters", []), *operation.get("parameters", [])]


def faults(document: dict[str, Any]) -> list[str]:
    """What is wrong with it, by schemas that others wrote, and by what the specification says beside its
    schema."""
    found = []
    try:
        schemathesis.openapi.from_dict(document).validate()
    except jsonschema_rs.ValidationError as fault:
        found.append(str(fault))
    for schema in schemas(document):
        try:
            jsonschema_rs.meta.validate(schema)
        except jsonschema_rs.ValidationError as fault:
            found.append(str(fault))
    for node in within(document):
        where: Any = document
        for step in str(node.get("$ref", "#")).split("/")[1:]:
            where = where.get(step) if isinstance(where, dict) else None
        if where is None:
            found.append(f"leads nowhere: {node['$ref']}")
    names = Counter(operation["operationId"] for _, operation, _ in operations(document))
    found += [f"stands more than once: {name}" for name, times in names.items() if times > 1]
    for path, operation, parameters in operations(document):
        named = {one["name"] for one in parameters if one.get("in") == "path" and one.get("required")}
        if named != set(re.findall(r"{(\w+)}", path)):
            found.append(f"{operation['operationId']} does not describe the path {path}")
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert faults(document) == []


def test_a_limit_is_said_to_end_as_it_does(document: dict[str, Any]) -> None:
    """In seconds from now, as the IETF's draft has it; that this is what is sent stands in
    tests/unit/core/test_limits.py."""
    headers = document["components"]["responses"]["TooManyRequests"]["headers"]
    assert "from now" in headers["RateLimit-Reset"]["description"]


def broken(document: dict[str, Any], kind: str) -> None:
    """Break it in one place."""
    operation = document["paths"]["/api/v1/kiosks/activate"]["post"]
    if kind == "a response without description":
        operation["responses"]["200"].pop("description")
    elif kind == "a schema that is none":
        document["components"]["schemas"]["Problem"]["properties"]["status"]["type"] = "number of the beast"
    elif kind == "a reference to nothing":
        operation["responses"]["200"]["content"]["application/json"]["schema"] = {
            "$ref": "#/components/schemas/No"
        }
    elif kind == "a name given twice":
        document["paths"]["/api/v1/kiosks/me/token"]["post"]["operationId"] = operation["operationId"]
    else:
        document["paths"]["/api/v1/kiosks/{kind}"] = document["paths"].pop("/api/v1/kiosks/activate")


@pytest.mark.parametrize(
    "kind",
    [
        "a response without description",
        "a schema that is none",
        "a reference to nothing",
        "a name given twice",
        "a path with a parameter that nobody describes",
    ],
)
def test_control_each_kind_of_fault_is_found(document: dict[str, Any], kind: str) -> None:
    spoilt = json.loads(json.dumps(document))
    broken(spoilt, kind)
    assert len(faults(spoilt)) > len(faults(document))
