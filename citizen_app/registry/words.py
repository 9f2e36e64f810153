"""Titles of services, purposes and detail codes, kept as long as the usage log refers to them.

An installed service's titles are in its manifest. These rows remain when its folder is gone: without them a
citizen would read ids where the log said 公交乘车 the day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, String, select
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app import clock
from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.modules import current_registry
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.columns import Json, UtcDateTime
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import Model, db
from citizen_app.storage.statements import upsert
from citizen_app.text import Text

TOPIC: Final = "service_words"


class ServiceWords(Model):
    """One service's words: `{"title": Text, "purposes": {id: Text}, "details": {code: Text}}`, each text in
    both languages."""

    __tablename__ = "service_words"

    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    words: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


@dataclass(frozen=True, slots=True)
class Words:
    """A service's words as the log uses them."""

    title: Text
    purposes: Mapping[str, Text] = field(default_factory=dict)
    details: Mapping[str, Text] = field(default_factory=dict)


def words_of(service: str) -> Words:
    """What a service calls its things, installed or not; acts stand among the purposes, and a purpose that a
    newer version dropped keeps its words.

    A service that was never here is called by its id.
    """
    module = current_registry().get(service)
    kept = _KEPT.get().get(service)
    if module is None:
        return kept or Words(Text(service, service))
    declared = _declared(module.descriptor)
    if kept is None:
        return declared
    return Words(declared.title, {**kept.purposes, **declared.purposes}, {**kept.details, **declared.details})


def known_services() -> frozenset[str]:
    """Every service that is installed, or was once switched on here."""
    return frozenset(module.id for module in current_registry()) | _KEPT.get().keys()


def remember_words(descriptors: Iterable[ServiceModule]) -> None:
    """Store the titles of these services in the current unit of work; those of older versions are kept
    too."""
    for descriptor in descriptors:
        words = _merged({}, _as_dict(_declared(descriptor)))
        first = upsert(ServiceWords).values(service=descriptor.id, words=words, updated_at=clock.now())
        added = db.session.scalar(first.on_conflict_do_nothing().returning(ServiceWords.service))
        row = lock_row(ServiceWords, descriptor.id)
        assert row is not None
        merged = _merged(row.words, words)
        if added is None and merged == row.words:
            continue
        row.words, row.updated_at = merged, clock.now()
        db.session.flush()
        invalidate(TOPIC)


def _declared(descriptor: ServiceModule) -> Words:
    return Words(
        descriptor.title,
        descriptor.titles(),
        {detail.code: detail.title for detail in descriptor.details},
    )


def _as_dict(words: Words) -> dict[str, Any]:
    return {
        "title": words.title.as_dict(),
        "purposes": {name: text.as_dict() for name, text in words.purposes.items()},
        "details": {name: text.as_dict() for name, text in words.details.items()},
    }


def _merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": after["title"],
        **{part: {**before.get(part, {}), **after[part]} for part in ("purposes", "details")},
    }


def _load(connection: Connection) -> dict[str, Words]:
    table = ServiceWords.__table__
    return {
        row.service: Words(
            Text.from_dict(row.words["title"]),
            *(
                {name: Text.from_dict(text) for name, text in row.words[part].items()}
                for part in ("purposes", "details")
            ),
        )
        for row in connection.execute(select(table))
    }


_KEPT: Final[CachedValue[dict[str, Words]]] = CachedValue(TOPIC, _load)
