"""Checks of the ledger: that the books are right, and that they are closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from citizen_app.doctor.findings import Check, Fault, failure
from citizen_app.payments.proving import prove
from citizen_app.text import Text


def ledger() -> Iterator[Fault]:
    """Every purse has what its postings sum to, and all accounts sum to zero."""
    for fault in prove().faults:
        yield failure(
            fault,
            Text("账目不平，有人会多付或少付。", "Somebody would pay too much or too little."),
            Text(
                "运行 flask --app wsgi payments prove，对照备份查出何时改变的；账本只能追加，不要改行。",
                "Run flask --app wsgi payments prove and find in backups when it changed; never edit rows.",
            ),
        )


CHECKS: Final = (Check("ledger", Text("账本", "Ledger"), ledger),)
