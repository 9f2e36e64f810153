"""How a token for an account is told on the command line."""

from __future__ import annotations

import click

from citizen_app.settings import current_settings


def tell_set_up(token: str) -> None:
    """Print a token, once, and where to use it."""
    click.echo(
        "用浏览器打开 /console/set-up，输入一次性令牌（24 小时内有效，只用一次）：\n"
        "Open /console/set-up in a browser and enter this token (once, within 24 hours):\n"
        f"  {token}\n"
        f"  {current_settings().public_url}/console/set-up"
    )
