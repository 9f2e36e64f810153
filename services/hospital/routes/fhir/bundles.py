"""Pages of what a search found, in a stable order: by when it begins and by id, or by id alone. A page says
where the next one starts, so nothing is skipped or told twice while others book."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import func, or_

from citizen_app.toolkit.data import session
from citizen_app.toolkit.links import public_address
from services.hospital.routes.fhir.codes import Json
from services.hospital.routes.fhir.search import Asked, is_id
from services.hospital.schemas.fhir import RESOURCES

HOME: Final = "hospital_fhir.metadata"


@dataclass(frozen=True, slots=True)
class Found:
    """One page: resources, how many there are in all, where the next page starts; those that come along; and
    about whom something is told."""

    resources: Sequence[Json]
    total: int
    after: str | None = None
    included: Sequence[Json] = ()
    refs: Sequence[str] = field(default=())


def base() -> str:
    """The facade's address as others reach it."""
    return public_address(HOME).removesuffix("/metadata")


def page_of(query: Any, key: Any, starts: Any, asked: Asked) -> tuple[list[Any], int, str | None]:
    """One page of the rows of a select, its total, and where the next page starts."""
    total = session().scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    if asked.after is not None:
        moment, last = asked.after
        later = key > last
        if starts is not None and moment is not None:
            later = or_(starts > moment, (starts == moment) & later)
        query = query.where(later)
    order = (key,) if starts is None else (starts, key)
    rows = list(session().execute(query.order_by(*order).limit(asked.count + 1))) if asked.count else []
    more = len(rows) > asked.count
    rows = rows[: asked.count]
    return rows, total, _place(rows[-1][0]) if more else None


def page_of_list(items: Iterable[Any], shown: Callable[[Any], Json], asked: Asked) -> Found:
    """The same of things in memory, by id."""
    ordered = sorted(items, key=lambda one: str(one.id))
    after = asked.after[1] if asked.after is not None else ""
    rest = [one for one in ordered if one.id > after]
    chosen = rest[: asked.count]
    more = asked.count and len(rest) > asked.count
    return Found([shown(one) for one in chosen], len(ordered), chosen[-1].id if more else None)


def searchset(path: str, found: Found, asked: Asked) -> Json:
    """What a search found, as a Bundle with its links."""
    query = [
        *asked.applied,
        *(("_include", one) for one in sorted(asked.includes)),
        ("_count", str(asked.count)),
    ]
    here = f"{base()}/{path}"
    links = [{"relation": "self", "url": f"{here}?{urlencode(query)}"}]
    if found.after is not None:
        links.append({"relation": "next", "url": f"{here}?{urlencode([*query, ('_after', found.after)])}"})
    return bundle(found.resources, found.total, links, found.included)


def bundle(
    resources: Iterable[Json], total: int, links: Sequence[Json] = (), included: Iterable[Json] = ()
) -> Json:
    """A Bundle of type searchset."""
    entries = [_entry(one, "match") for one in resources] + [_entry(one, "include") for one in included]
    return {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links, "entry": entries}


def written(resource: Json) -> Json:
    """A resource as its schema says it."""
    found: Json = RESOURCES[resource["resourceType"]]().dump(resource)
    return found


def _entry(resource: Json, mode: str) -> Json:
    """What was only proposed has no address."""
    address = f"{base()}/{resource['resourceType']}/{resource['id']}" if is_id(resource["id"]) else None
    return {"fullUrl": address, "resource": written(resource), "search": {"mode": mode}}


def _place(row: Any) -> str:
    starts: datetime | None = getattr(row, "starts_at", None)
    return f"{starts.astimezone(UTC).isoformat()}~{row.id}" if starts is not None else str(row.id)
