"""Whom of a list the place has already: by document, and by phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.people import KnownBy

from ..models import PassMember
from .lists import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a list with the references that its person is kept by."""

    person: Person
    known_by: KnownBy
    contact: str | None
    identity: str | None


class Listed:
    """Members of a place under the references of some rows."""

    def __init__(self, members: Iterable[PassMember]) -> None:
        self._by_phone, self._by_document = dict[str, PassMember](), dict[str, PassMember]()
        for member in members:
            if member.contact_ref is not None:
                self._by_phone[member.contact_ref] = member
            if member.identity_ref is not None:
                self._by_document[member.identity_ref] = member

    @classmethod
    def of(cls, place_id: str, entries: Iterable[Entry]) -> Listed:
        """Those whom the rows may mean, in one SELECT."""
        contacts, identities = zip(*((one.contact, one.identity) for one in entries), strict=True)
        under = or_(
            PassMember.contact_ref.in_([ref for ref in contacts if ref]),
            PassMember.identity_ref.in_([ref for ref in identities if ref]),
        )
        return cls(session().scalars(select(PassMember).where(PassMember.place_id == place_id, under)))

    def member(self, entry: Entry) -> PassMember | None:
        """The person of a row: by the document, or by the phone. A member listed by phone alone is the person
        of a row with a document only if the name is the same too."""
        if entry.identity is None:
            return self._by_phone.get(entry.contact or "")
        by_phone = self._by_phone.get(entry.contact or "")
        same = by_phone is not None and by_phone.identity_ref is None and by_phone.name == entry.person.name
        return self._by_document.get(entry.identity) or (by_phone if same else None)

    def free(self, entry: Entry, member: PassMember | None = None) -> Entry:
        """The row without a phone that another member has."""
        holder = self._by_phone.get(entry.contact or "")
        if holder is None or holder is member:
            return entry
        return replace(entry, contact=None, known_by=KnownBy(document=entry.known_by.document))
