"""Every rule can fail, and is exact: the template changed in one place breaks that one rule, on that line."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import pytest

from citizen_app.registry.checks import check_package, rule_names
from citizen_app.registry.findings import Finding
from citizen_app.registry.modules import find_packages, ids_in
from tests.contract.broken_notices import BEFORE, NOTICES
from tests.contract.copies import Copies, change


class Broken(NamedTuple):
    """One change to one file; the finding stands on the first line that holds `at` (the beginning of `new`
    without it)."""

    rule: str
    file: str
    old: str
    new: str
    at: str | None = None
    also: tuple[str, ...] = ()


FIELD = 'Field("opens_at", "integer", Text("几点开门", "Opens at"), default=0'
AGES = 'Text("用于统计老年人的到访人次", "To count visits of seniors")'
LAW = 'Text("《样例法》第一条", "Sample Law, art. 1")'
REFUSE = 'return Refuse("closed"'
FIRST = "from sqlalchemy import Row"
START = "templates/sample/start.html"
MIGRATION = "migrations/0001_visits_and_closed_days.py"
FUNCTION = "def visits_on(day: str) -> int:\n"
KINDS: Final = 'kinds=("online", "device", "paper", "delegate", "place")'
CHANGES = (
    *(Broken("notice", "manifest.py", BEFORE, declared, '"told"') for declared in NOTICES),
    Broken("guide", "guide.py", '        "visits",\n        (', '        "/visits",\n        (', at='"visits"'),
    Broken("guide", "guide.py", '"房间", "活动室", "邻里中心", "room", "common room"', '"房间",'),
    Broken("guide", "guide.py", 'Text("房间几点开门？"', 'Text("Hours"', at='"hours"'),
    Broken("toolkit-api", "manifest.py", "toolkit_api=1", "toolkit_api=99"),
    Broken("known-words", "manifest.py", 'category="culture"', 'category="magic"'),
    Broken("known-words", "manifest.py", "retention_days=365", 'join_mode="weld"'),
    Broken("names", "manifest.py", '"room", "string"', '"Room-No", "string"'),
    Broken("names", "manifest.py", '"ask_companions", "boolean"', '"keep_days", "boolean"'),
    Broken("scope", "manifest.py", 'Scope("senior"', 'Scope("senior", Text("要", "x")), Scope("id_number"'),
    Broken("scope-basis", "manifest.py", AGES, f'{AGES}, basis="habit"', 'Scope("senior"'),
    Broken("scope-basis", "manifest.py", AGES, f'{AGES}, basis="legal_duty"', 'Scope("senior"'),
    Broken("scope-basis", "manifest.py", AGES, f"{AGES}, law={LAW}", 'Scope("senior"'),
    Broken(
        "scope-basis",
        "manifest.py",
        AGES,
        f'{AGES}, basis="legal_duty", essential=True, law={LAW}',
        'Scope("senior"',
    ),
    Broken(
        "languages", "manifest.py", AGES, f'{AGES}, basis="legal_duty", law=Text("Act 1", "Act 1")', "law="
    ),
    Broken("issued-claims", "manifest.py", "retention_days=365", 'issues_claims=("senior",)'),
    Broken("rights", "hooks.py", "def export_for(", "def exported_for(", '"""What a scan means'),
    Broken("hooks", "hooks.py", "def erase_for(citizen: CitizenView)", "def erase_for()"),
    Broken("undeclared-scope", "hooks.py", 'has("senior")', 'has("student")'),
    Broken("code-kinds", "manifest.py", KINDS, 'kinds=("brain",)', "kinds="),
    Broken("code-kinds", "manifest.py", KINDS, "kinds=()", "kinds="),
    Broken("purpose-limits", "manifest.py", "offline=", "minimum_assurance=4, offline=", "minimum_assurance"),
    Broken("purpose-limits", "manifest.py", "offline=", "session_seconds=901, offline=", "session_seconds"),
    Broken(
        "kiosk-actions",
        "manifest.py",
        "retention_days=365",
        'kiosk_actions=(__import__("citizen_app.toolkit.contract", fromlist=["KioskAction"]).KioskAction('
        'Text("办", "Do"), "https://x"),)',
        "https",
        ("dynamic-import",),
    ),
    Broken(
        "session-purposes", "manifest.py", "offline=", 'session_purposes=("x",), offline=', "session_purposes"
    ),
    Broken("session-purposes", "manifest.py", "offline=", 'session_purposes=("sign_in",), offline=', "session_"),
    Broken("offline-policy", "manifest.py", "OfflinePolicy(online", "OfflinePolicy(bundle_hours=73, online"),
    Broken("retention-days", "manifest.py", "retention_days=365", "retention_days=0"),
    Broken("field-form", "manifest.py", "maximum=40", "minimum=50, maximum=40"),
    Broken("field-form", "manifest.py", '"room", "string"', '"room", "number"'),
    Broken("field-form", "manifest.py", "default=False", 'default=False, choices=(("a", Text("甲", "A")),)'),
    Broken("setting-default", "manifest.py", f"{FIELD},", 'Field("opens_at", "integer", Text("几", "x"),'),
    Broken("setting-default", "manifest.py", f"{FIELD},", f"{FIELD[:-1]}'two',"),
    Broken("setting-default", "manifest.py", f"{FIELD},", f"{FIELD[:-1]}30,"),
    Broken("languages", "manifest.py", 'Text("签到", "Sign in")', 'Text("Sign in", "签到")'),
    Broken("languages", "manifest.py", 'Text("现在不开放", "Closed now")', 'Text("Closed", "Closed now")'),
    Broken("length", "manifest.py", '"样例"', '"样例样例样例样例样例样例样"'),
    Broken("length", "manifest.py", '"Sign in by code;', f'"{"Sign in by code; " * 10}'),
    Broken("icon", "manifest.py", 'icon="house"', 'icon="house.svg"'),
    Broken("hooks", "hooks.py", "def on_scan(", "def scanned(", '"""What a scan'),
    Broken("hooks", "hooks.py", "def health()", "def healthy()", '"""What a scan'),
    Broken("hooks", "hooks.py", "on_scan(scan: Scan)", "on_scan(scan: Scan, more: int)"),
    Broken("detail-code", "hooks.py", REFUSE, 'return Refuse("on_holiday"'),
    Broken("detail-code", "hooks.py", REFUSE, 'return Refuse(detail_code="on_holiday"'),
    Broken("undeclared-scope", "hooks.py", 'scan.citizen.has("senior")', "scan.citizen.masked_phone is None"),
    Broken("audience", "routes.py", 'service_blueprint(SERVICE.id, "door", ANYONE, "Opening hours")',
           'service_blueprint(SERVICE.id, "x", ANYONE, "").__class__("sample_door", __name__, url_prefix="/api/v1/services/sample")',
        'SERVICE.id, "x"'),
    Broken("audience", "routes.py", '"desk", staff_of_service(SERVICE.id)', '"desk", None', "desk = "),
    Broken("partner-scopes", "routes.py", '"desk", staff_of_service(SERVICE.id)',
           '"desk", type(CITIZEN)("partner", lambda: None, SERVICE.id, "all", "all")', "desk = "),
    Broken("partner-scopes", "routes.py", '"desk", staff_of_service(SERVICE.id)', '"desk", type(CITIZEN)("partner", None, SERVICE.id)', '"/closed-days"'),
    Broken("open-write", "routes.py", '"desk", staff_of_service(SERVICE.id)', '"desk", ANYONE', '"/closed-days"'),
    Broken(
        "assurance",
        "routes.py",
        '@desk.route("/days", methods=["GET"])',
        '@desk.route("/days", methods=["GET"])\n@desk.doc(**{"x-assurance": {"level": 2}})',
        '"/days"',
    ),
    Broken("url-prefix", "routes.py", 'service_blueprint(SERVICE.id, "door"', 'service_blueprint("other", "door"'),
    Broken("url-prefix", "routes.py", 'service_blueprint(SERVICE.id, "door"', 'service_blueprint("samples", "door"'),
    Broken("page-address", "pages.py", "door = service_pages(SERVICE.id, ANYONE", 'door = service_pages("other", ANYONE'),
    Broken("page-audience", "pages.py", '@door.get("/")', '@door.route("/", methods=["GET", "POST"])'),
    Broken("page-start", "pages.py", '@door.get("/")', '@door.get("/hours")', '"""Pages: '),
    Broken("page-template", "pages.py", 'render("visits.html"', 'render("visit.html"'),
    Broken("page-sentence", "pages.py", '"sample.companions"', '"companions"'),
    Broken("page-sentence", START, 't("sample.hours"', 't("sample.house"'),
    Broken("page-policy", START, '<p class="lead">', '<p class="lead" style="color: red">'),
    Broken("page-policy", START, '<p class="lead">', '<p class="lead" onclick="go()">'),
    Broken("page-policy", START, '<p class="lead">', '<script>go()</script><p class="lead">'),
    Broken("page-policy", START, 'service.title|say }}', 'service.title|say|safe }}'),
    Broken("page-policy", START, '<p class="lead">', '<img src="https://elsewhere.example/x.png" alt=""><p class="lead">'),
    Broken("capability", "manifest.py", "retention_days=365", 'provides=("tea/1",)'),
    Broken("capability", "manifest.py", "retention_days=365", 'uses=("tea",)'),
    Broken("job-name", "jobs.py", '"sample.forget"', '"forget"'),
    Broken("command-name", "commands.py", 'AppGroup("sample"', 'AppGroup("samples"'),
    Broken("seed", "seed.py", "def seed(demo: DemoCity)", "def seed()"),
    Broken("personal-column", "models.py", "is_senior:", "phone: Mapped[str] = mapped_column(String(20))\n    is_senior:", "phone:", also=("migration-difference",)),
    Broken("imports", "queries.py", FIRST, f"import citizen_app.citizens.models\n{FIRST}", "import citizen_app"),
    Broken("imports", "queries.py", FIRST, f"from citizen_app.storage.orm import db\n{FIRST}", "from citizen_app.st"),
    Broken("imports", "queries.py", FIRST, f"from citizen_app import clock\n{FIRST}", "from citizen_app import"),
    Broken("imports", "queries.py", FUNCTION, f"{FUNCTION}    from .. import other\n", "from .. import"),
    Broken("imports", "queries.py", FUNCTION, f"{FUNCTION}    from ...elsewhere import a\n", "from ...else"),
    Broken("imports", "queries.py", FUNCTION, f"{FUNCTION}    import citizen_app.toolkit.testing\n", "import citizen_"),
    Broken("imports", MIGRATION, "from citizen_app.toolkit.data", "from citizen_app.storage.columns"),
    Broken("dynamic-import", "queries.py", FUNCTION, f"{FUNCTION}    __import__('citizen_app.extensions')\n", "__import__"),
    Broken("dynamic-import", "queries.py", FUNCTION,
           f"{FUNCTION}    importlib.import_module('citizen_app.extensions')\n", "importlib.import_module"),
    Broken("world-at-import", "queries.py", FUNCTION, f"import time; STARTED = time.monotonic()\n\n\n{FUNCTION}", "STARTED"),
    Broken("world-at-import", "queries.py", FUNCTION, f"from pathlib import Path; SIZE = Path(__file__).exists()\n\n\n{FUNCTION}", "SIZE"),
    Broken("clock", "queries.py", FUNCTION, f"{FUNCTION}    datetime.now()\n"),
    Broken("clock", "queries.py", FUNCTION, f"{FUNCTION}    time.time()\n"),
    Broken("environment", "queries.py", FUNCTION, f"{FUNCTION}    os.environ.get('POOL')\n"),
    Broken("foreign-sql", "queries.py", FUNCTION, f'{FUNCTION}    text("SELECT * FROM citizens")\n'),
    Broken("foreign-sql", "queries.py", FUNCTION, f'{FUNCTION}    text("DELETE FROM usage_events WHERE 1=1")\n'),
    Broken("migration-reach", MIGRATION, "    op.create_table(\n",
           '    op.drop_table("citizens")\n    op.create_table(\n', 'op.drop_table("citizens")'),
    Broken("migration-reach", MIGRATION, "    op.create_table(\n",
           '    op.execute("UPDATE kiosks SET id = 1")\n    op.create_table(\n', "op.execute"),
    Broken("migration-difference", "models.py", "is_senior: Mapped[bool]", "is_elder: Mapped[bool]"),
    Broken("migration-difference", MIGRATION, "op.create_index(", "op.no_index(", '"""'),
)  # fmt: skip
"""The line that is expected is that of `at`, or of the first word of `new` that `old` has not."""
TABLES = (
    ("table-prefix", {"models.py": [('"sample_closed_days"', '"closed_days"')]}, "closed_days"),
    (
        "foreign-key",
        {
            "models.py": [
                ("from sqlalchemy import ", "from sqlalchemy import ForeignKey, "),
                (
                    "mapped_column(String(10), primary_key",
                    'mapped_column(ForeignKey("citizens.id"), primary_key',
                ),
            ]
        },
        'ForeignKey("citizens.id")',
    ),
)
ELSEWHERE = {
    "service-id",
    "folder-name",
    "table-prefix",
    "foreign-key",
    "migration-missing",
    "file-name",
    "file-twice",
    "readme",
    "tests",
}
"""Rules that need more than one change, or a change of files; below, and in `test_module_folders`."""


