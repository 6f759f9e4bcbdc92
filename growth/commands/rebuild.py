"""growth rebuild."""

from __future__ import annotations

import click

from growth.commands.command import as_json, print_answer, progress, with_settings
from growth.database.connecting import connect, require_current
from growth.maintenance.rebuild import Rebuild
from growth.settings import Settings
from growth.wiring import create_ledger

SHOWN_DIFFERENCES = 20


@click.command("rebuild", epilog="Example: growth rebuild --check")
@click.option(
    "--check", is_flag=True, help="Compare, and write nothing. The exit code is 1 if rows differ."
)
@as_json
@with_settings
def rebuild_command(settings: Settings, check: bool, as_json: bool) -> None:
    """Derive visits, credits and daily visits anew from the facts.

    An interrupted rebuild resumes where it stopped.
    """
    require_current(connect(settings.database_url))
    run = Rebuild(create_ledger(settings), write=not check)
    count = 0
    shown: list[str] = []
    with progress(run.total(), "rebuild") as advance:
        for count, difference in enumerate(run.run(advance), 1):
            if count <= SHOWN_DIFFERENCES:
                shown.append(str(difference))
    text = "\n".join([*shown, f"{count} rows {'differ' if check else 'were mended'}"])
    print_answer(as_json, text, {"different": count, "first": shown})
    if check and count:
        raise SystemExit(1)
