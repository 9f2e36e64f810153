"""The link that a host sends: what it shows, to whomever it comes, and that it carries no right."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.links import shared_link

from ..conftest import Site
from .test_desk_pages import HTML

BASE = "/services/pass"


def link_of(site: Site, invitation_id: str, host: object) -> str:
    """The address in the host's page."""
    page = host.browser().get(f"{BASE}/guests/{invitation_id}", headers=HTML).text  # type: ignore[attr-defined]
    found = re.search(r'id="invitation-link"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def opened(site: Site, link: str) -> tuple[int, str]:
    """What somebody sees who has not signed in."""
    answer = site.city.app.test_client().get(urlsplit(link).path, headers=HTML)
    return answer.status_code, answer.text


def test_it_shows_place_and_window_and_nothing_of_the_people(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    made = site.invite(host, guest.phone, plate="苏N12345")
    link = link_of(site, made["id"], host)
    assert link.startswith(site.city.app.extensions["settings"].public_url + f"{BASE}/invited/")
    assert urlsplit(made["link"]).path.startswith(f"{BASE}/invited/")
    status, page = opened(site, link)
    assert status == 200 and "骆马湖花园" in page and "用受邀的手机号登录" in page
    for hidden in ("3-2-1201", "张小三", "王客人", "探亲", "苏N12345", guest.phone[-4:], made["id"]):
        assert hidden not in page, hidden
    before = len(guest.get("/api/v1/me/looks").get_json()["items"])
    assert before == 0  # nobody was shown


def test_it_carries_no_right_and_ends_with_the_invitation(site: Site) -> None:
    host, guest, other = (site.city.citizen() for _ in range(3))
    site.list_citizen(host)
    made = site.invite(host, guest.phone, entries=None)
    link = link_of(site, made["id"], host)
    assert opened(site, link)[0] == 200
    assert site.scan(other)["detail_code"] == "not_a_member"
    assert site.scan(guest)["outcome"]["basis"] == "guest"
    site.mine(host, "POST", f"/invitations/{made['id']}/revoke")
    status, page = opened(site, link)
    assert status == 200 and "已经失效" in page and "骆马湖花园" not in page
    ended = host.browser().get(f"{BASE}/guests/{made['id']}", headers=HTML).text
    assert "invitation-link" not in ended


def test_who_is_known_by_a_document_is_told_of_the_document(site: Site) -> None:
    host = site.city.citizen()
    site.list_citizen(host)
    made = site.invite(host, None, id_number="11010519491231002X")
    status, page = opened(site, made["link"])
    assert status == 200 and "受邀的证件" in page and "002X" not in page


@pytest.mark.parametrize("kind", ["invitation", "other"])
def test_nobody_makes_a_link_from_an_id(site: Site, kind: str) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    made = site.invite(host, guest.phone)
    for token in (made["id"], made["link"].rpartition("/")[2][:-1], "x", "." * 400):
        assert opened(site, f"{BASE}/invited/{token}")[0] == 404
    with site.city.app.test_request_context():
        strange = shared_link(
            "pass", "pass_pages_open.invited", kind, new_id() if kind == "invitation" else made["id"]
        )
    assert opened(site, strange)[0] == 404
