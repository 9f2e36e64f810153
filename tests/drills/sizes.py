"""How large the drills are: reduced elsewhere, full in `make drills` (`CITIZEN_DRILL` is set). Sizes stand
here only."""

from __future__ import annotations

import os

FULL = "CITIZEN_DRILL" in os.environ


def _size(reduced: int, full: int) -> int:
    return full if FULL else reduced


LONG_ON = ["sqlite", "postgresql"] if FULL else ["sqlite"]
"""The databases on which tests of half a minute run that are about processes and files rather than about a
database."""
KILLS = _size(1, 10)
"""How often all workers are killed on each database."""
SYNCED_SCANS = _size(40, 1000)
"""Scans answered under strace."""
CONCURRENT = _size(32, 200)
"""How many race for one thing."""
DECODED = _size(20_000, 10_000_000)
"""Inputs given to the decoder."""
EXAMPLES = _size(200, 10_000)
"""Examples of each property that hypothesis looks at."""
FORGED_EVERY = _size(5, 1)
"""Of a genuine code every so manieth character is forged."""
EXPORTED_THOUSANDS = _size(9, 50)
"""Thousands of events in an exported CSV file whose memory is measured."""
RELOADS = _size(2, 5)
"""How often the server is told to reload."""
OUTAGES = _size(1, 5)
"""How often the database, or Redis, goes away and comes back."""
OUTAGE_SECONDS = _size(2, 10)
"""How long it stays away."""
FULL_SECONDS = _size(1, 60)
"""How long the disk stays full."""
JUMPING_SCANS = _size(3, 25)
"""Scans at each kiosk after each jump of the clock."""
OPERATION_EXAMPLES = _size(4, 40)
"""How many generated requests of each operation of the API are sent, besides those that cover its limits."""
OPERATION_OTHERS = _size(1, 4)
"""How many of an operation's requests everybody else sends too."""
WALKS = _size(3, 100)
"""How many ways through the operations of the API are gone."""
WALKED_BODIES = _size(4, 40)
"""How many generated requests of each operation they choose from."""
TIMED = _size(60, 10_000)
"""How often something is asked about who is known, and as often about who is not."""
TIMED_HASHES = _size(8, 100)
"""As often where a password is hashed, a third of a second each."""
TIMED_PROOFS = _size(40, 1000)
"""As often where tries are counted for a citizen."""
TIMED_APART = 0.05 if FULL else 0.5
"""By which share the medians may differ: a promise at full size, patience on a busy machine otherwise."""
BACK_WITHIN_SECONDS = _size(60, 10)
"""How soon scans are accepted again after a fault: a promise at full size, patience on a busy machine
otherwise."""
FLOOD_SECONDS = _size(4, 20)
"""How long wrong passwords are sent without pause, and how long scans are timed without them."""
SLOWER_AT_MOST = _size(12, 2)
"""How many times as long the slowest scans may take meanwhile: a promise at full size, patience on a busy
machine otherwise."""
POSTINGS = _size(20_000, 2_000_000)
"""Postings that are closed and proved."""
ENCRYPTIONS = _size(20_000, 1_000_000)
"""Fields sealed under one key."""
ENDED_WITHIN_SECONDS = 1.2 if FULL else 5.0
"""How soon whatever was ended is refused by every worker: a promise at full size (a look each second, and
the time that it takes), patience on a busy machine otherwise."""
RELEASE_REQUESTS = _size(400, 2000)
"""How many ask for numbers of a doctor in the second in which they are released."""
RELEASE_NUMBERS = _size(20, 100)
"""How many numbers there are."""
