"""Files to import, and what an import of them says and stores."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from click.testing import Result

from growth.database.tables import CostRecord

HEADER = "day,source,medium,campaign,content,amount,currency,clicks,impressions\n"
GOOD = "2026-11-20,google,cpc,spring,,12.50,EUR,41,2000\n"
BAD = '2026-11-21,google,cpc,"spring,,12.50,EUR,41,2000\n'

Import = Callable[..., Result]


def amounts() -> list[int]:
    return [row.amount for row in CostRecord.select().order_by(CostRecord.day, CostRecord.campaign)]


def last_line(result: Result) -> str:
    return result.stdout.splitlines()[-1]


def ndjson(items: list[Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in items)
