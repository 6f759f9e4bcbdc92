"""Compares the time to post pageviews in batches with the time to import them from a .csv.gz.

Each round posts the pageviews and then imports them, into new databases.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from documents import ROOT
from live import connection, environ_for, serving
from measuring import ROUNDS, SCALE, SERVED, heading, leave_the_processor, show
from traffic import END, facts_of

from growth.attribution.facts import Pageview
from growth.schemas.times import format_time

PAGEVIEWS = round(100_000 * SCALE)
BATCH = 100
FIELDS = ("id", "created_at", "fingerprint", "url", "referrer_url", "country")

Item = dict[str, str | None]


def items() -> list[Item]:
    """As many items as PAGEVIEWS says, in the order of time."""
    rng, found, visitor = random.Random(1), list[Pageview](), 0
    while len(found) < PAGEVIEWS:
        found += [each for each in facts_of(rng, visitor, END) if isinstance(each, Pageview)]
        visitor += 1
    found = sorted(found[:PAGEVIEWS], key=lambda each: each.created_at)
    return [item_of(each) for each in found]


def item_of(page: Pageview) -> Item:
    told = {name: getattr(page, name) for name in FIELDS[2:]}
    return {"id": page.digest, "created_at": format_time(page.created_at), **told}


def seconds_to_post(folder: Path, found: Sequence[Item]) -> float:
    bodies = [json.dumps(found[at : at + BATCH]) for at in range(0, len(found), BATCH)]
    with (
        serving(folder, GROWTH_CPU=str(SERVED)) as server,
        closing(connection(server)) as at,
    ):
        began = time.perf_counter()
        for body in bodies:
            at.request("POST", "/pageviews", body, {"Content-Type": "application/json"})
            answer = json.load(at.getresponse())
            assert answer["stored"] == len(json.loads(body)), answer
        return time.perf_counter() - began


def seconds_to_import(folder: Path, file: Path) -> float:
    """The time to import the file, without the start of the command.

    The clock starts at its first line of output. The time to post leaves out the start, too.
    """
    command = [sys.executable, "-m", "growth.commands", "import", "pageviews", str(file)]
    with subprocess.Popen(
        command, env=environ_for(folder), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "CSV" in process.stdout.readline()
        began = time.perf_counter()
        told = process.stdout.read()
    assert f"stored {PAGEVIEWS}," in told, told
    return time.perf_counter() - began


def write(file: Path, found: Sequence[Item]) -> None:
    with gzip.open(file, "wt", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, FIELDS)
        table.writeheader()
        table.writerows(found)


def main() -> None:
    leave_the_processor()
    heading(f"import of {PAGEVIEWS:,} pageviews from a .csv.gz")
    posted, imported = [], []
    with tempfile.TemporaryDirectory() as name:
        found, file = items(), Path(name) / "pageviews.csv.gz"
        write(file, found)
        for number in range(ROUNDS):
            for taken, measure in ((posted, seconds_to_post), (imported, seconds_to_import)):
                folder = Path(name) / f"{measure.__name__}-{number}"
                folder.mkdir()
                taken.append(measure(folder, found if taken is posted else file))
    shown = f"{PAGEVIEWS / median(imported):,.0f}/s, {PAGEVIEWS / median(posted):,.0f}/s"
    show(
        f"posting in batches of {BATCH}, to it", median(posted) / median(imported), ">= 1.0", shown
    )


if __name__ == "__main__":
    main()
