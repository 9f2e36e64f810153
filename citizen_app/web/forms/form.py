"""A form: fresh, or sent and refused, with what was typed and what is wrong beside each field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict

from citizen_app.text import Language, Text
from citizen_app.web.boundary.page_callers import FORM_FIELD
from citizen_app.web.forms.inputs import Choices, Input, drawn, first_values, written
from citizen_app.web.forms.reading import as_json
from citizen_app.wire.faults import translated
from citizen_app.wire.problems import Problem, errors_from_messages

ON_THE_FORM: Final = frozenset({403, 409, 410, 422, 429})
SIGN_IN_AGAIN: Final = frozenset({"sign-in-refused", "identity-proof-required"})
"""What a person can do something about, on the form itself; anything else is a page of its own."""
STEP: Final = "form_step"
"""Which button of a preview was pressed: `save`, or `edit`, which goes back to the form."""


@dataclass(frozen=True, slots=True)
class FormFault:
    """A line of the summary: where, and what is wrong."""

    label: str
    message: str
    id: str


class Form:
    """The fields of a schema on a page.

    A page prepares it before it draws it: `start` gives first values, `choose` gives choices that only the
    moment knows, `hide` gives values that travel unseen (they are input like any other). All of it is
    overruled by what was sent.
    """

    def __init__(self, schema: Schema, sent: MultiDict[str, str] | None = None) -> None:
        self._schema = schema
        self._sent = sent
        self._first: dict[str, tuple[str, ...]] = {}
        self._choices: dict[str, Choices] = {}
        self._hidden: set[str] = set()
        self._messages: dict[str, list[Text | str]] = {}
        self._faults: list[Text | str] = []
        self.refused_as: str | None = None
        """The kind of problem for which it comes back."""

    @property
    def is_sent(self) -> bool:
        """Whether it comes back to be corrected."""
        return self._sent is not None

    @property
    def schema(self) -> Schema:
        """What it was drawn from."""
        return self._schema

    def start(self, **values: Any) -> None:
        """First values of a fresh form, as the schema loads them."""
        fields = self._schema.fields
        self._first.update({name: written(fields.get(name), value) for name, value in values.items()})

    def choose(self, name: str, choices: Iterable[tuple[str, Text]]) -> None:
        """What a field may be, with titles."""
        self._choices[name] = list(choices)

    def hide(self, **values: Any) -> None:
        """Fields that are not shown, with their values on a fresh form."""
        self.start(**values)
        self._hidden.update(values)

    def hide_all(self) -> None:
        """What was sent travels on unseen: a preview shows what it would do."""
        self._hidden.update(self._schema.fields)

    def load(self) -> dict[str, Any]:
        """What was sent, as the schema loads it. Raises a 422."""
        sent = MultiDict(
            (k, v) for k, v in (self._sent or MultiDict()).items(multi=True) if k not in (FORM_FIELD, STEP)
        )
        try:
            found: dict[str, Any] = self._schema.load(as_json(self._schema, sent, self._schema.fields))
        except ValidationError as refused:
            raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused
        return found

    def refuse(self, problem: Problem) -> bool:
        """Take up what an operation has against what was sent; false for what is no matter of the form."""
        if problem.kind.status not in ON_THE_FORM and problem.kind.slug not in SIGN_IN_AGAIN:
            return False
        self.refused_as = problem.kind.slug
        for fault in problem.errors:
            name = fault.pointer.lstrip("/?").partition("/")[0]
            if name in self._schema.fields:
                self._messages.setdefault(name, []).append(fault.message)
            else:
                self._faults.append(fault.message)
        if not problem.errors:
            self._faults.append(problem.detail)
        return True

    def inputs(self, language: Language) -> list[Input]:
        """The inputs that are shown, in the schema's order."""
        return [
            drawn(
                name,
                declared,
                self._values(name),
                tuple(translated(message, language) for message in self._messages.get(name, ())),
                language,
                self._choices.get(name),
            )
            for name, declared in self._schema.fields.items()
            if name not in self._hidden
        ]

    def hidden(self) -> Mapping[str, tuple[str, ...]]:
        """Names and values that travel unseen."""
        return {name: self._values(name) for name in self._schema.fields if name in self._hidden}

    def faults(self, language: Language) -> list[str]:
        """What is wrong with the whole, in words."""
        unseen = [message for name in sorted(self._hidden) for message in self._messages.get(name, ())]
        return [translated(fault, language) for fault in (*self._faults, *unseen)]

    def summary(self, language: Language) -> list[FormFault]:
        """What is wrong with each field."""
        return [FormFault(i.label, message, i.id) for i in self.inputs(language) for message in i.errors]

    def _values(self, name: str) -> tuple[str, ...]:
        if self._sent is not None:
            return tuple(self._sent.getlist(name))
        return self._first.get(name, first_values(self._schema.fields[name]))
