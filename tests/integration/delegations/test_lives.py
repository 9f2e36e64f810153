"""Lives of a family in any order: invited, accepted, declined, revoked, acted, shown, come of age, died.
Nobody acts after it is over, and every act names both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.delegations.operations import end_all_of
from citizen_app.extensions import limiter
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from tests.integration.delegations.conftest import PATH, person, scan, with_token, years_ago

USAGE = "/api/v1/me/usage"
AGES = {"elder": 75, "mother": 45, "father": 47, "teenager": 15}


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


class Family(RuleBasedStateMachine):
    """What the city should say, kept beside what it says."""

    city: City
    kiosk: TestKiosk
    names = st.sampled_from(sorted(AGES))
    invitations: Bundle[str] = Bundle("invitations")
    delegations: Bundle[str] = Bundle("delegations")
    tokens: Bundle[tuple[str, str]] = Bundle("tokens")
    codes: Bundle[tuple[str, str]] = Bundle("codes")

    @initialize()
    def a_family(self) -> None:
        self.people: dict[str, TestCitizen] = {
            name: person(self.city, age, f"{name[0].upper()}某{name}") for name, age in AGES.items()
        }
        self.minors, self.dead = {"teenager"}, set[str]()
        self.sides: dict[str, tuple[str, str, str]] = {}
        self.asked: dict[str, str] = {}
        self.over: set[str] = set()
        self.issued: list[tuple[str, str]] = []
        self.acts: dict[str, tuple[str, str]] = {}

    def _in_force(self, made: str) -> bool:
        agent, ward, kind = self.sides[made]
        grown = kind == ActingKind.GUARDIAN and ward not in self.minors
        return made not in self.over and not grown and not {agent, ward} & self.dead

    @rule(
        target=invitations,
        one=names,
        other=names,
        role=st.sampled_from(["agent", "ward"]),
        kind=st.sampled_from(["carer", "guardian"]),
    )
    def invite(self, one: str, other: str, role: str, kind: str) -> str:
        body = {"role": role, "kind": kind, "phone": self.people[other].phone}
        answer = self.people[one].call("POST", PATH, json=body)
        if one in self.dead:
            assert answer.status_code == 401
            return ""
        if one == other or (role == "ward" and kind == "guardian" and one not in self.minors):
            assert answer.status_code == 409
            return ""
        if answer.status_code == 409:  # there already, or a limit
            return ""
        assert answer.status_code == 201, answer.text
        made: str = answer.get_json()["id"]
        self.sides[made] = (one, other, kind) if role == "agent" else (other, one, kind)
        self.asked[made] = other
        return made

    @rule(target=delegations, made=consumes(invitations))
    def accept(self, made: str) -> str:
        if not made:
            return ""
        answer = self.people[self.asked[made]].call("POST", f"{PATH}/{made}/acceptance")
        if answer.status_code != 200:
            assert answer.status_code in (401, 403, 404, 409, 410), answer.text
            assert answer.status_code == 409 or not self._in_force(made), answer.text
            return ""
        assert self._in_force(made)
        del self.asked[made]
        return made

    @rule(made=invitations, by_agent=st.booleans())
    def answer_no(self, made: str, by_agent: bool) -> None:
        self._end(made, by_agent)

    @rule(made=delegations, by_agent=st.booleans())
    def revoke(self, made: str, by_agent: bool) -> None:
        self._end(made, by_agent)

    def _end(self, made: str, by_agent: bool) -> None:
        if not made:
            return
        who = self.sides[made][0 if by_agent else 1]
        answer = self.people[who].call("DELETE", f"{PATH}/{made}")
        if who in self.dead:
            assert answer.status_code == 401
        elif made in self.over:
            assert answer.status_code in (404, 409)
        else:
            assert answer.status_code == 204, answer.text
            self.over.add(made)

    @rule(target=tokens, made=delegations)
    def ask_for_a_token(self, made: str) -> tuple[str, str]:
        if not made:
            return "", ""
        answer = self.people[self.sides[made][0]].call("POST", f"{PATH}/{made}/token")
        assert (answer.status_code == 200) == self._in_force(made), answer.text
        if answer.status_code != 200:
            return "", ""
        token: str = answer.get_json()["access_token"]
        self.issued.append((made, token))
        return made, token

    @rule(target=codes, held=tokens)
    def ask_for_a_code(self, held: tuple[str, str]) -> tuple[str, str]:
        made, token = held
        if not made:
            return "", ""
        answer = with_token(self.city, token, "GET", "/api/v1/me/code")
        if answer.status_code != 200:
            assert not self._in_force(made)
            return "", ""
        return made, answer.get_json()["code"]

    @rule(shown=consumes(codes))
    def show(self, shown: tuple[str, str]) -> None:
        made, code = shown
        if not made:
            return
        agent, ward, _ = self.sides[made]
        decided = scan(self.kiosk, code)
        if self._in_force(made):
            assert decided["decision"] == "allow"
        elif ward in self.dead:
            assert decided["reason"] in ("suspended", "delegation_invalid")
        else:
            assert decided["reason"] == "delegation_invalid"
        self.acts[decided["usage_id"]] = (agent, ward)

    @rule()
    def come_of_age(self) -> None:
        with self.city.app.app_context(), transaction():
            row = db.session.get_one(Citizen, self.people["teenager"].id)
            row.born = years_ago(18).isoformat()
        self.minors.clear()

    @rule(name=st.sampled_from(["elder", "teenager"]))
    def die(self, name: str) -> None:
        """As a desk records it."""
        if name in self.dead:
            return
        with self.city.app.app_context(), transaction():
            row = db.session.get_one(Citizen, self.people[name].id)
            row.status = CitizenStatus.DECEASED
            db.session.flush()
            end_all_sessions(row.id)
            end_all_of(row.id)
        self.dead.add(name)
        self.over |= {
            made for made, sides in self.sides.items() if name in sides[:2] and made not in self.asked
        }

    @invariant()
    def nobody_acts_after_it_is_over(self) -> None:
        for made, token in getattr(self, "issued", ()):
            if made in self.over or {*self.sides[made][:2]} & self.dead:
                assert with_token(self.city, token, "GET", USAGE).status_code == 401

    def teardown(self) -> None:
        """Every act names both, in the logs of both who can still look."""
        for event_id, (agent, ward) in getattr(self, "acts", {}).items():
            if agent not in self.dead:
                line = self._line(agent, event_id)
                assert line["done_for"] and line["by"] is None
            if ward not in self.dead:
                line = self._line(ward, event_id)
                assert line["by"]["masked_name"] and line["done_for"] is None

    def _line(self, name: str, event_id: str) -> dict[str, Any]:
        (line,) = [one for one in self.people[name].usage() if one["id"] == event_id]
        return line


def test_lives(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    where, at = city, city.kiosk("probe")

    class Here(Family):
        city, kiosk = where, at

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
