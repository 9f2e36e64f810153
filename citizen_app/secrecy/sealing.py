"""A personal field of a row: written and read like any attribute, stored encrypted for its table, column and
row.

class ParkingGuest(Model):
    __tablename__ = "parking_guests"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name = SealedText("name_sealed")

guest = ParkingGuest(id=new_id(), name="张三")   # the id comes first: the ciphertext is bound to it
ParkingGuest.name.seal(row_id, "张三")            # the bytes, for statements that need no objects

A field that is also searched for by its whole value names the column of its blind index and what makes that:
`SealedText("name_sealed", index=("name_index", name_index))` writes both.

A column that stood in plain text is sealed in steps: a migration adds the sealed column,
`SealedText("note_sealed", plain="note_plain")` reads the plain one (mapped under that name) as long as it
holds something and empties it with the next write, a job writes what nobody does, and the next version drops
the plain column. So the version before goes on meanwhile. A migration that must read says of which table it
speaks. In columns that several tables derive from, a field is sealed for the table of its row.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, overload

from citizen_app.secrecy.vault import current_vault


class SealedText:
    """Text sealed in the column of that name; None stays None. Reading raises `SealBroken` for what was
    changed or moved."""

    def __init__(
        self,
        column: str,
        *,
        plain: str | None = None,
        table: str = "",
        index: tuple[str, Callable[[str], bytes | None]] | None = None,
    ) -> None:
        self._column = column
        self._plain = plain
        self._table = table
        self._index = index

    def __set_name__(self, owner: type, name: str) -> None:
        self._table = getattr(owner, "__tablename__", self._table)

    @property
    def columns(self) -> tuple[str, ...]:
        """The attributes that stand behind this one: the sealed column, its index, and a plain one."""
        index = () if self._index is None else (self._index[0],)
        return (self._column, *index, *(() if self._plain is None else (self._plain,)))

    @overload
    def __get__(self, row: None, owner: type) -> SealedText: ...
    @overload
    def __get__(self, row: object, owner: type) -> str | None: ...
    def __get__(self, row: object | None, owner: type) -> SealedText | str | None:
        if row is None:
            return self._in(owner)
        if self._plain is not None and (plain := getattr(row, self._plain)):
            return str(plain)
        return self._in(owner).unseal(getattr(row, "id"), getattr(row, self._column))  # noqa: B009  (rows of any model)

    def __set__(self, row: Any, plain: str | None) -> None:
        if row.id is None:
            raise ValueError(f"{row.__tablename__}: give the row its id before its personal fields")
        setattr(row, self._column, self._in(type(row)).seal(row.id, plain))
        if self._plain is not None:
            setattr(row, self._plain, "")
        if self._index is not None:
            column, index_of = self._index
            setattr(row, column, None if plain is None else index_of(plain))

    def seal(self, row_id: str, plain: str | None) -> bytes | None:
        """The bytes to store for a row."""
        return None if plain is None else current_vault().seal(plain, self._place(row_id))

    def unseal(self, row_id: str, sealed: bytes | None) -> str | None:
        """The text that was stored for a row. Raises `SealBroken`."""
        return None if sealed is None else self.open(row_id, sealed)

    def open(self, row_id: str, sealed: bytes) -> str:
        """As `unseal`, where there is something to open."""
        return current_vault().unseal(sealed, self._place(row_id)).decode()

    def _in(self, owner: type) -> SealedText:
        if self._table or not hasattr(owner, "__tablename__"):
            return self
        own = copy(self)
        own._table = owner.__tablename__
        return own

    def _place(self, row_id: str) -> str:
        return f"{self._table}.{self._column}.{row_id}"
