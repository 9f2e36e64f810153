"""Rules about the declaration: ids, closed words, limits and fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from marshmallow import ValidationError

from citizen_app.claims.catalogue import GRANTED
from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.contract import (
    NAME,
    SCOPES,
    TOOLKIT_API,
    Basis,
    Category,
    CodeKind,
    JoinMode,
    Scope,
)
from citizen_app.registry.fields import Field, FieldType, load_fields
from citizen_app.registry.naming import fault_of_id

LONGEST_SESSION_SECONDS: Final = 900
OLDEST_BUNDLE_HOURS: Final = 72
LONGEST_RETENTION_DAYS: Final = 1_095
TEMPLATE_FOLDER: Final = "_template"


def service_id(seen: Examined) -> Iterator[Fault]:
    """The id is plain, free, and no beginning of another's tables."""
    fault = fault_of_id(seen.declared.id, seen.others, seen.core_tables)
    if fault is not None:
        line = seen.call_line(seen.manifest, "ServiceModule", "id")
        yield Fault(
            seen.manifest, line, f"id {seen.declared.id!r} cannot be used: {fault}", "choose another id"
        )


def folder_name(seen: Examined) -> Iterator[Fault]:
    """A folder of services is called like the service in it."""
    name, wanted = seen.module.folder.name, seen.declared.id
    if "." in seen.module.package and name not in (wanted, TEMPLATE_FOLDER):
        line = seen.call_line(seen.manifest, "ServiceModule", "id")
        yield Fault(seen.manifest, line, f"the folder is called {name!r}", f"call it {wanted!r}, like the id")


def toolkit_api(seen: Examined) -> Iterator[Fault]:
    """The module was made for the API that this core offers."""
    if seen.declared.toolkit_api != TOOLKIT_API:
        line = seen.call_line(seen.manifest, "ServiceModule", "toolkit_api")
        message = f"made for toolkit API {seen.declared.toolkit_api}"
        remedy = f"this core offers {TOOLKIT_API}: see the change notes, then set toolkit_api"
        yield Fault(seen.manifest, line, message, remedy)


def known_words(seen: Examined) -> Iterator[Fault]:
    """Category and join mode are of the closed lists."""
    for keyword, value, allowed in (
        ("category", seen.declared.category, get_args(Category)),
        ("join_mode", seen.declared.join_mode, get_args(JoinMode)),
    ):
        if value not in allowed:
            line = seen.call_line(seen.manifest, "ServiceModule", keyword)
            yield Fault(seen.manifest, line, f"{keyword} {value!r} is unknown", f"use one of {allowed}")


def names(seen: Examined) -> Iterator[Fault]:
    """Everything named is named plainly and once."""
    declared = seen.declared
    lists = [
        ("purpose or act", [*(p.id for p in declared.purposes), *(a.id for a in declared.acts)]),
        ("detail code", [x.code for x in declared.details]),
        ("setting", [s.name for s in declared.settings]),
        ("guide entry", [entry.id for entry in declared.guide]),
        ("notice", [one.id for one in declared.notices]),
        ("scope", [s.name for s in declared.scopes]),
        ("claim", list(declared.issues_claims)),
        ("permission", [permission.id for permission in declared.permissions]),
        ("scope of partners", list(declared.partner_scopes)),
        *((f"context of {p.id}", [f.name for f in p.context]) for p in declared.purposes),
    ]
    for kind, found in lists:
        for name in dict.fromkeys(found):
            if not NAME.match(name) or found.count(name) > 1:
                message = f"{kind} {name!r} is not a plain name or stands twice"
                yield Fault(
                    seen.manifest,
                    seen.line(seen.manifest, name),
                    message,
                    "use distinct names of a-z, 0-9 and _",
                )


def scope(seen: Examined) -> Iterator[Fault]:
    """Only fields that a service can be granted are asked for."""
    for wanted in seen.declared.scopes:
        if wanted.name not in SCOPES:
            line = seen.line(seen.manifest, wanted.name)
            remedy = f"choose from {', '.join(sorted(SCOPES))}"
            yield Fault(seen.manifest, line, f"scope {wanted.name!r} does not exist", remedy)


def issued_claims(seen: Examined) -> Iterator[Fault]:
    """A service grants only claims that there are, and that no date of birth decides."""
    for name in seen.declared.issues_claims:
        if name not in GRANTED:
            line = seen.line(seen.manifest, name)
            remedy = f"choose from {', '.join(sorted(GRANTED))}"
            yield Fault(seen.manifest, line, f"claim {name!r} is granted by no service", remedy)


def scope_basis(seen: Examined) -> Iterator[Fault]:
    """Each field states on which basis it is seen; a legal duty names its law, and only what needs consent
    can be missing."""
    for declared in seen.declared.scopes:
        wrong = _fault_of_basis(declared)
        if wrong is not None:
            message, remedy = wrong
            line = seen.line(seen.manifest, declared.name)
            yield Fault(seen.manifest, line, f"scope {declared.name!r}: {message}", remedy)


def _fault_of_basis(declared: Scope) -> tuple[str, str] | None:
    if declared.basis not in get_args(Basis):
        return f"basis {declared.basis!r} is unknown", f"use one of {get_args(Basis)}"
    if declared.basis == "consent":
        if declared.law is not None:
            return "names a law and asks for consent", 'leave law out, or say basis="legal_duty"'
        return None
    if declared.law is None:
        remedy = 'law=Text("《…法》第…条", "… Law, art. …"), or leave basis out and ask for consent'
        return "a legal duty without its law", remedy
    if declared.essential:
        return "a legal duty is never missing", "leave essential out"
    return None


