"""`flask services`: the plug-ins."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.cli.new_service import new
from citizen_app.extensions import Model
from citizen_app.registry import state
from citizen_app.registry.checks import check_module
from citizen_app.registry.modules import current_registry
from citizen_app.transactions import transaction

services = AppGroup("services", help="Service modules: new, list, check, enable, disable, retire.")
services.add_command(new)


@services.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def list_services(as_json: bool) -> None:
    """Show installed services and whether they are on."""
    found = [
        {
            "id": module.id,
            "version": module.descriptor.version,
            "title": module.descriptor.title.zh,
            "title_en": module.descriptor.title.en,
            "enabled": state.standing_of(module.id).enabled,
            "package": module.package,
        }
        for module in current_registry()
    ]
    if as_json:
        click.echo(json.dumps({"services": found}, ensure_ascii=False))
        return
    for service in found:
        click.echo(
            f"{service['id']:<20} {service['version']:<8} {'on' if service['enabled'] else 'off':<4} {service['title']} {service['title_en']}"
        )


@services.command("check")
def check() -> None:
    """Check every module against the contract; each fault names file, line, rule and remedy."""
    findings = [
        finding
        for module in current_registry()
        for finding in check_module(module, Model.metadata, finished=True)
    ]
    for finding in findings:
        click.echo(str(finding))
    if findings:
        raise SystemExit(1)
    click.echo(f"{len(list(current_registry()))} service modules, nothing to complain about")


@services.command("enable")
@click.argument("service")
def enable(service: str) -> None:
    """Switch SERVICE on and approve the scopes it declares."""
    _require_installed(service)
    with transaction():
        module = state.enable(service)
        scopes = sorted(module.descriptor.scope_names())
        record("service.enable", "service", service, scopes=scopes)
    click.echo(f"{service} is on; it may see: {', '.join(scopes) or 'nothing but its own reference'}")


@services.command("disable")
@click.argument("service")
def disable(service: str) -> None:
    """Switch SERVICE off."""
    _require_installed(service)
    with transaction():
        state.disable(service)
        record("service.disable", "service", service)
    click.echo(f"{service} is off")


def _require_installed(service: str) -> None:
    if current_registry().get(service) is None:
        installed = ", ".join(module.id for module in current_registry()) or "none"
        raise click.UsageError(f"no service {service!r} is installed; there are: {installed}")
