"""What services do for one another, without an import and without a join.

A service that does something for others names it in its manifest, `provides=("journeys/1",)`, and gives it in
`hooks.py`:

    CAPABILITIES = (Capability("journeys/1", JourneysAsked, JourneysTold, journeys),)

    def journeys(asked: Mapping[str, Any], citizen: CitizenView | None) -> Any: ...

The two schemas are the promise: what is asked is loaded with the first, what is answered dumped with the
second. A change that breaks them is another version. A service that asks names it too,
`uses=("journeys/1",)`:

    way = call(SERVICE.id, "journeys/1", {"latitude": 33.96, "longitude": 118.28, "arrive_by": begins_at})

It gets plain values, or `default` where no service provides it, it is switched off, late or broken: whoever
asks has something to show without it. Neither learns who the other is. Where it is about a citizen, the
asking service gives its own reference (`citizen_ref=`), and the provider sees a `CitizenView` of its own.
"""

from citizen_app.capabilities.calling import call
from citizen_app.registry.behaviour import CitizenView
from citizen_app.registry.capabilities import Capability

__all__ = ["Capability", "CitizenView", "call"]
