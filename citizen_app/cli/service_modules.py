"""`flask services`: the plug-ins."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.cli.known_services import unknown
from citizen_app.cli.new_service import new
from citizen_app.cli.running_server import server_of
from citizen_app.registry import state
from citizen_app.registry.absent import absent_services
from citizen_app.registry.checks import check_package, rule_names
from citizen_app.registry.findings import ServiceBroken
from citizen_app.registry.lineages import why_not_ready
from citizen_app.registry.modules import current_registry, find_packages, ids_in, ids_of_entry_points
from citizen_app.registry.words import words_of
from citizen_app.settings import current_settings
from citizen_app.storage.transactions import current_connection, transaction
from citizen_app.text import Text, counted

RETIRE: Final = "flask --app wsgi services retire {service} --export FILE --erase"
GONE: Final = Text(
    "服务 {service} 的文件夹不在了，它的数据还在。请把文件夹放回，或让它退出：{retire}",
    "The folder of service {service} is gone, its data is still here. Put the folder back, or let it leave: {retire}",
)
NEW: Final = Text(
    "在文件夹放入之前就已运行的服务器，重新加载之后才认得它：{how}",
    "A server that ran before the folder was there knows it after a reload: {how}",
)
ANY_SERVER: Final = "systemctl reload citizen-web"

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
    with transaction(reading=True):
        absent = [(gone, words_of(gone.id).title) for gone in absent_services()]
    if as_json:
        told = {"services": found, "absent": [asdict(gone) for gone, _ in absent]}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for service in found:
        click.echo(
            f"{service['id']:<20} {service['version']:<8} {'on' if service['enabled'] else 'off':<4} {service['title']} {service['title_en']}"
        )
    for gone, title in absent:
        click.echo(
            f"{gone.id:<20} {'–':<8} {'gone':<4} {title.zh} {title.en}  → {RETIRE.format(service=gone.id)}"
        )


@services.command("check")
@click.argument("which", required=False)
def check(which: str | None) -> None:
    """Check every module against the contract, or the one with this id or in this folder (WHICH).

    Each fault names file, line, rule and remedy; exit 1 when there is one. A module that does not import is
    checked all the same.
    """
    services_dir = current_settings().services_dir
    try:
        found = list(find_packages(services_dir if which is None else _folder_of(which, services_dir)))
    except ServiceBroken as broken:
        raise click.ClickException(str(broken)) from broken
    findings = [
        finding
        for package, folder in found
        for finding in check_package(package, folder, others=ids_in(services_dir))
    ]
    for finding in findings:
        click.echo(str(finding))
    if findings:
        raise SystemExit(1)
    modules = counted(len(found), "service module")
    click.echo(f"checked {modules} by {len(rule_names())} rules: nothing to complain about")


def _folder_of(which: str, services_dir: Path) -> Path:
    """The folder of one module, by its path, its id, or its entry point."""
    for folder in (Path(which).absolute(), services_dir / which):
        if (folder / "manifest.py").exists():
            return folder
    for package, folder in find_packages(services_dir):
        if package == which or folder.name == which or which in ids_of_entry_points(package):
            return folder
    raise click.UsageError(f"there is no service module {which!r}; name its id or its folder")


@services.command("enable")
@click.argument("service")
def enable(service: str) -> None:
    """Switch SERVICE on and approve the scopes it declares."""
    _require_installed(service)
    with transaction():
        behind = why_not_ready(current_connection(), state.module_of(service), current_registry())
        if behind is not None:
            raise click.ClickException(behind.en)
        module = state.enable(service)
        scopes = sorted(module.descriptor.scope_names())
        record("service.enable", "service", service, scopes=scopes)
    click.echo(f"{service} is on; it may see: {', '.join(scopes) or 'nothing but its own reference'}")
    file = current_settings().database_file
    master = file and server_of(file)
    for words in NEW.fill(how=f"kill -HUP {master}" if master else ANY_SERVER).as_dict().values():
        click.echo(words)


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
    if current_registry().get(service) is not None:
        return
    with transaction(reading=True):
        if service in [gone.id for gone in absent_services()]:
            raise click.UsageError(
                "\n".join(
                    GONE.fill(service=service, retire=RETIRE.format(service=service)).as_dict().values()
                )
            )
    raise click.UsageError(unknown(service, (module.id for module in current_registry())))
