"""A consent withdrawn is never used: any order of giving, taking back, scanning, upgrading, approving and
new notices."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from citizen_app.consent.notice import publish
from citizen_app.extensions import limiter
from citizen_app.registry.contract import Scope
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from tests.integration.consent.conftest import CONSENTS, FARE, WHY, Upgrade, accept

OPTIONAL = ("contact_ref", "masked_phone", "identity_ref")
NAMES = ("masked_name", *OPTIONAL)
_texts = count(1)


def machine_of(city: City, upgrade: Upgrade) -> type[RuleBasedStateMachine]:
    """The machine in a city: one citizen, one service whose declaration changes."""
    kiosk = city.kiosk("probe")

    class Consents(RuleBasedStateMachine):
        """`given` is by field how it was given last, `declined` what the citizen refused last: the model
        knows acts, not rows."""

        def __init__(self) -> None:
            super().__init__()
            self.citizen = city.citizen(consents=False)
            self.declared: dict[str, Scope] = {}
            self.approved: set[str] = set()
            self.given: dict[str, bool] = {}
            self.declined: set[str] = set()

        @initialize()
        def first_version(self) -> None:
            self._declare({"masked_name": Scope("masked_name", WHY)})
            self.approve(set(NAMES))

        def _declare(self, scopes: dict[str, Scope]) -> None:
            self.declared = scopes
            upgrade(FARE, *scopes.values())

        def _asked(self) -> dict[str, Scope]:
            return {name: scope for name, scope in self.declared.items() if name in self.approved}

        @rule(more=st.dictionaries(st.sampled_from(NAMES), st.tuples(st.booleans(), st.booleans())))
        def upgrade_service(self, more: dict[str, tuple[bool, bool]]) -> None:
            wanted = {"masked_name": (False, False), **more}
            self._declare(
                {n: Scope(n, WHY, essential=must, sensitive=fine) for n, (must, fine) in wanted.items()}
            )

        @rule(names=st.sets(st.sampled_from(NAMES)))
        def approve(self, names: set[str]) -> None:
            self.approved = names
            city.grant("probe", "senior", *names)

        @rule()
        def new_text(self) -> None:
            with city.app.app_context(), transaction():
                publish(Text(f"说明 {next(_texts)}", "A notice"), Text("全文", "The whole"))

        @rule()
        def accept_notice(self) -> None:
            assert accept(city, self.citizen).status_code == 200
            if "*" in self.declined:
                return
            for name, scope in self._asked().items():
                if not scope.sensitive and name not in self.declined:
                    self.given.setdefault(name, False)

        @rule()
        def take_notice_back(self) -> None:
            assert self.citizen.call("DELETE", f"{CONSENTS}/notice").status_code == 204
            self.given = {name: by_name for name, by_name in self.given.items() if by_name}

        @rule(names=st.sets(st.sampled_from(NAMES), min_size=1))
        def agree(self, names: set[str]) -> None:
            body = {"scopes": sorted(names)}
            answer = self.citizen.call("PUT", f"{CONSENTS}/probe", json=body)
            assert answer.status_code == (200 if names <= self._asked().keys() else 422)
            if answer.status_code == 200:
                self.given = dict.fromkeys(names, True)
                self.declined = self._asked().keys() - names

        @rule()
        def take_back(self) -> None:
            assert self.citizen.call("DELETE", f"{CONSENTS}/probe").status_code == 204
            self.given, self.declined = {}, {"*"}

        @rule()
        def scan(self) -> None:
            context = {"fields": " ".join(self.declared)}
            decision = kiosk.scan(self.citizen.code(), "reads", context=context).get_json()
            told = {field["name"] for field in self.citizen.usage()[0]["disclosed"]} - {"senior"}
            stands = {
                name
                for name, scope in self._asked().items()
                if name in self.given and (self.given[name] or not scope.sensitive)
            }
            essential = {name for name, scope in self._asked().items() if scope.essential}
            if essential <= stands:
                assert (decision["reason"], told) == ("ok", stands)
            else:
                assert (decision["reason"], told, decision["granted"]) == ("consent_missing", set(), {})

    return Consents


def test_a_consent_withdrawn_is_never_used(
    city: City, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine_of(city, upgrade),
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
