"""The contract's tests on modules outside the repository, and on modules that break it: there they fail, each
for its reason."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from citizen_app.registry.scaffold.copying import NewService, copy_template
from citizen_app.registry.scaffold.packaging import package_name, write_distribution
from citizen_app.text import Text

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
PLUG_IN = 'pytest_plugins = ("citizen_app.toolkit.testing",)\n'
FOUND_BY_ENTRY_POINT = f"""
from pathlib import Path

import citizen_app_pool
import pytest

{PLUG_IN}

@pytest.fixture
def services_dir():
    return Path(__file__).parent / "no_folder_of_services"


@pytest.fixture
def module_folder():
    return Path(citizen_app_pool.__file__).parent
"""
FORGETFUL = "forgetful"
BATTERY = "from citizen_app.toolkit.testing.contract import *\n"


class Fault(NamedTuple):
    """A change to one file of a copy, the test that must find it, and words of what that test says then."""

    file: str
    old: str
    new: str
    test: str
    says: str


FAULTS = {
    "crashes": Fault("hooks.py", "    is_first =", "    raise RuntimeError\n    is_first =", "test_every_purpose_is_decided", "the module failed"),
    "too_strict": Fault("manifest.py", "required=False, maximum=40", "required=False, minimum=9", "test_every_purpose_is_decided", "invalid-input"),
    "fails_late": Fault("hooks.py", "    if not scan.late:", "    if scan.late:\n        raise RuntimeError\n    if not scan.late:", "test_a_scan_that_is_uploaded_later_is_recorded", "unavailable"),
    "asks_late": Fault("hooks.py", "    if not scan.late:", "    if scan.late:\n        return NeedsInput(HOW_MANY, (COMPANIONS,))\n    if not scan.late:", "test_a_scan_that_is_uploaded_later_is_recorded", "needs_input"),
    "seeds_twice": Fault("operations.py", "closed.on_conflict_do_nothing()", "closed", "test_a_seed_is_harmless_to_repeat", "UNIQUE constraint"),
    "names_people": Fault("seed.py", '    door =', '    close_on(type("", (), {"isoformat": lambda _: demo.citizens[0].phone})())\n    door =', "test_no_row_names_a_citizen", "holds '"),
    "stays_behind": Fault("migrations/0001_visits_and_closed_days.py", '    op.drop_table("{id}_closed_days")\n', "", "test_migrations_go_up_and_down_and_up_again", "_closed_days'} == set"),
    "keeps_growing": Fault("operations.py", "    oldest = (", "    with unit():\n        sign_in(new_id()[:22], moment, 1, 0)\n    oldest = (", "test_background_work_is_harmless_to_repeat", "_visits': 3"),
    "sick_at_first": Fault("hooks.py", 'return {"visits_today": ', 'return {"visits_today": 1 / ', "test_it_is_well_before_and_after_it_has_data", "division by zero"),
    "lets_others_in": Fault("routes.py", "staff_of_service(SERVICE.id)", 'staff_of_service("another_service")', "test_operators_of_other_services_stay_outside", "/days: 200"),
    "lets_admins_in": Fault("routes.py", "staff_of_service(SERVICE.id)", 'type(CITIZEN)("staff", lambda: None)', "test_administrators_see_nothing_of_it", "/days by a system_admin: 200"),
    "falls_over": Fault("routes.py", "queries.days(**asked)", "queries.days()", "test_routes_answer_those_for_whom_they_are", "500"),
    "tells_of_others": Fault("routes.py", '@desk.route("/days"', '@mine.route("/visits/<string:visit>", methods=["GET"])\n@mine.response(200, ParlourHoursSchema)\ndef one(visit: str) -> dict[str, Any]:\n    """One."""\n    return {}\n\n\n@desk.route("/days"', "test_an_id_of_nobody_is_not_found", "of-nobody: 200"),
    "forgets_a_table": Fault("hooks.py", '        Kept("bookings", Text("预约", "Bookings"), bookings),\n', "", "test_a_copy_and_an_erasure_reach_every_table_that_names_people", "export_for leaves them out"),
    "keeps_people": Fault("operations.py", "    HOURS.forget(citizen_ref)\n", "", "test_a_copy_and_an_erasure_reach_every_table_that_names_people", "erase_for leaves them out"),
    "breaks_a_rule": Fault("hooks.py", 'return Refuse("closed"', 'return Refuse("shut"', "test_it_is_what_the_checks_expect", "manifest.py"),
}  # fmt: skip


def run_pytest(
    folder: Path, *arguments: str, path: tuple[Path, ...] = (ROOT,)
) -> subprocess.CompletedProcess[str]:
    """pytest in a process and a folder of its own, as an author runs it."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("CITIZEN_D", "PYTEST"))
    }
    environ["COLUMNS"] = "400"
    environ["PYTHONPATH"] = os.pathsep.join(map(str, path))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_a_package_from_outside_is_found_by_its_entry_point_and_passes(tmp_path: Path) -> None:
    chosen = NewService("pool", Text("泳池", "Pool"), "culture", package_name("pool"))
    write_distribution(chosen, tmp_path / "source")
    site = tmp_path / "site"
    offline = [
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--no-compile",
        "--quiet",
        "--target",
        str(site),
    ]
    pip = [sys.executable, "-m", "pip", "install", *offline, str(tmp_path / "source")]
    subprocess.run(pip, check=True, capture_output=True, text=True)
    author = tmp_path / "author"
    author.mkdir()
    (author / "conftest.py").write_text(FOUND_BY_ENTRY_POINT)
    (author / "test_contract.py").write_text(BATTERY)
    done = run_pytest(author, "-k", "sqlite or not postgresql", path=(ROOT, site))
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\b30 passed", done.stdout), done.stdout[-300:]


