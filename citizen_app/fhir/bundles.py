"""Bundles of what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from citizen_app.fhir.declared import Facade, ResourceType
from citizen_app.fhir.elements import Json
from citizen_app.fhir.found import Found
from citizen_app.fhir.search import Search, is_id


def searchset(facade: Facade, kind: ResourceType, found: Found, search: Search) -> Json:
    """What a search found, as a Bundle with its links."""
    query = [
        *search.applied,
        *(("_include", one) for one in sorted(search.includes)),
        ("_count", str(search.count)),
    ]
    here = f"{facade.address}/{kind.name}"
    links = [{"relation": "self", "url": f"{here}?{urlencode(query)}"}]
    if found.after is not None:
        links.append({"relation": "next", "url": f"{here}?{urlencode([*query, ('_after', found.after)])}"})
    return bundle(facade, found.resources, found.total, links, found.included)


def bundle(
    facade: Facade,
    resources: Iterable[Json],
    total: int,
    links: Sequence[Json] = (),
    included: Iterable[Json] = (),
) -> Json:
    """A Bundle of type searchset."""
    entries = [_entry(facade, one, "match") for one in resources]
    entries += [_entry(facade, one, "include") for one in included]
    return {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links, "entry": entries}


def written(facade: Facade, resource: Json) -> Json:
    """A resource as its schema says it."""
    found: Json = facade.type_of(resource["resourceType"]).schema().dump(resource)
    return found


def _entry(facade: Facade, resource: Json, mode: str) -> Json:
    """What was only proposed has no address."""
    address = f"{facade.address}/{resource['resourceType']}/{resource['id']}"
    return {
        "fullUrl": address if is_id(resource["id"]) else None,
        "resource": written(facade, resource),
        "search": {"mode": mode},
    }
