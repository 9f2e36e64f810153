"""Pages of what a search found, in a stable order: by when it begins and by id, or by id alone. A page says
where the next one starts, so nothing is skipped or told twice while others write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, or_

from citizen_app.fhir.elements import Json
from citizen_app.fhir.search import Search
from citizen_app.storage.orm import db


@dataclass(frozen=True, slots=True)
class Found:
    """One page: resources, how many there are in all, where the next page starts; those that come along; and
    the references of the people about whom something is told."""

    resources: Sequence[Json]
    total: int
    after: str | None = None
    included: Sequence[Json] = ()
    refs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of rows, how many there are in all, where the next page starts."""

    rows: Sequence[Any]
    total: int
    after: str | None

    def shown(
        self, resources: Sequence[Json], included: Sequence[Json] = (), refs: Sequence[str] = ()
    ) -> Found:
        """The page as resources; a search that tells about people names them in `refs`."""
        return Found(resources, self.total, self.after, included, refs)


def page_of_rows(query: Select[*tuple[Any, ...]], search: Search, key: Any, starts: Any = None) -> Rows:
    """One page of a select, whose first element has the columns `key` and, where the order is by time,
    `starts`."""
    total = db.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    if search.after is not None:
        moment, last = search.after
        later = key > last
        if starts is not None and moment is not None:
            later = or_(starts > moment, (starts == moment) & later)
        query = query.where(later)
    order = (key,) if starts is None else (starts, key)
    some = query.order_by(*order).limit(search.count + 1)
    rows = list(db.session.execute(some)) if search.count else []
    shown = rows[: search.count]
    return Rows(shown, total, _place(shown[-1][0]) if len(rows) > len(shown) else None)


def page_of_things(things: Iterable[Any], search: Search, shown: Callable[[Any], Json]) -> Found:
    """One page of the things in memory that fit, by their `id`; every parameter is one of `fitting`."""
    wanted = search.conditions(None)
    fit = [one for one in things if all(fits(one) for fits in wanted)]
    after = search.after[1] if search.after is not None else ""
    rest = sorted((one for one in fit if one.id > after), key=lambda one: str(one.id))
    chosen = rest[: search.count]
    more = chosen and len(rest) > len(chosen)
    return Found([shown(one) for one in chosen], len(fit), chosen[-1].id if more else None)


def _place(row: Any) -> str:
    starts: datetime | None = getattr(row, "starts_at", None)
    return f"{starts.astimezone(UTC).isoformat()}~{row.id}" if starts is not None else str(row.id)