def test_a_new_package_has_green_tests_before_it_is_installed(tmp_path: Path) -> None:
    chosen = NewService("pool", Text("泳池", "Pool"), "culture", package_name("pool"))
    write_distribution(chosen, tmp_path / "source")
    done = run_pytest(tmp_path / "source", "-k", "not postgresql and not contract")
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\b20 passed", done.stdout), done.stdout[-300:]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the contract's tests say of a sound copy and of one copy for each fault."""
    root = tmp_path_factory.mktemp("faulty")
    folder = root / "services_with_faults"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (root / "conftest.py").write_text(PLUG_IN)
    asked = []
    for name, fault in {**FAULTS, "sound": None}.items():
        copy_template(
            NewService(name, Text("样例", "Sample"), "culture", f"{folder.name}.{name}"), folder / name
        )
        if fault is not None:
            _break(folder / name, name, fault)
        tests = sorted({one.test for one in FAULTS.values()}) if fault is None else [fault.test]
        test_file = folder / name / "tests" / "test_contract.py"
        asked += [f"{test_file}::{test}" for test in tests]
    forgetful = NewService(FORGETFUL, Text("样例", "Sample"), "culture", f"{folder.name}.{FORGETFUL}")
    copy_template(forgetful, folder / FORGETFUL)
    (folder / FORGETFUL / "migrations" / "0001_visits_and_closed_days.py").unlink()
    asked.append(str(folder / FORGETFUL / "tests"))
    done = run_pytest(root, "--import-mode=importlib", "-k", "not postgresql", "--tb=no", "-rpfE", *asked)
    return done.stdout


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(verdicts: str, name: str) -> None:
    fault = FAULTS[name]
    failed = re.search(rf"^FAILED \S*/{name}/\S*::{fault.test}\b(.*)", verdicts, re.MULTILINE)
    assert failed is not None, verdicts[-6000:]
    assert fault.says in failed[1]
    assert re.search(rf"^PASSED \S*/sound/\S*::{fault.test}\b", verdicts, re.MULTILINE), verdicts[-6000:]


def test_a_forgotten_revision_is_one_failure_that_names_the_command(verdicts: str) -> None:
    told = [line for line in verdicts.splitlines() if re.search(rf"^(FAILED|ERROR) \S*/{FORGETFUL}/", line)]
    assert len(told) == 1, told
    assert f"run: flask --app wsgi db revision --service {FORGETFUL} -m" in told[0]


def _break(folder: Path, name: str, fault: Fault) -> None:
    prefix = "".join(part.capitalize() for part in name.split("_"))
    path = folder / fault.file
    text = path.read_text(encoding="utf-8")
    old, new = (words.replace("{id}", name).replace("Parlour", prefix) for words in (fault.old, fault.new))
    assert old in text, f"the template has no {old!r} in {fault.file} any more"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
