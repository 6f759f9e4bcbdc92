"""growth token."""

from __future__ import annotations

from base64 import b64encode
from secrets import token_bytes, token_urlsafe

import click

from growth.http.signatures import PREFIX


@click.command("token", epilog="Example: growth token --webhook")
@click.option("--webhook", is_flag=True, help="Print a secret for signed webhooks instead.")
def token_command(webhook: bool) -> None:
    """Print a new random token to put into a setting.

    Settings for tokens are GROWTH_WRITE_TOKENS, GROWTH_READ_TOKENS and GROWTH_ADMIN_TOKENS.
    """
    made = PREFIX + b64encode(token_bytes(32)).decode() if webhook else token_urlsafe(32)
    click.echo(made)
