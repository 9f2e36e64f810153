"""`flask payments …`: the proof of the ledger, rules about money, what has moved."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.cli.identity import JSON, LANGUAGE
from citizen_app.cli.known_services import require_known
from citizen_app.clock import now, rfc3339
from citizen_app.payments import closing, policies, proving
from citizen_app.storage.dialects import read_from_snapshot
from citizen_app.storage.transactions import current_connection, transaction
from citizen_app.wire.problems import Problem

payments = AppGroup("payments", help="The ledger: its proof, rules about money, what has moved.")
DAY = click.DateTime(formats=["%Y-%m-%d"])
RULES = [policies.LIMITS, policies.REFUND, policies.ALONE]


@payments.command("prove")
@JSON
@LANGUAGE
def prove(as_json: bool, language: Any) -> None:
    """Sum up the ledger and compare it with every purse; exit 1 where the books are wrong."""
    with transaction(reading=True):
        read_from_snapshot(current_connection())
        found = proving.prove()
    faults = [fault.say(language) for fault in found.faults]
    if as_json:
        said = {
            "holds": found.holds,
            "postings": found.postings,
            "purses": found.purses,
            "moved": found.moved,
            "balances": found.balances,
            "faults": faults,
        }
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        for account, balance in found.balances.items():
            click.echo(f"{account:<10} {yuan(balance):>18}")
        click.echo(f"{'sum':<10} {yuan(sum(found.balances.values())):>18}")
        click.echo(f"{found.postings} postings, {found.purses} purses")
        for fault in faults:
            click.echo(fault)
    raise SystemExit(0 if found.holds else 1)


@payments.command("moved")
@click.option("--from", "first", type=DAY, required=True, help="First day, included.")
@click.option("--to", "last", type=DAY, required=True, help="Last day, included.")
@click.option("--service", help="Only this service.")
@JSON
def moved(first: datetime, last: datetime, service: str | None, as_json: bool) -> None:
    """What moved between which accounts, by day: takings, refunds, top-ups, pay-outs."""
    if last < first:
        raise click.BadParameter("lies before --from", param_hint="--to")
    with transaction(reading=True):
        require_known(service)
        rows = closing.moved(first.date(), last.date(), None if service is None else [service])
    if as_json:
        said = [{**{name: getattr(row, name) for name in row.__slots__}, "day": str(row.day)} for row in rows]
        click.echo(json.dumps({"moved": said}, ensure_ascii=False))
        return
    for row in rows:
        way = f"{row.source} → {row.target}"
        amount = yuan(row.amount)
        click.echo(
            f"{row.day} {row.service:<12} {row.party:<12} {row.kind:<8} {way:<20} {row.postings:>8} {amount:>16}"
        )


@payments.command("policy")
@click.argument("service")
@click.argument("name", type=click.Choice(RULES))
@LANGUAGE
def policy(service: str, name: str, language: Any) -> None:
    """Show the rule NAME of SERVICE that is in force; `city` for the limits of purses, and for what one
    member of staff may refund alone."""
    with transaction(reading=True):
        rule = policies.in_force(_owner(service), name, now())
    click.echo(json.dumps(rule, ensure_ascii=False))


@payments.command("set-policy")
@click.argument("service")
@click.argument("name", type=click.Choice(RULES))
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--since", type=click.DateTime(), help="In force from this moment on (UTC); now without it.")
@LANGUAGE
def set_policy(service: str, name: str, path: Path, since: datetime | None, language: Any) -> None:
    """Put another rule in force, read as JSON from the file at PATH; `city` for the limits of purses."""
    from_then = None if since is None else since.astimezone(now().tzinfo)
    try:
        with transaction():
            document = json.loads(path.read_text(encoding="utf-8"))
            made = policies.set_policy(_owner(service), name, document, from_then)
            record("payments.set_policy", "payment_policy", made, service=service, name=name)
    except (ValueError, TypeError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    except Problem as refused:
        raise click.ClickException(refused.detail.say(language)) from refused
    click.echo(f"{service} {name}: {rfc3339(from_then or now())}")


def yuan(amount: int) -> str:
    """An amount in 元 with two decimals."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02}"


def _owner(service: str) -> str:
    if service == "city":
        return policies.CITY
    require_known(service)
    return service
