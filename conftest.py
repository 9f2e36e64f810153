"""Every test of this repository stands on the plug-in that authors of service modules use."""

import gc

import pytest

pytest_plugins = ("citizen_app.toolkit.testing",)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was loaded stays: the collector need not look through it again for every few applications that tests make."""
    gc.collect()
    gc.freeze()
