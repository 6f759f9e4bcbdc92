"""The command `growth` and its subcommands."""

from __future__ import annotations

import click

from growth.commands.backup import backup_command
from growth.commands.copy import copy_command
from growth.commands.distribute import distribute_command
from growth.commands.erase import erase_command
from growth.commands.import_ import import_group
from growth.commands.migrate import migrate_command
from growth.commands.purge import purge_command
from growth.commands.rebuild import rebuild_command
from growth.commands.rejects import rejects_group
from growth.commands.restore import restore_command
from growth.commands.routes import routes_command
from growth.commands.seed import seed_command
from growth.commands.serve import serve_command
from growth.commands.token import token_command
from growth.commands.vacuum import vacuum_command
from growth.commands.webhook_url import webhook_url_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="growth")
def main() -> None:
    """Tells a company where its signups come from."""


for each in (
    serve_command,
    migrate_command,
    seed_command,
    import_group,
    rebuild_command,
    erase_command,
    purge_command,
    vacuum_command,
    rejects_group,
    backup_command,
    restore_command,
    copy_command,
    distribute_command,
    routes_command,
    token_command,
    webhook_url_command,
):
    main.add_command(each)