def code_kinds(seen: Examined) -> Iterator[Fault]:
    """A purpose accepts at least one kind of code, and only kinds that there are."""
    for purpose in seen.declared.purposes:
        if not purpose.kinds or set(purpose.kinds) - set(get_args(CodeKind)):
            line = seen.call_line(seen.manifest, "Purpose", "kinds", purpose.id)
            message = f"purpose {purpose.id!r} accepts {purpose.kinds}"
            yield Fault(seen.manifest, line, message, f"accept at least one of {get_args(CodeKind)}")


def purpose_limits(seen: Examined) -> Iterator[Fault]:
    """Assurance and session keep within their limits."""
    for purpose in seen.declared.purposes:
        if not 1 <= purpose.minimum_assurance <= 3:
            line = seen.call_line(seen.manifest, "Purpose", "minimum_assurance", purpose.id)
            message = f"purpose {purpose.id!r}: minimum_assurance {purpose.minimum_assurance}"
            yield Fault(seen.manifest, line, message, "1 (phone), 2 (real name) or 3 (in person)")
        if not 0 <= purpose.session_seconds <= LONGEST_SESSION_SECONDS:
            line = seen.call_line(seen.manifest, "Purpose", "session_seconds", purpose.id)
            message = f"purpose {purpose.id!r}: session_seconds {purpose.session_seconds}"
            yield Fault(seen.manifest, line, message, f"0 to {LONGEST_SESSION_SECONDS}")


def session_purposes(seen: Examined) -> Iterator[Fault]:
    """A session opens other purposes of the same service, and only where there is one."""
    for purpose in seen.declared.purposes:
        others = set(purpose.session_purposes)
        if not others:
            continue
        line = seen.call_line(seen.manifest, "Purpose", "session_purposes", purpose.id)
        unknown = sorted(name for name in others if seen.declared.purpose(name) is None)
        if unknown:
            message = f"purpose {purpose.id!r}: session_purposes names {', '.join(unknown)}"
            yield Fault(seen.manifest, line, message, "name purposes of this service")
        elif purpose.session_seconds == 0:
            message = f"purpose {purpose.id!r}: session_purposes without a session"
            yield Fault(seen.manifest, line, message, "set session_seconds, or leave session_purposes out")


def offline_policy(seen: Examined) -> Iterator[Fault]:
    """The age of an offline kiosk's bundle is limited."""
    for purpose in seen.declared.purposes:
        hours = purpose.offline.bundle_hours
        if not 0 <= hours <= OLDEST_BUNDLE_HOURS:
            line = seen.call_line(seen.manifest, "Purpose", "offline", purpose.id)
            message = f"purpose {purpose.id!r}: a bundle may be {hours} h old"
            yield Fault(seen.manifest, line, message, f"at most {OLDEST_BUNDLE_HOURS} h")


def retention_days(seen: Examined) -> Iterator[Fault]:
    """Details of usage events are kept for a stated, bounded time."""
    days = seen.declared.retention_days
    if not 1 <= days <= LONGEST_RETENTION_DAYS:
        line = seen.call_line(seen.manifest, "ServiceModule", "retention_days")
        yield Fault(seen.manifest, line, f"retention_days {days}", f"1 to {LONGEST_RETENTION_DAYS}")


def field_form(seen: Examined) -> Iterator[Fault]:
    """Declared fields make sense: a known type, limits in order, choices of text only, and each choice
    once."""
    declared = [*seen.declared.settings, *(f for p in seen.declared.purposes for f in p.context)]
    for one in declared:
        fault = _fault_of_field(one)
        if fault is not None:
            line = seen.line(seen.manifest, one.name)
            yield Fault(
                seen.manifest,
                line,
                f"field {one.name!r}: {fault}",
                "see Field in citizen_app.toolkit.contract",
            )


def _fault_of_field(one: Field) -> str | None:
    if one.type not in get_args(FieldType):
        return f"type {one.type!r} is none of {get_args(FieldType)}"
    if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
        return "minimum is above maximum"
    values = [value for value, _ in one.choices]
    if values and one.type != "string":
        return "only a string has choices"
    return "a choice stands twice" if len(set(values)) < len(values) else None


def setting_default(seen: Examined) -> Iterator[Fault]:
    """A fresh installation works: every setting has a default that its own rules accept."""
    for setting in seen.declared.settings:
        if setting.required and setting.default is None:
            line = seen.line(seen.manifest, setting.name)
            remedy = "give one, so that a fresh installation works"
            yield Fault(seen.manifest, line, f"setting {setting.name!r} has no default", remedy)
            continue
        if setting.default is None:
            continue
        try:
            load_fields((setting,), {setting.name: setting.default})
        except (ValidationError, ValueError, TypeError) as error:
            line = seen.line(seen.manifest, setting.name)
            message = f"the default of setting {setting.name!r} does not pass its own rules: {error}"
            yield Fault(seen.manifest, line, message, "mend the default or the rule")


RULES: Final = (
    service_id,
    folder_name,
    toolkit_api,
    known_words,
    names,
    scope,
    issued_claims,
    scope_basis,
    code_kinds,
    purpose_limits,
    session_purposes,
    offline_policy,
    retention_days,
    field_form,
    setting_default,
)
