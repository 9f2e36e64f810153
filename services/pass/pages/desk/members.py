"""Who belongs to a place, and their standing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, Final

from citizen_app.toolkit.pages import Form, asked, form_page, go_on, render, url_for

from ... import queries
from ...manifest import ROLE_TITLES
from ...models import PassMember
from ...operations import members, reading
from ...operations.reading import Reader, refs_of
from ...schemas.people import MemberQuerySchema
from ...snapshot import title_of_place
from ..blueprint import pages
from .door import reader_of

ACTIONS: Final = {"suspend": "warn", "revoke": "warn", "restore": "primary"}
"""What can be done with a member, and the tone of its button."""
OPEN: Final = {"active": ("suspend", "revoke"), "suspended": ("restore", "revoke"), "revoked": ("restore",)}
"""From which standing what can be done."""


@pages.get("/managed/<id:place_id>/members")
def members_of(place_id: str) -> str:
    """Members of the place, newest first, by a part of the unit."""
    reader, query = reader_of(place_id), asked(MemberQuerySchema)
    found = queries.members_page(place_id, **query)
    reader.sees(chain.from_iterable(map(refs_of, found.items)), reading.MEMBERS, "read_members")
    return render(
        "desk/members.html",
        found=found,
        place_id=place_id,
        place=title_of_place(place_id),
        roles=ROLE_TITLES,
        asked=query,
    )


@pages.get("/managed/<id:place_id>/members/<id:member_id>")
def member(place_id: str, member_id: str) -> str:
    """One member."""
    reader, found = _member(place_id, member_id)
    reader.sees(refs_of(found), reading.MEMBER, "read_member")
    return _drawn("desk/member.html", found, can=OPEN[found.status])


def _question(action: str) -> None:
    def ask(form: Form, place_id: str, member_id: str) -> str:
        reader, found = _member(place_id, member_id)
        reader.sees(refs_of(found), reading.MEMBER, "read_member")
        return _drawn("desk/standing.html", found, form=form, action=action, tone=ACTIONS[action])

    def send(_: dict[str, Any], place_id: str, member_id: str) -> str:
        reader = reader_of(place_id)
        held = members.member_or_404(place_id, member_id, hold=True)
        members.set_standing(held, action, reader.by, reader.channel)
        return go_on(url_for(".member", place_id=place_id, member_id=member_id), action)

    ask.__name__, ask.__doc__ = f"{action}_member", f"Whether to {action} a member."
    page: Callable[[Callable[..., str]], Any] = form_page(
        pages, f"/managed/<id:place_id>/members/<id:member_id>/{action}"
    )
    page(ask).sends(send)


for one in ACTIONS:
    _question(one)


def _member(place_id: str, member_id: str) -> tuple[Reader, PassMember]:
    return reader_of(place_id), members.member_or_404(place_id, member_id)


def _drawn(template: str, found: PassMember, **shown: Any) -> str:
    return render(
        template,
        member=found,
        place_id=found.place_id,
        place=title_of_place(found.place_id),
        roles=ROLE_TITLES,
        **shown,
    )
