"""A test that starts a process says so, or fails."""

from __future__ import annotations

import pytest

TESTS = """
import subprocess, sys, threading
import pytest

@pytest.fixture(scope="module")
def child():
    subprocess.run([sys.executable, "-S", "-c", ""], check=True)

def test_starts_none(): pass

@pytest.mark.processes
def test_says_so(): subprocess.run([sys.executable, "-S", "-c", ""], check=True)

def test_keeps_it_to_itself(): subprocess.run([sys.executable, "-S", "-c", ""], check=True)

def test_leaves_it_to_a_fixture(child): pass

def test_leaves_it_to_a_thread():
    thread = threading.Thread(target=test_says_so)
    thread.start()
    thread.join()
"""


@pytest.mark.processes
def test_a_test_that_starts_a_process_without_the_mark_fails(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from citizen_app.toolkit.testing.processes import pytest_configure")
    pytester.makepyfile(TESTS)
    found = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", "--strict-markers")
    found.assert_outcomes(passed=5, errors=3)
    found.stdout.fnmatch_lines(["*lacks the mark `processes`*", "E *subprocess.Popen *"])
    names = {"keeps_it_to_itself", "leaves_it_to_a_fixture", "leaves_it_to_a_thread"}
    assert {name for name in names if f"ERROR at teardown of test_{name}" in found.stdout.str()} == names
