"""Tables of the passes. People stand here by references, never by number: `citizen_ref` once they were met,
`contact_ref` or `identity_ref` before.

What is written about a person (name, home, guest, purpose, plate, why not) is sealed for its row. Columns
called `…_plain` hold what versions before 1.1 wrote; the job `pass.seal` empties them, and nothing is written
there any more.
"""

from .passages import PassPassage, PassPresence
from .people import PassClaim, PassInvitation, PassMember, masked
from .places import PassAccounted, PassEmergency, PassGate, PassGateKiosk, PassPlace

__all__ = [
    "PassAccounted",
    "PassClaim",
    "PassEmergency",
    "PassGate",
    "PassGateKiosk",
    "PassInvitation",
    "PassMember",
    "PassPassage",
    "PassPlace",
    "PassPresence",
    "masked",
]
