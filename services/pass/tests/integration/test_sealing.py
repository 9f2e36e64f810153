"""What is written about people is sealed, also what versions before 1.1 kept in plain text; and those can go
on meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.time import now, rfc3339

from ...operations.sealing import seal_plain
from ..conftest import Site

TABLES = (
    "pass_members",
    "pass_claims",
    "pass_invitations",
    "pass_passages",
    "pass_emergencies",
    "audit_events",
)
HOME, APPLIED = "三幢二单元1201", "五幢八单元0808"
PLAIN = {
    "pass_members": "unit",
    "pass_claims": "unit",
    "pass_emergencies": "reason",
}


def run(city: City, statement: str, **values: Any) -> list[Any]:
    """A statement on the tables as they are."""
    with city.app.app_context(), transaction():
        done = session().execute(text(statement), values)
        return [tuple(row) for row in done] if statement.startswith("SELECT") else []


def stored(city: City) -> str:
    """Everything in the tables, bytes as text and as hexadecimal digits."""
    rows = [value for table in TABLES for row in run(city, f"SELECT * FROM {table}") for value in row]
    binary = [bytes(value) for value in rows if isinstance(value, bytes | memoryview)]
    return repr(rows) + "".join(value.decode(errors="replace") + value.hex() for value in binary)


@pytest.fixture
def lived_in(site: Site) -> Site:
    """A place with one of everything that somebody wrote about somebody."""
    host, guest, applicant = (site.city.citizen() for _ in range(3))
    site.office("POST", "/members", 201, phone=host.phone, name="欧阳独一", unit=HOME, role="resident")
    site.invite(host, guest.phone, guest="司马无二", purpose="秘密会面", plate="苏N00001")
    site.scan(guest)
    told = {"place_id": site.id, "role": "resident", "unit": APPLIED, "name": "诸葛单三"}
    claim = site.mine(applicant, "POST", "/claims", 201, **told)
    site.office("POST", f"/claims/{claim['id']}/refuse", reason="此人从未入住")
    until = rfc3339(now() + timedelta(minutes=30))
    site.office("POST", "/emergency", 201, reason="独一家中起火", until=until)
    return site


def said(site: Site) -> tuple[str, str, str, str]:
    """The home of the member, that of the applicant, why not, and why all gates are open."""
    (member,) = site.office("GET", "/members")["items"]
    (claim,) = site.office("GET", "/claims")["items"]
    return member["unit"], claim["unit"], claim["reason"], site.office("GET", "/emergency")["reason"]


WORDS = (HOME, APPLIED, "此人从未入住", "独一家中起火")
PERSONAL = (*WORDS, "欧阳独一", "司马无二", "秘密会面", "苏N00001", "诸葛单三")


def test_nothing_that_is_written_about_people_is_stored_in_the_clear(lived_in: Site) -> None:
    everything = stored(lived_in.city)
    for words in PERSONAL:
        assert words not in everything
        assert words.encode().hex() not in everything
    assert run(lived_in.city, "SELECT digest FROM pass_invitations") == [(b"",)]
    assert said(lived_in) == WORDS


def as_before(site: Site) -> None:
    """The rows as the version before wrote them."""
    run(site.city, "UPDATE pass_members SET unit = :home, unit_sealed = NULL", home=HOME)
    claimed = {"home": APPLIED, "why": "此人从未入住"}
    run(
        site.city,
        "UPDATE pass_claims SET unit = :home, reason = :why, unit_sealed = NULL, reason_sealed = NULL",
        **claimed,
    )
    run(site.city, "UPDATE pass_emergencies SET reason = :why, reason_sealed = NULL", why="独一家中起火")
    run(site.city, "UPDATE pass_invitations SET digest = :digest", digest=b"d" * 32)


def test_what_the_version_before_wrote_is_read_and_then_sealed(lived_in: Site) -> None:
    as_before(lived_in)
    assert said(lived_in) == WORDS
    lived_in.city.run_jobs("pass")
    assert said(lived_in) == WORDS
    everything = stored(lived_in.city)
    assert [words for words in PERSONAL if words in everything] == []
    assert b"d" * 32 not in [
        bytes(one) for (one,) in run(lived_in.city, "SELECT digest FROM pass_invitations")
    ]
    with lived_in.city.app.app_context():
        assert seal_plain() == 0


def test_slices_seal_all_of_it(site: Site) -> None:
    for _ in range(5):
        site.list_citizen(site.city.citizen())
    run(site.city, "UPDATE pass_members SET unit = 'A-1', unit_sealed = NULL")
    with site.city.app.app_context():
        assert seal_plain(rows_per_step=2) == 5
    assert site.city.count("pass_members", "unit <> ''") == 0
    assert {one["unit"] for one in site.office("GET", "/members")["items"]} == {"A-1"}


def test_what_an_old_worker_changes_meanwhile_holds(lived_in: Site) -> None:
    run(lived_in.city, "UPDATE pass_members SET unit = '7-7'")  # it knows nothing of the sealed column
    assert said(lived_in)[0] == "7-7"
    lived_in.city.run_jobs("pass")
    assert said(lived_in)[0] == "7-7"
    (member,) = lived_in.office("GET", "/members")["items"]
    lived_in.office("PATCH", f"/members/{member['id']}", unit="8-8")
    assert said(lived_in)[0] == "8-8"


def test_the_way_back_brings_homes_and_reasons_with_it(lived_in: Site) -> None:
    runner = lived_in.city.app.test_cli_runner()
    for arguments in (["db", "downgrade", "pass", "pass_0001", "--yes"], ["db", "upgrade"]):
        done = runner.invoke(args=arguments)
        assert done.exit_code == 0, done.output
        for table, column in PLAIN.items():
            ((plain,),) = run(lived_in.city, f"SELECT {column} FROM {table}")
            assert plain in WORDS
    lived_in.city.run_jobs("pass")
    assert said(lived_in) == WORDS


def test_members_are_found_by_a_part_of_their_home(site: Site) -> None:
    for unit in ("A-101", "A-102", "b-101", "A-103", ""):
        site.list_citizen(site.city.citizen(), unit=unit)
    found = site.office("GET", "/members?unit=a-10&limit=2")
    assert [one["unit"] for one in found["items"]] == ["A-103", "A-102"]
    rest = site.office("GET", f"/members?unit=a-10&limit=2&cursor={found['next_cursor']}")
    assert ([one["unit"] for one in rest["items"]], rest["next_cursor"]) == (["A-101"], None)
    assert [one["unit"] for one in site.office("GET", "/members?unit=101")["items"]] == ["b-101", "A-101"]
    assert site.office("GET", "/members?unit=999") == {"items": [], "next_cursor": None}
