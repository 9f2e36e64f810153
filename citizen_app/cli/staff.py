"""`flask staff …`: accounts, roles and tokens of the people of the city."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup

from citizen_app import clock
from citizen_app.cli.refusals import told_on_the_command_line
from citizen_app.cli.set_up import tell_set_up
from citizen_app.staff import invitations, operations, queries, tokens
from citizen_app.storage.transactions import transaction

staff = AppGroup("staff", help="People of the city: accounts, roles, tokens.")
tokens_group = AppGroup("token", help="Personal access tokens.")
staff.add_command(tokens_group)


@staff.command("create")
@click.argument("username")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    help="role, role:service for one service, role:service:unit for one unit of it.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--json", "as_json", is_flag=True)
def create(username: str, roles: tuple[str, ...], password_stdin: bool, as_json: bool) -> None:
    """Create an account and print its authenticator secret (once)."""
    password = _ask_password(password_stdin)
    with told_on_the_command_line(), transaction():
        made = operations.create(username, password, [_grant(role) for role in roles])
        staff_id, name = made.staff.id, made.staff.username
    shown = {
        "staff_id": staff_id,
        "username": name,
        "totp_secret": made.totp_secret,
        "totp_uri": made.totp_uri,
    }
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(f"{name} {staff_id}")
    click.echo(f"authenticator secret, shown once: {made.totp_secret}\n{made.totp_uri}")


@staff.command("setup-token")
def setup_token() -> None:
    """Print the one-time token of the first account, while nobody can manage staff. Those before are void."""
    with told_on_the_command_line(), transaction():
        token = invitations.set_up_token()
    tell_set_up(token)


@staff.command("invite")
@click.argument("username")
@click.option(
    "--role", "roles", multiple=True, help="role, role:service or role:service:unit; for a new account."
)
def invite(username: str, roles: tuple[str, ...]) -> None:
    """Print a one-time token with which USERNAME makes the account, or renews password and authenticator."""
    with told_on_the_command_line(), transaction():
        if roles:
            token = invitations.invite(username, [_grant(role) for role in roles])
        else:
            token = invitations.invite_again(queries.id_of_username(username))
    tell_set_up(token)


@staff.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_staff(as_json: bool) -> None:
    """List everybody."""
    with transaction(reading=True):
        shown = [_plain(record) for record in queries.all_staff()]
    if as_json:
        click.echo(json.dumps({"staff": shown}, ensure_ascii=False))
        return
    for person in shown:
        click.echo(f"{person['username']:<24} {person['state']:<9} {', '.join(person['roles']) or '-'}")


@staff.command("grant")
@click.argument("username")
@click.argument("role")
def grant(username: str, role: str) -> None:
    """Give ROLE (or role:service, or role:service:unit)."""
    with told_on_the_command_line(), transaction():
        operations.grant(queries.id_of_username(username), *_grant(role))


@staff.command("revoke-role")
@click.argument("username")
@click.argument("role")
def revoke_role(username: str, role: str) -> None:
    """Take ROLE (or role:service, or role:service:unit) back."""
    with told_on_the_command_line(), transaction():
        operations.revoke_role(queries.id_of_username(username), *_grant(role))


@staff.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Shut an account; its sessions and tokens end immediately."""
    with told_on_the_command_line(), transaction():
        operations.disable(queries.id_of_username(username))


@staff.command("enable")
@click.argument("username")
def enable(username: str) -> None:
    """Open a disabled account again."""
    with told_on_the_command_line(), transaction():
        operations.enable(queries.id_of_username(username))


@staff.command("unlock")
@click.argument("username")
def unlock(username: str) -> None:
    """End the lock after wrong attempts."""
    with told_on_the_command_line(), transaction():
        operations.unlock(queries.id_of_username(username))


@staff.command("reset-password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def reset_password(username: str, password_stdin: bool) -> None:
    """Set a new password; sessions and tokens end."""
    password = _ask_password(password_stdin)
    with told_on_the_command_line(), transaction():
        operations.reset_password(queries.id_of_username(username), password)


@tokens_group.command("create")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--permission", "permissions", required=True, multiple=True)
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def create_token(username: str, name: str, permissions: tuple[str, ...], days: int, as_json: bool) -> None:
    """Make a personal access token and print it (once)."""
    with told_on_the_command_line(), transaction():
        until = clock.now() + timedelta(days=days)
        made, text = tokens.create_token(queries.id_of_username(username), name, permissions, until)
        shown = {
            "id": made.id,
            "token": text,
            "permissions": made.permissions,
            "expires_at": clock.rfc3339(until),
        }
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else text)


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _grant(given: str) -> operations.Grant:
    role, *where = given.split(":", 2)
    return operations.Grant(role, *(part or None for part in where))


def _plain(record: queries.StaffRecord) -> dict[str, Any]:
    person = record.staff
    return {
        "id": person.id,
        "username": person.username,
        "state": person.state,
        "roles": [str(grant) for grant in record.grants],
        "locked_until": clock.rfc3339(person.locked_until) if person.locked_until else None,
        "last_signed_in_at": clock.rfc3339(person.last_signed_in_at) if person.last_signed_in_at else None,
    }
