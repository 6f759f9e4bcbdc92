"""growth copy."""

from __future__ import annotations

import click

from growth.commands.command import Refusal, as_json, print_answer, progress, with_settings
from growth.database.connecting import opened
from growth.maintenance.copying import Copying
from growth.settings import Settings


@click.command(
    "copy",
    epilog="Example: growth copy --from sqlite:///db/growth.db --to postgresql://localhost/growth",
)
@click.option("--from", "source", required=True, help="The URL of the database to copy.")
@click.option("--to", "target", required=True, help="The URL of the database to copy into.")
@as_json
@with_settings
def copy_command(settings: Settings, source: str, target: str, as_json: bool) -> None:
    """Copy a database into another database, and compare the two.

    The service may use the database of --from meanwhile. Migrate the database of --to first. That
    database must be empty or hold an earlier copy. One may be SQLite, the other PostgreSQL.
    """
    if source == target:
        raise Refusal("--from and --to name the same database")
    run = Copying(opened(source), opened(target), settings.conversions)
    with progress(run.total(), "copy") as advance:
        written = run.run(advance)
    text = f"wrote {written} rows; both databases have the same counts and reports"
    print_answer(as_json, text, {"rows": written})
