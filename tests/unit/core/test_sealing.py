"""A personal field of a row opens in its own place and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from citizen_app.citizens.models import Citizen, CitizenDocument, OtpChallenge
from citizen_app.factory import create_app
from citizen_app.ids import new_id
from citizen_app.jobs.models import OutboxMessage
from citizen_app.secrecy.sealing import SealedText
from citizen_app.secrecy.vault import SealBroken, current_vault
from citizen_app.staff.models import Staff
from citizen_app.toolkit.testing import dispose, environment
from citizen_app.usage.models import UsageLook


class Drawer(DeclarativeBase):
    """Tables of this test only."""


class Guest(Drawer):
    """A row with two personal fields."""

    __tablename__ = "guests"
    id: Mapped[str] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name = SealedText("name_sealed")
    note = SealedText("note_sealed")


class Noted(Drawer):
    """Columns that two tables have."""

    __abstract__ = True
    id: Mapped[str] = mapped_column(primary_key=True)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    note = SealedText("note_sealed")


class Letter(Noted):
    """One of them."""

    __tablename__ = "letters"


class Parcel(Noted):
    """The other."""

    __tablename__ = "parcels"


@pytest.fixture(autouse=True)
def vault(tmp_path: Path) -> Iterator[None]:
    """An application whose vault seals."""
    app = create_app(environment(tmp_path, f"sqlite:///{tmp_path / 'none.db'}"))
    with app.app_context():
        yield
    dispose(app)


def test_it_reads_as_it_was_written_and_is_not_stored_so() -> None:
    guest = Guest(id="1", name="张三", note=None)
    assert (guest.name, guest.note, guest.note_sealed) == ("张三", None, None)
    assert guest.name_sealed is not None
    assert "张三".encode() not in guest.name_sealed
    assert Guest.name.unseal("1", Guest.name.seal("1", "李四")) == "李四"


def test_moved_to_another_row_or_column_it_does_not_open() -> None:
    guest = Guest(id="1", name="张三")
    with pytest.raises(SealBroken):
        _ = Guest(id="2", name_sealed=guest.name_sealed).name
    with pytest.raises(SealBroken):
        _ = Guest(id="1", note_sealed=guest.name_sealed).note


def test_in_columns_of_two_tables_each_seals_for_its_own() -> None:
    letter = Letter(id="1", note="张三")
    assert letter.note == Letter.note.unseal("1", letter.note_sealed) == "张三"
    assert current_vault().unseal(letter.note_sealed or b"", "letters.note_sealed.1") == "张三".encode()
    with pytest.raises(SealBroken):
        _ = Parcel(id="1", note_sealed=letter.note_sealed).note
    with pytest.raises(SealBroken):
        Parcel.note.unseal("1", letter.note_sealed)


def test_a_row_without_its_id_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="id before"):
        Guest(name="张三")


def test_a_phone_has_another_reference_in_each_service() -> None:
    vault, phone = current_vault(), "+8613800138000"
    assert vault.contact_ref("pass", phone) == vault.contact_ref("pass", phone)
    assert len(vault.contact_ref("pass", phone)) == 22
    assert vault.contact_ref("pass", phone) not in {
        vault.contact_ref("bus", phone),
        vault.contact_ref("pass", "+8613800138001"),
        vault.citizen_ref("pass", phone),
    }


def test_a_document_has_another_reference_in_each_service_and_of_each_kind() -> None:
    vault, number = current_vault(), "E12345678"
    assert vault.identity_ref("pass", "passport", number) == vault.identity_ref("pass", "passport", number)
    assert len(vault.identity_ref("pass", "passport", number)) == 22
    assert vault.identity_ref("pass", "passport", number) not in {
        vault.identity_ref("bus", "passport", number),
        vault.identity_ref("pass", "passport", "E12345679"),
        vault.identity_ref("pass", "resident_id", number),
        vault.contact_ref("pass", number),
        vault.contact_ref("pass", f"passport:{number}"),
        vault.citizen_ref("pass", f"passport:{number}"),
    }


@pytest.mark.parametrize(
    ("field", "column"),
    [
        (Citizen.phone, "citizens.phone_sealed"),
        (Citizen.name, "citizens.name_sealed"),
        (Citizen.born, "citizens.born_sealed"),
        (CitizenDocument.number, "citizen_documents.number_sealed"),
        (OtpChallenge.phone, "otp_challenges.phone_sealed"),
        (OutboxMessage.payload, "outbox_messages.payload_sealed"),
        (Staff.totp_secret, "staff.totp_sealed"),
        (UsageLook.reason, "usage_looks.reason_sealed"),
    ],
)
def test_what_the_core_has_stored_opens(field: SealedText, column: str) -> None:
    """Sealed for `table.column.row`, as every version has done: no row needs to be written again."""
    row, vault = new_id(), current_vault()
    assert field.unseal(row, vault.seal("张三", f"{column}.{row}")) == "张三"
    stored = field.seal(row, "张三")
    assert stored is not None
    assert vault.unseal(stored, f"{column}.{row}").decode() == "张三"
