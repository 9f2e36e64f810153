"""The blueprints of the pages under 我的: one's own, and those of a ward, for whom a citizen acts.

A page of a ward is the same function at a second address, which names the delegation. The delegation is taken
out of the address here, judged by the audience with each request, and put into every address that is made for
another page of the ward, so that a page says `url_for(".consents")` and stays with the person it is about.
"""

from __future__ import annotations

from typing import Any, Final

from citizen_app.flask_globals import request_globals
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.web.boundary.page_callers import AGENT_ON_PAGES, CITIZEN_ON_PAGES

MINE: Final = "/mine"
mine: Final = PageBlueprint("mine", CITIZEN_ON_PAGES, url_prefix=MINE)
wards: Final = PageBlueprint("wards", AGENT_ON_PAGES, url_prefix=f"{MINE}/family/<id:delegation_id>")


@wards.url_value_preprocessor
def take_the_delegation(_: str | None, values: dict[str, Any] | None) -> None:
    """Before the caller is asked who they act for."""
    request_globals().ward_of = (values or {}).pop("delegation_id", "")


@wards.url_defaults
def keep_the_delegation(_: str, values: dict[str, Any]) -> None:
    """Into an address of another page of the ward."""
    values.setdefault("delegation_id", request_globals().get("ward_of", ""))