def line_of(path: Path, words: str) -> int:
    """The number of the first line that holds the words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def said_well(finding: Finding) -> bool:
    """Whether a newcomer can act on it."""
    start = f"{finding.file}:{finding.line}: [{finding.rule}] "
    return str(finding).startswith(start) and len(finding.message) > 5 and len(finding.remedy) > 5


def test_the_template_passes_all_rules(copies: Copies) -> None:
    copies.make()
    assert copies.findings() == []


def test_every_service_here_passes_all_rules_and_runs_the_contracts_tests() -> None:
    services = Path(__file__).parents[2] / "services"
    found = [*find_packages(services), *find_packages(services / "_template")]
    assert len(found) > 2
    for package, folder in found:
        assert check_package(package, folder, others=ids_in(services)) == []


@pytest.mark.parametrize("broken", CHANGES, ids=lambda broken: f"{broken.rule}: {broken.new[:30]}")
def test_each_rule_finds_its_fault_on_its_line(copies: Copies, broken: Broken) -> None:
    path = copies.make() / broken.file
    change(path, broken.old, broken.new)
    findings = copies.findings()
    assert {finding.rule for finding in findings} == {broken.rule, *broken.also}, findings
    assert all(said_well(finding) for finding in findings)
    at = broken.at or broken.new.strip().splitlines()[-1].strip()
    found = next(finding for finding in findings if finding.rule == broken.rule)
    assert (found.file, found.line) == (str(path), line_of(path, at))


def test_an_audience_that_is_none_is_not_asked_to_be_made_anew(copies: Copies) -> None:
    change(copies.make() / "routes.py", '"desk", staff_of_service(SERVICE.id)', '"desk", None')
    (found,) = copies.findings()
    assert "third argument" in found.remedy


def test_a_write_that_is_open_says_why(copies: Copies) -> None:
    routes = copies.make() / "routes.py"
    change(routes, '"desk", staff_of_service(SERVICE.id)', '"desk", ANYONE')
    change(routes, "    service_blueprint,\n", "    service_blueprint,\n    written_by_anyone,\n")
    route = '"/closed-days", methods=["POST"])\n'
    change(routes, route, f'{route}@written_by_anyone("a control of this test")\n')
    assert copies.findings() == []


@pytest.mark.parametrize(
    ("rule", "changes", "at"), TABLES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_tables_stay_inside_the_service(
    copies: Copies, rule: str, changes: dict[str, list[tuple[str, str]]], at: str
) -> None:
    folder = copies.make()
    for file, pairs in changes.items():
        for old, new in pairs:
            change(folder / file, old, new)
    found = [finding for finding in copies.findings() if finding.rule == rule]
    models = folder / "models.py"
    assert [(finding.file, finding.line) for finding in found] == [(str(models), line_of(models, at))]
    assert all(map(said_well, found))


@pytest.mark.parametrize("others", [("sample",), ("sample_bar",), ("sam",)])
def test_no_id_begins_another(copies: Copies, others: tuple[str, ...]) -> None:
    copies.make()
    copies.make("sample_bar")
    clashing = [one for one in others if one != "sam"]
    assert [f.rule for f in copies.findings("sample_bar", others=others)] == (
        ["service-id"] if clashing == ["sample"] else []
    )
    assert [f.rule for f in copies.findings("sample", others=others)] == (
        ["service-id"] if clashing == ["sample_bar"] else []
    )


@pytest.mark.parametrize("name", ["Sample", "staff", "s"])
def test_an_id_that_cannot_be_used(copies: Copies, name: str) -> None:
    manifest = copies.make() / "manifest.py"
    change(manifest, 'id="sample"', f'id="{name}"')
    found = [finding for finding in copies.findings() if finding.rule == "service-id"]
    assert [finding.line for finding in found] == [line_of(manifest, "id=")]


def test_a_folder_is_called_like_its_service(copies: Copies) -> None:
    manifest = copies.make() / "manifest.py"
    change(manifest, 'id="sample"', 'id="other"')
    found = [finding for finding in copies.findings() if finding.rule == "folder-name"]
    assert [(f.line, f.remedy) for f in found] == [(line_of(manifest, "id="), "call it 'other', like the id")]


def test_a_table_without_prefix_is_told_once_and_not_told_to_be_dropped(copies: Copies) -> None:
    change(copies.make() / "models.py", '"sample_closed_days"', '"closed_days"')
    assert [finding.rule for finding in copies.findings()] == ["table-prefix"]


def test_tables_without_a_migration(copies: Copies) -> None:
    (copies.make() / MIGRATION).unlink()
    (found,) = copies.findings()
    assert found.rule == "migration-missing"
    assert "db revision --service sample" in found.remedy


def test_every_rule_has_a_broken_module() -> None:
    assert {broken.rule for broken in CHANGES} | ELSEWHERE == set(rule_names())
