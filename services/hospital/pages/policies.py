"""The rules of a hospital, in the console: versions, and a new one after its effect was shown."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import (
    Form,
    asked,
    changes_of,
    form_page,
    go_on,
    render,
    service_pages,
    url_for,
)
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Problem, staff_of_service
from services.hospital.manifest import KINDS, SERVICE
from services.hospital.models import HospitalPolicy
from services.hospital.operations import policies
from services.hospital.operations.rules import Rules
from services.hospital.pages.managing import HospitalQuerySchema, chosen_hospital
from services.hospital.pages.office_sentences import SENTENCES
from services.hospital.queries import desk as lists
from services.hospital.routes.desk import officer_of
from services.hospital.schemas.rules import PolicyFormSchema, ScopeSchema, as_form, from_form
from services.hospital.snapshot import RULES, rules_in_force, structure

PLACE: Final = Text("{where} · {kind}", "{where} · {kind}")
pages = service_pages(
    SERVICE.id,
    staff_of_service(SERVICE.id, by_unit=True),
    "rules",
    SENTENCES,
    title=SENTENCES["hospital.office.rules"],
)


@pages.get("/")
def listed() -> str:
    """Versions of a hospital's rules, the latest first."""
    wanted = asked(HospitalQuerySchema)
    hospital, hospitals = chosen_hospital(wanted.pop("hospital_id"))
    found = lists.policy_page(hospital.id, **wanted) if hospital else None
    departments = [
        one
        for one in structure().departments.values()
        if hospital and one.hospital_id == hospital.id and not one.closed
    ]
    return render(
        "office/policies.html", hospital=hospital, hospitals=hospitals, found=found, departments=departments,
        kinds=KINDS, scope_said=scope_said,
    )  # fmt: skip


@pages.get("/<id:hospital_id>/<id:policy_id>")
def one(hospital_id: str, policy_id: str) -> str:
    """One version."""
    officer_of(hospital_id)
    found = lists.policy(hospital_id, policy_id)
    rules = Rules.of(found.rules)
    values = changes_of(PolicyFormSchema, {}, as_form(rules.as_dict()))
    return render("office/policy.html", one=found, scope=scope_said(found), values=values)


@form_page(pages, "/<id:hospital_id>/new", PolicyFormSchema)
def new(form: Form, hospital_id: str) -> str:
    """The rules in force, to be changed."""
    officer_of(hospital_id)
    scope = asked(ScopeSchema)
    version = rules_in_force(hospital_id, scope["department_id"], scope["kind"], now())
    form.start(**as_form(version.rules.as_dict()))
    form.hide(after=RULES.latest_version(policies.scope_of(hospital_id, **scope)))
    return render(
        "office/policy_form.html", form=form, scope=_said(hospital_id, **scope), back=_list(hospital_id)
    )


@new.previews
def _preview(form: Form, wanted: dict[str, Any], hospital_id: str) -> str:
    officer_of(hospital_id)
    scope, rules = asked(ScopeSchema), Rules.of(from_form(wanted))
    effect = policies.effect_of(hospital_id, rules, now(), **scope)
    before = rules_in_force(hospital_id, scope["department_id"], scope["kind"], now()).rules
    changes = changes_of(PolicyFormSchema, as_form(before.as_dict()), as_form(rules.as_dict()))
    return render(
        "office/policy_effect.html",
        form=form,
        effect=effect,
        changes=changes,
        scope=_said(hospital_id, **scope),
    )


@new.sends
def _publish(wanted: dict[str, Any], hospital_id: str) -> str:
    officer = officer_of(hospital_id)
    given = {"valid_from": wanted["valid_from"], "after": wanted["after"]}
    policies.publish(hospital_id, from_form(wanted), now(), officer.name, **asked(ScopeSchema), **given)
    return go_on(_list(hospital_id), "published")


def scope_said(policy: HospitalPolicy) -> Text:
    """Of what a version speaks."""
    if policy.hospital_id is None:
        raise Problem("not-found")
    of, _, kind = policy.scope.partition(":")
    return _said(policy.hospital_id, of if of != policy.hospital_id else None, kind or None)


def _said(hospital_id: str, department_id: str | None, kind: str | None) -> Text:
    held = structure()
    where = held.departments[department_id].name if department_id else SENTENCES["hospital.office.whole"]
    return PLACE.fill(where=where, kind=KINDS[kind] if kind else SENTENCES["hospital.office.all_kinds"])


def _list(hospital_id: str) -> str:
    return url_for(".listed", hospital_id=hospital_id)
