"""The application whose API is tested: every installed service and the samples, without rate limits, and with
an eID."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

from citizen_app import factory
from citizen_app.citizens.documents import EID, Proof, Source
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.extensions import limiter
from citizen_app.factory import create_app
from citizen_app.identity.providers.chosen import Providers
from citizen_app.registry.modules import find_packages
from citizen_app.toolkit.testing import dispose, environment
from citizen_app.web.boundary import errors
from tests.contract.api_dialects import telling

SAMPLES: Final = Path(__file__).parents[1] / "sample_services"


def with_samples(services_dir: Path) -> Iterator[tuple[str, Path]]:
    """The services of a folder, and the samples of the tests."""
    yield from find_packages(services_dir)
    yield from find_packages(SAMPLES)


class WithEid(Providers):
    """Providers among which is an eID that knows everybody as the same person."""

    @property
    def eid(self) -> Any:
        """It."""
        return self

    def check(self, evidence: Any) -> Proof:
        """The same subject each time."""
        return Proof(EID, "subject", AssuranceLevel.IN_PERSON, Source.EID)


@contextmanager
def everything_without_limits() -> Iterator[None]:
    """Applications made meanwhile have the samples too; nobody's requests are counted."""
    with (
        patch.object(factory, "find_packages", with_samples),
        patch.object(limiter, "enabled", False),
        patch.object(errors, "in_dialect", telling),
    ):
        yield


@cache
def installed_document() -> dict[str, Any]:
    """The API document of everything that is installed, without a database: tests are made from it before any
    runs. Whoever changes it takes a copy."""
    with patch.object(factory, "find_packages", with_samples), TemporaryDirectory() as folder:
        app = create_app(environment(Path(folder), "", CITIZEN_LOG_LEVEL="ERROR"))
        with app.app_context():
            document: dict[str, Any] = app.extensions["api"].spec.to_dict()
        dispose(app)
        return document
