"""Every test of this repository stands on the plug-in that authors of service modules use."""

import gc
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ("citizen_app.toolkit.testing", "pytester")

DRILLS = Path(__file__).parent / "tests" / "drills"


def pytest_configure(config: pytest.Config) -> None:
    """Know our own marks; an example of hypothesis takes as long as it must, on a busy machine too, and where
    nobody waits there are more of them."""
    examples = 100 if "CI" in os.environ or "CITIZEN_DRILL" in os.environ else 25
    settings.register_profile("patient", settings.default, deadline=None, max_examples=examples)
    settings.load_profile("patient")
    config.addinivalue_line(
        "markers", "drill: its size stands in `tests/drills/sizes.py`; `make drills` runs it in full"
    )
    config.addinivalue_line(
        "markers",
        "large: takes seconds because of how much it reads or makes; `.ci/run` does so, `make test` not",
    )
    config.addinivalue_line(
        "markers", "generated: sends requests made from the API document; `.ci/run` does so, `make test` not"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the drills, wherever they are."""
    for item in items:
        if _is_sized(item.path):
            item.add_marker(pytest.mark.drill)


@cache
def _is_sized(path: Path) -> bool:
    return path.is_relative_to(DRILLS) or "from tests.drills.sizes import" in path.read_text(encoding="utf-8")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was loaded stays, and so does most of what tests make for others: the collector need not look
    through all of it so often (a sixteenth of the CPU time of tests)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 100)
