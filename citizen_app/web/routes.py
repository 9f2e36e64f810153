"""Every blueprint of the core, and its background work: the wiring and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from citizen_app.approvals import operations as approvals
from citizen_app.citizens import sweeps as citizen_sweeps
from citizen_app.claims import tasks as claim_tasks
from citizen_app.claims import waiting as waiting_claims
from citizen_app.delegations import sweeps as delegation_sweeps
from citizen_app.delegations.offering import OFFERED, tell_invited
from citizen_app.desk import sweeps as desk_sweeps
from citizen_app.desk.settling import DECEASED, settle
from citizen_app.files import sweeps as file_sweeps
from citizen_app.idempotency import sweeps as idempotency_sweeps
from citizen_app.identity import tries as identity_tries
from citizen_app.jobs import heartbeat, outbox, retention_clock
from citizen_app.jobs.outbox import Sender
from citizen_app.jobs.runner import Job
from citizen_app.notices import sweeps as notice_sweeps
from citizen_app.notices.channels import send_by_email, send_by_sms
from citizen_app.notices.routing import ROUTE, SENT_BY, route_later
from citizen_app.notices.webhook_calls import send_by_webhook
from citizen_app.payments import sweeps as payment_sweeps
from citizen_app.resealing import tasks as reseal_tasks
from citizen_app.rights import sweeps as rights_sweeps
from citizen_app.scans import sweeps as scan_sweeps
from citizen_app.staff import sweeps as staff_sweeps
from citizen_app.tasks import sweeps as task_sweeps
from citizen_app.tasks.contract import Task
from citizen_app.usage import sweeps as usage_sweeps
from citizen_app.web import health, metrics, task_routes
from citizen_app.web.admin_api import approvals as admin_approvals
from citizen_app.web.admin_api import audit, desk, keys, service_modules, sessions
from citizen_app.web.admin_api import citizens as admin_citizens
from citizen_app.web.admin_api import claims as admin_claims
from citizen_app.web.admin_api import kiosks as admin_kiosks
from citizen_app.web.admin_api import partners as admin_partners
from citizen_app.web.admin_api import payments as admin_payments
from citizen_app.web.admin_api import place_codes as admin_place_codes
from citizen_app.web.admin_api import requests as admin_requests
from citizen_app.web.admin_api import tasks as admin_tasks
from citizen_app.web.admin_api import usage as admin_usage
from citizen_app.web.admin_api import webhooks as admin_webhooks
from citizen_app.web.citizen_api import (
    auth,
    cards,
    claims,
    code,
    consents,
    delegations,
    identity,
    me,
    notices,
    place_scans,
    purse,
    rights,
    sign_ins,
    usage,
    wards,
)
from citizen_app.web.console import approvals as console_approvals
from citizen_app.web.console import audit as console_audit
from citizen_app.web.console import citizens as console_citizens
from citizen_app.web.console import claims as console_claims
from citizen_app.web.console import dashboard as console_dashboard
from citizen_app.web.console import desk as console_desk
from citizen_app.web.console import installed_services as console_services
from citizen_app.web.console import jobs as console_jobs
from citizen_app.web.console import keys as console_keys
from citizen_app.web.console import kiosks as console_kiosks
from citizen_app.web.console import partners as console_partners
from citizen_app.web.console import payments as console_payments
from citizen_app.web.console import people as console_people
from citizen_app.web.console import posters as console_posters
from citizen_app.web.console import requests as console_requests
from citizen_app.web.console import set_up as console_set_up
from citizen_app.web.console import signing_in as console_signing_in
from citizen_app.web.console import statistics as console_statistics
from citizen_app.web.console import tasks as console_tasks
from citizen_app.web.console import webhooks as console_webhooks
from citizen_app.web.kiosk_api import kiosks, scans, staffed
from citizen_app.web.open_api import entry, guide, notice, payments, transparency, well_known
from citizen_app.web.pages import cashier, demo, places, routes, self_service, session, sign_in
from citizen_app.web.pages.mine import blueprints as mine

CORE_TASKS: Final[tuple[Task, ...]] = (*claim_tasks.TASKS, *reseal_tasks.TASKS)

BLUEPRINTS: Final[tuple[Blueprint | ApiBlueprint, ...]] = (
    health.blueprint,
    metrics.blueprint,
    entry.blueprint,
    notice.blueprint,
    guide.blueprint,
    well_known.blueprint,
    payments.blueprint,
    auth.blueprint,
    auth.reauthentication,
    me.blueprint,
    identity.blueprint,
    cards.blueprint,
    claims.blueprint,
    code.blueprint,
    usage.blueprint,
    consents.blueprint,
    notices.blueprint,
    delegations.blueprint,
    wards.blueprint,
    place_scans.blueprint,
    sign_ins.blueprint,
    purse.blueprint,
    rights.blueprint,
    kiosks.blueprint,
    kiosks.activation,
    scans.blueprint,
    *staffed.BLUEPRINTS,
    sessions.sign_in_page,
    sessions.account,
    service_modules.blueprint,
    admin_kiosks.blueprint,
    admin_partners.blueprint,
    admin_place_codes.blueprint,
    admin_claims.blueprint,
    admin_usage.blueprint,
    admin_usage.exports,
    *admin_citizens.BLUEPRINTS,
    *desk.BLUEPRINTS,
    *admin_payments.BLUEPRINTS,
    audit.blueprint,
    admin_approvals.blueprint,
    admin_requests.blueprint,
    transparency.blueprint,
    keys.blueprint,
    admin_tasks.blueprint,
    admin_webhooks.blueprint,
    *task_routes.blueprints_of_core(CORE_TASKS),
    routes.blueprint,
    session.blueprint,
    sign_in.blueprint,
    places.blueprint,
    places.tapping,
    sign_in.leaving,
    self_service.blueprint,
    self_service.closing,
    *mine.BLUEPRINTS,
    demo.blueprint,
    cashier.blueprint,
    *console_signing_in.BLUEPRINTS,
    console_set_up.pages,
    console_dashboard.pages,
    *console_statistics.BLUEPRINTS,
    console_services.pages,
    console_kiosks.pages,
    console_partners.pages,
    console_webhooks.pages,
    *console_payments.BLUEPRINTS,
    console_posters.pages,
    console_citizens.pages,
    console_desk.pages,
    console_claims.pages,
    console_people.pages,
    console_approvals.pages,
    console_requests.pages,
    console_keys.pages,
    console_audit.pages,
    console_tasks.pages,
    console_jobs.pages,
)

CORE_JOBS: Final[tuple[Job, ...]] = (
    *heartbeat.JOBS,
    *retention_clock.JOBS,
    *outbox.JOBS,
    *citizen_sweeps.JOBS,
    *delegation_sweeps.JOBS,
    *desk_sweeps.JOBS,
    *file_sweeps.JOBS,
    *waiting_claims.JOBS,
    *idempotency_sweeps.JOBS,
    *identity_tries.JOBS,
    *notice_sweeps.JOBS,
    *payment_sweeps.JOBS,
    *rights_sweeps.JOBS,
    *scan_sweeps.JOBS,
    *staff_sweeps.JOBS,
    *approvals.JOBS,
    *task_sweeps.JOBS,
    *usage_sweeps.JOBS,
)

SENDERS: Final[Mapping[str, Sender]] = {
    DECEASED: settle,
    OFFERED: tell_invited,
    ROUTE: route_later,
    SENT_BY["sms"]: send_by_sms,
    SENT_BY["email"]: send_by_email,
    SENT_BY["webhook"]: send_by_webhook,
    **payment_sweeps.SENDERS,
}
"""What sends the messages of the outbox, by their kind; text messages to a number are the outbox's own."""
