"""Every blueprint of the core, and its background work: the wiring and nothing else."""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

from citizen_app.citizens import sweeps as citizen_sweeps
from citizen_app.claims import waiting as waiting_claims
from citizen_app.delegations import sweeps as delegation_sweeps
from citizen_app.desk import sweeps as desk_sweeps
from citizen_app.idempotency import sweeps as idempotency_sweeps
from citizen_app.identity import tries as identity_tries
from citizen_app.jobs import heartbeat, outbox, retention_clock
from citizen_app.jobs.runner import Job
from citizen_app.scans import sweeps as scan_sweeps
from citizen_app.staff import sweeps as staff_sweeps
from citizen_app.usage import sweeps as usage_sweeps
from citizen_app.web import health, metrics
from citizen_app.web.admin_api import audit, desk, keys, service_modules, sessions
from citizen_app.web.admin_api import citizens as admin_citizens
from citizen_app.web.admin_api import claims as admin_claims
from citizen_app.web.admin_api import kiosks as admin_kiosks
from citizen_app.web.admin_api import usage as admin_usage
from citizen_app.web.citizen_api import auth, claims, code, consents, delegations, identity, me, usage, wards
from citizen_app.web.kiosk_api import kiosks, scans
from citizen_app.web.open_api import entry, guide, notice, well_known
from citizen_app.web.pages import demo, routes, session, sign_in

BLUEPRINTS: Final[tuple[Blueprint | ApiBlueprint, ...]] = (
    health.blueprint,
    metrics.blueprint,
    entry.blueprint,
    notice.blueprint,
    guide.blueprint,
    well_known.blueprint,
    auth.blueprint,
    auth.reauthentication,
    me.blueprint,
    identity.blueprint,
    claims.blueprint,
    code.blueprint,
    usage.blueprint,
    consents.blueprint,
    delegations.blueprint,
    wards.blueprint,
    kiosks.blueprint,
    kiosks.activation,
    scans.blueprint,
    sessions.sign_in_page,
    sessions.account,
    service_modules.blueprint,
    admin_kiosks.blueprint,
    admin_claims.blueprint,
    admin_usage.blueprint,
    admin_usage.exports,
    *admin_citizens.BLUEPRINTS,
    *desk.BLUEPRINTS,
    audit.blueprint,
    keys.blueprint,
    routes.blueprint,
    session.blueprint,
    sign_in.blueprint,
    sign_in.leaving,
    demo.blueprint,
)

CORE_JOBS: Final[tuple[Job, ...]] = (
    *heartbeat.JOBS,
    *retention_clock.JOBS,
    *outbox.JOBS,
    *citizen_sweeps.JOBS,
    *delegation_sweeps.JOBS,
    *desk_sweeps.JOBS,
    *waiting_claims.JOBS,
    *idempotency_sweeps.JOBS,
    *identity_tries.JOBS,
    *scan_sweeps.JOBS,
    *staff_sweeps.JOBS,
    *usage_sweeps.JOBS,
)
