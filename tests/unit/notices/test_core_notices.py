"""The core's own notices keep the rules that those of services must keep."""

from __future__ import annotations

import pytest

from citizen_app.notices.catalogue import CORE
from citizen_app.registry.checks.notices import faults_of_notice
from citizen_app.registry.contract import NAME, Notice


@pytest.mark.parametrize("notice", CORE, ids=lambda notice: notice.id)
def test_a_notice_of_the_core_keeps_the_rules(notice: Notice) -> None:
    assert [message for message, _ in faults_of_notice(notice)] == []
    assert NAME.match(notice.id)


def test_each_id_stands_once() -> None:
    assert len({notice.id for notice in CORE}) == len(CORE)
