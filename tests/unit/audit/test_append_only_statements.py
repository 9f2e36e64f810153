"""The statements are built from a table's name, so the name is checked."""

from __future__ import annotations

import pytest

from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements


@pytest.mark.parametrize("name", ["", "a; DROP TABLE b", "Audit", "audit-events", "1st", "x" * 60])
@pytest.mark.parametrize("statements", [append_only_statements, drop_append_only_statements])
def test_only_a_plain_name_is_taken(statements, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a table"):
        statements(name, "sqlite")


@pytest.mark.parametrize("statements", [append_only_statements, drop_append_only_statements])
def test_an_unknown_database_is_not_left_unguarded(statements) -> None:
    with pytest.raises(ValueError, match="no append-only rules"):
        statements("audit_events", "mysql")
