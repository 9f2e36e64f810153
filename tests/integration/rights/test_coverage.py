"""No table that holds something of a person can be forgotten: each is in the list of holdings, and what the
list says of it is so. Whoever adds a table meets this test."""

from __future__ import annotations

from sqlalchemy import LargeBinary, Table

from citizen_app.rights.holdings import HOLDINGS
from citizen_app.rights.parts import PARTS
from citizen_app.storage.orm import Model, table_of

OF_A_PERSON = (
    "citizen_id",
    "ward_id",
    "agent_id",
    "payer_id",
    "subject_key",
    "actor_key",
    "log_key",
    "purse_id",
    "citizen_ref",
    "event_id",
    "look_id",
    "_sealed",
    "_index",
)
NOT_OF_CITIZENS = {"notice_webhooks", "service_webhooks", "signing_keys", "staff"}
"""Sealed secrets of services, of the city and of its staff."""


def core_tables() -> dict[str, Table]:
    """Those whose models stand in the core, whatever services a test has loaded."""
    return {
        mapper.class_.__tablename__: table_of(mapper.class_)
        for mapper in Model.registry.mappers
        if mapper.class_.__module__.startswith("citizen_app.")
    }


def holds_something(table: Table) -> bool:
    return any(
        column.name.endswith(OF_A_PERSON)
        or any(key.column.table.name == "citizens" for key in column.foreign_keys)
        for column in table.columns
    ) or any(isinstance(column.type, LargeBinary) and "sealed" in column.name for column in table.columns)


def test_every_table_with_something_of_a_person_is_in_the_list() -> None:
    tables = core_tables()
    personal = {name for name, table in tables.items() if holds_something(table)} - NOT_OF_CITIZENS
    assert personal - HOLDINGS.keys() == set()
    assert HOLDINGS.keys() - tables.keys() == set(), "gone from the models"


def test_each_is_in_the_copy_or_says_why_not() -> None:
    names = {name for name, _, _ in PARTS}
    assert {one.copy for one in HOLDINGS.values() if one.copy} == names
    assert [name for name, one in HOLDINGS.items() if (one.copy is None) != bool(one.why)] == []


def test_what_goes_with_the_account_hangs_on_it() -> None:
    """A foreign key that does nothing would stop an erasure; one that cuts off must be meant."""
    for name, table in core_tables().items():
        ways = {
            key.ondelete
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table.name == "citizens"
        }
        if HOLDINGS.get(name) and HOLDINGS[name].fate == "with_account":
            assert "CASCADE" in ways, name
        if "SET NULL" in ways:
            assert HOLDINGS[name].fate == "cut_off", name
        assert None not in ways, name
