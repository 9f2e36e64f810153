"""`flask services retire`: a service leaves the city; its data goes into a file, or for good."""

from __future__ import annotations

from pathlib import Path

import click

from citizen_app.audit.operations import record
from citizen_app.citizens.operations import forget_service
from citizen_app.consent import operations as consents
from citizen_app.kiosks import operations as kiosks
from citizen_app.kiosks.queries import unrevoked_ids
from citizen_app.notices import inbox
from citizen_app.partners import operations as partners
from citizen_app.partners import queries as partner_queries
from citizen_app.process.progress import progress_bar
from citizen_app.registry import retirement, state
from citizen_app.registry.modules import current_registry
from citizen_app.registry.retirement import Holdings, holdings
from citizen_app.scans import answers
from citizen_app.storage.dialects import read_from_snapshot
from citizen_app.storage.transactions import current_connection, transaction
from citizen_app.text import counted
from citizen_app.usage import details


@click.command("retire")
@click.argument("service")
@click.option(
    "--export",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all its tables to this ZIP file.",
)
@click.option("--erase", is_flag=True, help="Drop its tables and forget its references to citizens.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def retire(service: str, target: Path | None, erase: bool, yes: bool) -> None:
    """Switch SERVICE off for good, revoke its kiosks and partners, and export its data, erase it, or both.

    Works also when its folder has been deleted. The usage log keeps its lines: they belong to the citizens.
    """
    if target is None and not erase:
        raise click.UsageError("say what becomes of its data: --export FILE, --erase, or both")
    if target is not None and target.exists():
        raise click.UsageError(f"{target} exists already; name a new file")
    held = _look(service)
    if not yes:
        fate = "erased" if erase else "kept"
        click.confirm(
            f"{service} will be switched off, its kiosks revoked, and its {counted(held.total, 'row')} {fate}. Go on?",
            abort=True,
        )
    revoked = _close(service)
    click.echo(f"{service} is off; {counted(revoked, 'kiosk')} revoked")
    if target is not None:
        held = _export(service, target)
        click.echo(
            f"{counted(held.total, 'row')} of {counted(len(held.tables), 'table')}: {target} (read back and compared)"
        )
    if erase:
        tables = _erase(service, held if target is not None else None)
        click.echo(f"erased: {', '.join(tables) or 'it had no tables'}")
    if current_registry().get(service) is not None:
        click.echo("now remove its folder or package, and restart the workers")


def _look(service: str) -> Holdings:
    with transaction(reading=True):
        held = holdings(current_connection(), service)
        unknown = held.version_table is None and current_registry().get(service) is None
        if unknown and not state.is_known(service):
            raise click.UsageError(f"no service {service!r} was ever here")
        return held


def _close(service: str) -> int:
    with transaction():
        if state.is_known(service):
            state.switch_off(service)
        doomed = unrevoked_ids(service)
        for kiosk_id in doomed:
            kiosks.revoke(kiosk_id)
        shut_out = partner_queries.unrevoked_ids(service)
        for partner_id in shut_out:
            partners.revoke(partner_id)
        record("service.retire", "service", service, kiosks=len(doomed), partners=len(shut_out))
        return len(doomed)


def _export(service: str, target: Path) -> Holdings:
    with transaction(reading=True):
        connection = current_connection()
        read_from_snapshot(connection)
        held = holdings(connection, service)
        with progress_bar(service, held.total) as advance:
            try:
                retirement.export(connection, held, target, advance)
            except OSError as error:
                raise click.ClickException(
                    f"{target}: {error.strerror or error}; nothing was erased"
                ) from error
    with transaction():
        record("service.export", "service", service, rows=held.total, tables=len(held.tables))
    return held


def _erase(service: str, exported: Holdings | None) -> list[str]:
    with transaction():
        connection = current_connection()
        held = holdings(connection, service)
        if exported is not None and held.rows != exported.rows:
            raise click.ClickException("rows came in after the export; nothing was erased, run it again")
        retirement.erase(connection, held)
        forget_service(service)
        consents.forget_service(service)
        answers.forget_service(service)
        details.forget_service(service)
        inbox.forget_service(service)
        state.forget(service)
        record("service.erase", "service", service, rows=held.total, tables=len(held.tables))
        return sorted(held.rows)
