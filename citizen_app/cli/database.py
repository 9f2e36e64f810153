"""`flask db`: migrations of the core and of every service, in order."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from citizen_app.cli.set_up import tell_set_up
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.registry.words import remember_words
from citizen_app.settings import current_settings
from citizen_app.staff.invitations import is_new_installation, set_up_token
from citizen_app.storage.dialects import enable_wal, standalone_engine
from citizen_app.storage.orm import Model
from citizen_app.storage.transactions import transaction

database = AppGroup("db", help="Migrations: the core first, then every service.")


@database.command("upgrade")
def upgrade() -> None:
    """Bring every lineage to its newest revision; running it again is harmless."""
    engine = standalone_engine(current_settings())
    enable_wal(engine)
    moved = lineages.upgrade(engine, current_registry())
    with transaction():
        remember_words(module.descriptor for module in current_registry())
    click.echo(f"upgraded: {', '.join(moved)}" if moved else "everything is up to date")
    if not current_settings().demo:
        _tell_first_token()


def _tell_first_token() -> None:
    """A new installation has no account: whoever installs it gets the token for the first one."""
    token = None
    with transaction():
        if is_new_installation():
            token = set_up_token()
    if token is not None:
        tell_set_up(token)


@database.command("downgrade")
@click.argument("lineage")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask; data of removed tables is lost.")
def downgrade(lineage: str, revision: str, yes: bool) -> None:
    """Take one lineage (`core` or a service) back to REVISION; `base` removes its tables."""
    known = {found.name for found in lineages.lineages(current_registry())}
    if lineage not in known:
        raise click.UsageError(f"no lineage {lineage!r}; there are {', '.join(sorted(known))}")
    if not yes:
        click.confirm(f"Take {lineage} back to {revision}? Data of removed tables is lost.", abort=True)
    lineages.downgrade(standalone_engine(current_settings()), current_registry(), lineage, revision)
    click.echo(f"{lineage} is at {revision}")


@database.command("check")
def check() -> None:
    """Say whether the database is complete and agrees with the models; exit 1 if not."""
    engine = standalone_engine(current_settings())
    waiting = lineages.pending(engine, current_registry())
    differing = lineages.differences(engine, current_registry(), Model.metadata) if not waiting else {}
    for name in waiting:
        click.echo(f"{name}: not at its newest revision, run: flask --app wsgi db upgrade")
    for name, changes in differing.items():
        for change in changes:
            click.echo(f"{name}: {change}")
    if waiting or differing:
        raise SystemExit(1)
    click.echo("the database agrees with the models")


@database.command("revision")
@click.option("--service", default="core", help="Whose tables changed; the core's by default.")
@click.option("-m", "--message", required=True)
def revision(service: str, message: str) -> None:
    """Write the next migration of one lineage from the difference between models and database."""
    click.echo(
        lineages.new_revision(current_registry(), standalone_engine(current_settings()), service, message)
    )
