"""People known before their first scan: a guest's phone number, a list of employees, a child by its card.

A service never stores a phone number or the number of a document. It keeps `contact_ref(service, phone)` or
`identity_ref(service, kind, number)` and compares it with `CitizenView.contact_ref` (scope `contact_ref`) and
`CitizenView.identity_refs` (scope `identity_ref`) when somebody shows a code. Nobody learns from that who has
an account: the reference of a number that nobody registered looks like any other. Two services' references of
one number do not match.

A phone number may pass to another person one day: once a citizen was met, hold on to their `citizen_ref`. A
document stays with its holder; who has proved none, or by an outside eID only, is known by none.

    class NewReaderSchema(PhoneOrDocumentSchema):      # phone, or id_number with or without document_kind
        name = fields.String(required=True)

    def add_reader(body):
        known = body.pop("known_by")                   # a KnownBy
        Reader(contact_ref=known.contact_ref(SERVICE.id), identity_ref=known.identity_ref(SERVICE.id), …)

A route for citizens need not know who holds the phone: where a guardian, a carer, an agent or a clerk acts,
`citizen_ref`, `calling_citizen` and `lock_caller` are the ward's, and what is done is done for the ward.
Whoever wants to say so asks `acting()`, in a scan `Scan.presenter`:

    who = acting()
    booking.note = "" if who is None else f"booked by the {who.kind}"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final

from marshmallow import fields, post_load, validate, validates_schema

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import (
    PhoneRefused,
    masked_ending,
    masked_name,
    masked_phone,
    normalised_phone,
)
from citizen_app.citizens.queries import citizens_by_ids
from citizen_app.citizens.schemas import Phone
from citizen_app.clock import now
from citizen_app.consent.terms import raise_consent_missing, terms_of
from citizen_app.identity.documents import (
    DOCUMENT_TITLES,
    Document,
    DocumentKind,
    DocumentRefused,
    kind_of_number,
    read_document,
)
from citizen_app.identity.importing import KINDS as KINDS_IN_LISTS
from citizen_app.registry.behaviour import CitizenView, Presenter
from citizen_app.registry.state import module_of, standing_of
from citizen_app.scans.meaning import view_of
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.storage.locking import lock_row
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem

KINDS: Final = [kind.value for kind in DocumentKind]
ONE_OF_TWO: Final = Text("请填写 phone 或 id_number，只填一项", "send either phone or id_number")
KIND_OF_NOTHING: Final = Text("只能与 id_number 一起填写", "goes with id_number only")


def contact_ref(service: str, phone: str) -> str:
    """The reference (22 characters) under which a service keeps a mobile number in any usual notation. Raises
    `PhoneRefused`."""
    return current_vault().contact_ref(service, normalised_phone(phone))


def identity_ref(service: str, kind: str | None, number: str) -> str:
    """The reference (22 characters) under which a service keeps an identity document, its number in any usual
    notation. `kind` is a value of `DocumentKind`; None is told by the form of the number. Raises
    `DocumentRefused`."""
    found = document_of(number, kind)
    return current_vault().identity_ref(service, found.kind, found.number)


def document_of(number: str, kind: str | None = None, today: date | None = None) -> Document:
    """The document of a number as people write it, of the kind that its form tells without `kind`; `today`
    (the city's day without it) is the last day on which its holder can be born. Raises `DocumentRefused`."""
    of_kind = DocumentKind(kind) if kind else kind_of_number(number)
    return read_document(of_kind, number, today or _today())


def document_kind_of(words: str) -> str | None:
    """The value of `DocumentKind` for what a list calls a kind (`身份证`, `护照`, `passport`); None for no
    kind."""
    return KINDS_IN_LISTS.get(words.strip().lower())


@dataclass(frozen=True, slots=True)
class KnownBy:
    """By what somebody is known who has not been met: a phone (E.164), a document, or both. It is used and
    forgotten: only its references are kept, and what is shown of it is masked."""

    phone: str | None = field(default=None, repr=False)
    document: Document | None = None

    def contact_ref(self, service: str) -> str | None:
        """The service's reference of the phone."""
        return None if self.phone is None else contact_ref(service, self.phone)

    def identity_ref(self, service: str) -> str | None:
        """The service's reference of the document."""
        one = self.document
        return None if one is None else current_vault().identity_ref(service, one.kind, one.number)

    @property
    def masked_phone(self) -> str | None:
        """For example `138****1234`. It is still personal: sealed where it is kept."""
        return None if self.phone is None else masked_phone(self.phone)

    @property
    def masked_document(self) -> str | None:
        """For example `****1234`. It is still personal: sealed where it is kept."""
        return None if self.document is None else masked_ending(self.document.number)


class PhoneOrDocumentSchema(StrictSchema):
    """Somebody named by a phone or by an identity document, by one of the two; loaded as `known_by`, a
    `KnownBy`."""

    together: ClassVar[Mapping[str, Any]] = {
        "oneOf": [
            {
                "required": ["phone"],
                "not": {"anyOf": [{"required": ["id_number"]}, {"required": ["document_kind"]}]},
            },
            {"required": ["id_number"], "not": {"required": ["phone"]}},
        ]
    }

    phone = Phone(
        metadata={
            "example": "13800138000",
            "description": "A mobile number; only a reference of it is kept. Either this or `id_number`.",
            "label": Text("手机号", "Phone number"),
            "help": Text("没有手机的人，请填写证件号码。", "Of somebody without a phone, give the document."),
        }
    )
    id_number = fields.String(
        validate=validate.Length(5, 40),
        metadata={
            "description": "The number of an identity document as printed (spaces, hyphens, small letters do not "
            "matter), of which only a reference is kept. For whoever has no phone of their own.",
            "label": Text("证件号码", "Number of an identity document"),
            "help": Text("手机号与证件号码只填一项。", "Either the phone or the document."),
        },
    )
    document_kind = fields.String(
        validate=validate.OneOf(KINDS),
        metadata={
            "description": "Told by the form of the number where it is left out.",
            "label": Text("证件类型", "Kind of document"),
            "titles": {kind.value: DOCUMENT_TITLES[kind] for kind in DocumentKind},
        },
    )

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **options: Any) -> None:
        """A phone or a document, and the number as one of its kind."""
        if ("phone" in data) == ("id_number" in data):
            raise Refused(ONE_OF_TWO, "phone")
        if "document_kind" in data and "id_number" not in data:
            raise Refused(KIND_OF_NOTHING, "document_kind")
        if "id_number" in data:
            try:
                document_of(data["id_number"], data.get("document_kind"))
            except DocumentRefused as refused:
                raise Refused(refused.words, "id_number") from refused

    @post_load
    def as_known_by(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """The phone or the document in one, in the form that is compared."""
        phone, number, kind = (data.pop(name, None) for name in ("phone", "id_number", "document_kind"))
        return {**data, "known_by": KnownBy(phone, None if number is None else document_of(number, kind))}


def calling_citizen(service: str) -> CitizenView:
    """The citizen who calls, with the fields that they and the city let the service see, in a route for
    citizens.

    Reading an essential field to which they have not agreed raises a 403, `consent-missing`, that says how
    to; a route that reads none is open to them.
    """
    vault, citizen_id = current_vault(), current_citizen().citizen_id
    found = citizens_by_ids([citizen_id], service).get(citizen_id)
    if found is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    terms = terms_of(module_of(service).descriptor, standing_of(service).granted)
    missing = terms.missing(found.agreed)

    def asked_in_vain(scope: str) -> None:
        if scope in missing:
            raise_consent_missing(service, missing)

    return view_of(found, vault.citizen_ref(service, citizen_id), service, terms, asked_in_vain)


def acting() -> Presenter | None:
    """Who acts for the calling citizen, by kind and label, in a route for citizens; None where it is they.
    Which person that is stands in the logs of both, and no service learns it."""
    found = current_citizen().acting
    return None if found is None else Presenter(found.kind, found.label)


def lock_caller() -> None:
    """Lock the calling citizen until the end of the unit of work, so that concurrent requests of one citizen
    take turns: for limits on what one citizen may have open."""
    if lock_row(Citizen, current_citizen().citizen_id) is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _today() -> date:
    return now().astimezone(current_settings().timezone).date()


__all__ = [
    "Document",
    "DocumentKind",
    "DocumentRefused",
    "KnownBy",
    "Phone",
    "PhoneOrDocumentSchema",
    "PhoneRefused",
    "Presenter",
    "acting",
    "calling_citizen",
    "contact_ref",
    "document_kind_of",
    "document_of",
    "identity_ref",
    "lock_caller",
    "masked_name",
    "masked_phone",
    "normalised_phone",
]
