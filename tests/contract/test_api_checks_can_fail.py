"""The control of `test_api_operations`: a description that does not tell the truth is found out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.schemas import OpenApiSchema

from citizen_app.factory import CitizenFlask
from tests.contract.api_app import installed_document
from tests.contract.api_city import Callers

pytestmark = pytest.mark.generated
ENTRY: Final = "/api/v1/services"
DOCUMENT: Final = installed_document()


def hides_a_status(entry: dict[str, Any], document: dict[str, Any]) -> None:
    """A 422 that the description does not know."""
    del entry["responses"]["422"]


def forbids_more_than_we_refuse(entry: dict[str, Any], document: dict[str, Any]) -> None:
    """A shorter limit on a text than the one that is checked."""
    query = next(parameter for parameter in entry["parameters"] if parameter["name"] == "q")
    query["schema"]["maxLength"] = 1


def promises_a_field(entry: dict[str, Any], document: dict[str, Any]) -> None:
    """A field that no answer has."""
    document["components"]["schemas"]["Entry"]["required"].append("total")


def promises_a_header(entry: dict[str, Any], document: dict[str, Any]) -> None:
    """A header that no answer has."""
    entry["responses"]["200"]["headers"] = {"X-Total": {"required": True, "schema": {"type": "integer"}}}


def promises_another_form(entry: dict[str, Any], document: dict[str, Any]) -> None:
    """XML, though it is JSON."""
    content = entry["responses"]["200"]["content"]
    content["application/xml"] = content.pop("application/json")


@pytest.mark.parametrize(
    ("lie", "mode"),
    [
        (hides_a_status, GenerationMode.NEGATIVE),
        (forbids_more_than_we_refuse, GenerationMode.NEGATIVE),
        (promises_a_field, GenerationMode.POSITIVE),
        (promises_a_header, GenerationMode.POSITIVE),
        (promises_another_form, GenerationMode.POSITIVE),
    ],
)
def test_a_lie_is_found_out(callers: Callers, lie: Callable[..., None], mode: GenerationMode) -> None:
    check(callers.app, mode, DOCUMENT)
    document = copy.deepcopy(DOCUMENT)
    lie(document["paths"][ENTRY]["get"], document)
    with pytest.raises((FailureGroup, schemathesis.core.failures.Failure)):
        check(callers.app, mode, document)


def check(app: CitizenFlask, mode: GenerationMode, document: dict[str, Any]) -> None:
    """Ask the entry as a description has it."""
    schema: OpenApiSchema = schemathesis.openapi.from_dict(copy.deepcopy(document))
    schema.app = app
    schema.config.generation.allow_x00 = False

    @settings(
        max_examples=60,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[ENTRY]["GET"].as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.query.pop("cursor", None)
        case.call_and_validate()

    ask()
