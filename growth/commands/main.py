"""The command `growth` and its subcommands."""

from __future__ import annotations

import click

from growth.commands.backup import backup_command
from growth.commands.copy import copy_command
from growth.commands.distribute import distribute_command
from growth.commands.doctor import doctor_command
from growth.commands.erase import erase_command
from growth.commands.export import export_group
from growth.commands.import_ import import_command
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

SECTIONS = {
    "Run it": ("serve", "migrate", "doctor", "routes", "token", "webhook-url"),
    "Bring data in and out": ("import", "export", "seed"),
    "Keep it": ("backup", "restore", "copy", "distribute"),
    "Mend and delete": ("rebuild", "rejects", "erase", "purge", "vacuum"),
}
"""The sections of the help, and the commands in each."""

LONGEST_SUMMARY = 100
"""The help cuts the summary of a command after this many characters. All summaries are shorter."""

EXIT_CODES = """\b
Exit codes:
  0  done
  1  the command failed, refused something or found a fault, and says so
  2  the command line was not understood

Settings are environment variables, which docs/operating.md lists.

Example: growth serve --init
"""


class Sections(click.Group):
    """A group whose help lists its commands in sections."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        placed = {name for names in SECTIONS.values() for name in names}
        others = tuple(name for name in self.list_commands(ctx) if name not in placed)
        for title, names in {**SECTIONS, "Others": others}.items():
            rows = [
                (name, self.commands[name].get_short_help_str(LONGEST_SUMMARY))
                for name in names
                if name in self.commands
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


@click.group(
    cls=Sections, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="growth")
def main() -> None:
    """Tells a company where its signups come from."""


for each in (
    doctor_command,
    serve_command,
    migrate_command,
    seed_command,
    import_command,
    export_group,
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
