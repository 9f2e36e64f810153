"""Builds the application: an ordered list of named steps, readable in one minute."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, Final

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from citizen_app.citizens.meetings import NewlyMet
from citizen_app.cli.commands import COMMANDS
from citizen_app.cli.missing_city import guard
from citizen_app.extensions import address_key, limiter
from citizen_app.flask_globals import current_request, request_globals
from citizen_app.identity.providers.chosen import Providers
from citizen_app.ids import IdConverter
from citizen_app.jobs.runner import Job
from citizen_app.kiosks.tally import UnreadableTally, current_tally
from citizen_app.process import logs
from citizen_app.process.outside import Breakers
from citizen_app.registry import circuit_breaker
from citizen_app.registry.checks import check_module
from citizen_app.registry.checks.syntax import forget_sources
from citizen_app.registry.findings import ServiceBroken
from citizen_app.registry.modules import (
    InstalledModule,
    Registry,
    find_packages,
    ids_in,
    load_module,
    twice,
)
from citizen_app.registry.state import standing_of
from citizen_app.scans.pipeline import ScanQueues
from citizen_app.secrecy.vault import Vault
from citizen_app.settings import Settings, load_settings
from citizen_app.storage import dialects
from citizen_app.storage.cached_values import CacheWatch
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.tasks.catalogue import declare_tasks
from citizen_app.tasks.contract import CORE
from citizen_app.tasks.runner import work_off_tasks
from citizen_app.usage.pending_looks import assign_to_newly_met
from citizen_app.web.boundary.acting import check_acting, note_act
from citizen_app.web.boundary.audiences import SAFE_METHODS, Audience, audience_of
from citizen_app.web.boundary.credentials import NoSessions
from citizen_app.web.boundary.errors import answer_errors
from citizen_app.web.boundary.lazy_url_map import LazyUrlRule
from citizen_app.web.boundary.openapi import configure_api
from citizen_app.web.boundary.responses import finish_responses, guard_demo
from citizen_app.web.boundary.unit_of_work import has_its_own_units
from citizen_app.web.boundary.uploads import allow_body_of_route, most_body_of, read_body
from citizen_app.web.console.offices import blueprints_of_offices
from citizen_app.web.metrics import measure
from citizen_app.web.routes import BLUEPRINTS, CORE_JOBS, CORE_TASKS, SENDERS
from citizen_app.web.task_routes import blueprints_of_service
from citizen_app.wire.problems import Problem
from citizen_app.wire.strict_json import StrictJson

MOST_BODY_BYTES: Final = 768 * 1024  # five hundred scans with their context


class CitizenFlask(Flask):
    """A Flask whose every request is one unit of work: authenticated, limited, run, committed once."""

    json_provider_class = StrictJson
    session_interface = NoSessions()
    url_rule_class = LazyUrlRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Flask asks this dozens of times in a request; no function here is a coroutine."""
        return func

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the route inside a transaction; a raised exception rolls back, a returned answer commits."""
        asked = current_request()
        if asked.routing_exception is not None:
            self.raise_routing_exception(asked)
        blueprint = self.blueprints.get(asked.blueprint or "")
        view = self.view_functions[asked.endpoint or ""]
        audience = audience_of(blueprint)
        if audience.limit is not None:
            limiter.check(audience.limit, address_key())
        allow_body_of_route(asked, view)
        # A body that comes slowly must not hold a transaction, on SQLite the only writing one.
        read_body(asked)
        service: str | None = getattr(blueprint, "service", None)
        if not has_its_own_units(view):
            with transaction(reading=asked.method in SAFE_METHODS):
                caller = _authenticate(audience, service, view)
                answer = super().dispatch_request()
                note_act(caller, asked.method, asked.endpoint or "", service)
                return answer
        reading = asked.method in SAFE_METHODS
        with nullcontext() if audience.known_from_memory else transaction(reading=reading):
            caller = _authenticate(audience, service, view)
            note_act(caller, asked.method, asked.endpoint or "", service)
        return super().dispatch_request()

    def reset(self) -> None:
        """Drop everything learnt since the start (cached values, counters, queues), as in a process that has
        just started."""
        current: CacheWatch = self.extensions["watch"]
        current.reset()
        init_process_state(self)
        configure_logging(self)
        open_vault(self)
        configure_rate_limits(self)
        for module in self.extensions["registry"]:
            module.reset()


def _authenticate(audience: Audience, service: str | None, view: Callable[..., Any]) -> object:
    """Authenticate the caller, or raise the problem that says why not."""
    if service is not None and not standing_of(service).enabled:
        raise Problem("service-disabled")
    request_globals().caller = caller = audience.authenticate()
    check_acting(caller, view, service)
    return caller


def create_app(environ: Mapping[str, str] | None = None, *, with_services: bool = True) -> CitizenFlask:
    """The application for an environment (the process's own by default). `with_services=False` serves
    commands that repair a broken service.

    Raises `SettingsRefused` or `ServiceBroken` with words that say what to repair.
    """
    app = CitizenFlask("citizen_app")
    app.extensions["settings"] = load_settings(os.environ if environ is None else environ)
    app.extensions["registry"] = Registry({})
    for step in STEPS:
        if with_services or step is not install_services:
            step(app)
    return app


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings


def configure_logging(app: Flask) -> None:
    """JSON lines with request ids and redaction."""
    logs.configure_logs(_settings(app))


def configure_flask(app: Flask) -> None:
    """Limits and conventions of the framework itself."""
    settings = _settings(app)
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        PROPAGATE_EXCEPTIONS=False,
        JSON_SORT_KEYS=False,
    )
    app.url_map.converters["id"] = IdConverter
    app.url_map.strict_slashes = False
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def open_vault(app: Flask) -> None:
    """Keys derived from the settings."""
    app.extensions["vault"] = Vault(_settings(app))


def connect_database(app: Flask) -> None:
    """The engine with the rules of its dialect; nothing is connected yet."""
    settings = _settings(app)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dialects.engine_options(settings)
    db.init_app(app)
    with app.app_context():
        dialects.apply_rules(db.engine)
        circuit_breaker.watch_statements(db.engine)


def init_process_state(app: Flask) -> None:
    """Counters and queues that live in the memory of this process."""
    app.extensions.update({name: begin() for name, begin in PROCESS_STATE.items()})


def start_cache_watch(app: Flask) -> None:
    """Cached values and the thread that invalidates them; it starts with the first request of a process."""
    app.extensions["watch"] = watch = CacheWatch(app, _settings(app).watch_interval)
    watch.on_each_check(lambda: current_tally().write())
    watch.on_each_check(assign_to_newly_met)
    app.before_request(watch.start)


def configure_rate_limits(app: Flask) -> None:
    """Rate limits: counted in Redis when there is one, in memory otherwise and while Redis is away."""
    limiter.use(_settings(app).redis_url)


def install_services(app: Flask) -> None:
    """Find, load and check every service module; a broken one stops the start."""
    services_dir = _settings(app).services_dir
    ids, modules = ids_in(services_dir), dict[str, InstalledModule]()
    for package, folder in find_packages(services_dir):
        module = load_module(package, folder)
        findings = check_module(module, others=ids)
        forget_sources()
        if module.id in modules:
            findings.append(twice(module, modules[module.id]))
        if findings:
            raise ServiceBroken(*findings)
        modules[module.id] = module
    app.extensions["registry"] = Registry(modules)


def register_routes(app: Flask) -> None:
    """The core's routes, then those of each service."""
    configure_api(app)
    for blueprint in BLUEPRINTS:
        _register(app, blueprint)
    for module in app.extensions["registry"]:
        drawn = (*blueprints_of_service(module), *blueprints_of_offices(module))
        for blueprint in (*module.blueprints, *drawn, *module.pages):
            _register(app, blueprint)
    app.config["MOST_BODY_AS_SENT"] = most_body_of(app)


def _register(app: Flask, blueprint: object) -> None:
    if hasattr(blueprint, "_docs"):
        app.extensions["api"].register_blueprint(blueprint)
    else:
        app.register_blueprint(blueprint)  # type: ignore[arg-type]


def collect_jobs(app: Flask) -> None:
    """Background work of the core and of the services, for the runner."""
    jobs: tuple[Job, ...] = (
        *CORE_JOBS,
        *(job for module in app.extensions["registry"] for job in module.jobs),
    )
    app.extensions["jobs"] = jobs
    app.extensions["beside_jobs"] = (work_off_tasks,)
    declare_tasks(
        app, {CORE: CORE_TASKS} | {module.id: module.tasks for module in app.extensions["registry"]}
    )
    app.extensions.setdefault("outbox_senders", {}).update(SENDERS)


def configure_responses(app: Flask) -> None:
    """Errors as problems, security headers and one log line on every answer."""
    answer_errors(app)
    finish_responses(app)
    if _settings(app).demo:
        app.before_request(guard_demo)


def add_commands(app: Flask) -> None:
    """The command line of the core and of the services."""
    for command in (
        *COMMANDS,
        *(module.commands for module in app.extensions["registry"] if module.commands),
    ):
        guard(command)
        app.cli.add_command(command)


PROCESS_STATE: Final[Mapping[str, Callable[[], object]]] = {
    "scan_queues": ScanQueues,
    "unreadable_tally": UnreadableTally,
    "newly_met": NewlyMet,
    "identity_providers": Providers,
    "breakers": Breakers,
}

STEPS: Final[tuple[Callable[[Flask], None], ...]] = (
    configure_logging,
    configure_flask,
    open_vault,
    connect_database,
    init_process_state,
    start_cache_watch,
    configure_rate_limits,
    install_services,
    register_routes,
    collect_jobs,
    measure,
    configure_responses,
    add_commands,
)
