"""The trail goes when the place's own time is over, and not before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.time import now, rfc3339

from ... import jobs
from ...operations.forgetting import forget
from ..conftest import MakeSite, Site

PERSONAL = (
    "pass_passages",
    "pass_presence",
    "pass_invitations",
    "pass_claims",
    "pass_members",
    "pass_accounted",
)


@pytest.fixture
def used(make_site: MakeSite) -> Site:
    """A place that keeps seven days, with one of everything, all of it over within the hour."""
    site = make_site(trail_days=7)
    site.change(policy={"longest_visit_hours": 1})
    host, guest, applicant, gone = (site.city.citizen() for _ in range(4))
    site.list_citizen(host, valid_until=rfc3339(now() + timedelta(minutes=50)))
    revoked = site.list_citizen(gone)
    site.invite(host, guest.phone, ends_at=rfc3339(now() + timedelta(minutes=40)))
    site.scan(guest)
    site.scan(host)
    site.scan(host, "exit")
    claim = site.mine(
        applicant, "POST", "/claims", 201, place_id=site.id, role="resident", unit="1", name="赵六"
    )
    site.office("POST", f"/claims/{claim['id']}/refuse", reason="查无此人")
    site.office("POST", f"/members/{revoked}/revoke")
    site.office("POST", "/emergency", 201, reason="演练", until=rfc3339(now() + timedelta(minutes=30)))
    (person,) = site.inside()
    site.office("POST", f"/muster/{person['person_id']}", 204)
    return site


def left(site: Site) -> dict[str, int]:
    """Rows about people."""
    return {table: site.city.count(table) for table in PERSONAL}


def test_everything_about_people_goes_when_its_time_is_over(used: Site, time_travel: Any) -> None:
    before = left(used)
    assert before == dict(zip(PERSONAL, (3, 2, 1, 1, 2, 1), strict=True))
    time_travel.shift(timedelta(days=6, hours=23))
    used.city.run_jobs("pass")
    assert left(used) == before
    time_travel.shift(timedelta(hours=1, minutes=1))
    used.city.run_jobs("pass")
    over = left(used)
    assert (over["pass_passages"], over["pass_presence"], over["pass_claims"], over["pass_accounted"]) == (
        0,
    ) * 4
    time_travel.shift(timedelta(hours=1))
    used.city.run_jobs("pass")
    assert left(used) == dict.fromkeys(PERSONAL, 0)


def test_without_the_job_everything_stays(used: Site, time_travel: Any) -> None:
    """The control: it is the job that forgets."""
    before = left(used)
    time_travel.shift(timedelta(days=400))
    assert left(used) == before
    assert "pass.forget" in [job.name for job in jobs.JOBS]


def test_each_place_keeps_its_own_time(make_site: MakeSite, time_travel: Any) -> None:
    short, long = make_site(trail_days=1), make_site(trail_days=90)
    person = short.city.citizen()
    for site in (short, long):
        site.list_citizen(person)
        site.scan(person)
    time_travel.shift(timedelta(days=2))
    short.city.run_jobs("pass")
    assert short.office("POST", "/trail", reason="抽查")["items"] == []
    assert len(long.office("POST", "/trail", reason="抽查")["items"]) == 1
    assert short.city.count("pass_members") == 2  # who belongs there still does


def test_a_policy_that_is_made_shorter_works_at_the_next_run(used: Site, time_travel: Any) -> None:
    time_travel.shift(timedelta(days=2))
    used.change(trail_days=1)
    used.city.run_jobs("pass")
    assert used.city.count("pass_passages") == 0


def test_it_forgets_in_slices(used: Site, app: Any, time_travel: Any) -> None:
    units = 0

    def counted() -> Any:
        nonlocal units
        units += 1
        return transaction()

    with app.app_context():
        assert forget(counted, rows=1) == 0
        assert units == 0  # what is to go is looked for without keeping anybody from writing
        time_travel.shift(timedelta(days=30))
        assert forget(counted, rows=1) == 10
    assert units > 10
    assert left(used) == dict.fromkeys(PERSONAL, 0)
