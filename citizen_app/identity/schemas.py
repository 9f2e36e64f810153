"""What comes in and goes out where a citizen proves who they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields, validate

from citizen_app.citizens.schemas import AssuranceLevelOut, DocumentSchema
from citizen_app.clock import now
from citizen_app.identity.documents import (
    DOCUMENT_TITLES,
    Document,
    DocumentKind,
    DocumentRefused,
    kind_of_number,
    read_document,
)
from citizen_app.identity.names import LONGEST_NAME
from citizen_app.settings import current_settings
from citizen_app.text import UNSEEN, Text
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import invalid_input

LONGEST_TOKEN: Final = 4096
NO_NAME: Final = Text("请写姓名，如证件所示", "write the name as the document has it")


class Name(fields.String):
    """A person's name as a document has it: one line of visible characters."""

    LINE: Final = f"[^{UNSEEN}]*[^{UNSEEN}\\s][^{UNSEEN}]*"

    def __init__(self, *, required: bool = True) -> None:
        told = {
            "pattern": f"^{self.LINE}$",
            "example": "张晓明",
            "label": Text("姓名", "Name"),
        }
        super().__init__(required=required, validate=validate.Length(1, LONGEST_NAME), metadata=told)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        if not re.fullmatch(self.LINE, text):
            raise Refused(NO_NAME)
        return " ".join(text.split())


class IdNumber(fields.String):
    """The number of a document as people write it; `stated_document` reads it."""

    def __init__(self, *, required: bool = True) -> None:
        told = {
            "example": "11010519491231002X",
            "description": "As printed; spaces, hyphens, full-width digits and small letters do not matter.",
            "label": Text("证件号码", "Number of the document"),
        }
        super().__init__(required=required, validate=validate.Length(5, 40), metadata=told)


class StatedKind(fields.String):
    """The kind of a document, where its number does not say it."""

    def __init__(self) -> None:
        told = {
            "description": "Told by the form of the number where it is left out.",
            "label": Text("证件类型", "Kind of document"),
            "titles": {kind.value: DOCUMENT_TITLES[kind] for kind in DocumentKind},
            "help": Text("身份证不用选。", "Not needed for a resident identity card."),
        }
        super().__init__(validate=validate.OneOf([kind.value for kind in DocumentKind]), metadata=told)


class RealNameSchema(StrictSchema):
    """A name and the number of a document."""

    name = Name()
    id_number = IdNumber()
    document_kind = StatedKind()


def stated_document(body: Mapping[str, Any]) -> Document:
    """The document of a body with `id_number` and perhaps `document_kind`. Raises a 422 for a number that no
    document has."""
    number = body["id_number"]
    kind = DocumentKind(body["document_kind"]) if "document_kind" in body else kind_of_number(number)
    today = now().astimezone(current_settings().timezone).date()
    try:
        return read_document(kind, number, today)
    except DocumentRefused as refused:
        raise invalid_input("/id_number", refused.words) from refused


class EidSchema(StrictSchema):
    """What the app of an outside eID has handed over for this city, for one use."""

    token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))


class ProvedSchema(StrictSchema):
    """What is known now, with an access token that knows it too."""

    assurance_level = AssuranceLevelOut()
    documents = fields.List(fields.Nested(DocumentSchema), required=True)
    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True)
