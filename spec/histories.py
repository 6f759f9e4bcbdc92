"""Short ways to write facts: times are in seconds after START, and URLs have names such as `ad`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import md5
from typing import Any

from growth.attribution.facts import SECOND, Pageview
from growth.attribution.fold import Fold
from growth.attribution.rules import Rules
from growth.attribution.visits import Visit
from growth.database.statements import columns_of, database
from growth.database.tables import DERIVED, OriginRecord
from growth.maintenance.rebuild import Rebuild
from growth.rules import load_rules
from growth.schemas.times import format_time, parse_time

START = parse_time("2026-03-02T08:00:00Z")
MINUTES, HOURS, DAYS = 60, 3_600, 86_400
"""In seconds."""

RULES = load_rules()
SITE = "https://shop.example.com/"
SPRING = f"{SITE}spring?utm_source=google&utm_medium=cpc&utm_campaign=spring"
NEWSLETTER = f"{SITE}?utm_source=newsletter&utm_medium=email&utm_campaign=march"

ARRIVALS: dict[str, tuple[str, str | None]] = {
    "direct": (SITE, None),
    "inside": (f"{SITE}pricing", SITE),
    "search": (SITE, "https://www.google.com/"),
    "bing": (SITE, "https://www.bing.com/"),
    "ad": (f"{SPRING}&gclid=One", "https://www.google.com/"),
    "newsletter": (NEWSLETTER, None),
    "blog": (SITE, "https://blog.example.org/review"),
    "paypal": (f"{SITE}thanks", "https://www.paypal.com/checkout"),
}
"""The URL and the referrer of each named arrival."""


def instant(seconds: float) -> int:
    """A time as microseconds since 1970, from seconds after START."""
    return START + round(seconds * SECOND)


def time_at(seconds: float) -> str:
    return format_time(instant(seconds))


def page(seconds: float, arrival: str, **fields: Any) -> Pageview:
    """A pageview of the visitor `phone`. Its digest depends on its content."""
    url, referrer_url = ARRIVALS[arrival]
    seen = Pageview("phone", instant(seconds), "", url, referrer_url)
    seen = replace(seen, **fields)
    return replace(seen, digest=md5(repr(seen).encode()).hexdigest())


def visits_of(pages: Sequence[Pageview], rules: Rules = RULES) -> list[Visit]:
    """The visits that the pages of one visitor make. The pages may be in any order."""
    ordered = sorted(pages, key=lambda seen: (seen.created_at, seen.digest))
    fold = Fold(None, -1, (), rules).run(ordered, late=(), until=0)
    return list(fold.new.values())


def seen(seconds: float, arrival: str, **fields: Any) -> dict[str, Any]:
    """The body of a pageview webhook. The visitor is `phone` unless `fields` have another."""
    url, referrer_url = ARRIVALS[arrival]
    body = {"fingerprint": "phone", "url": url, "referrer_url": referrer_url}
    return {**body, "created_at": time_at(seconds), **fields}


def did(seconds: float, name: str, **fields: Any) -> dict[str, Any]:
    """The body of an event webhook. The visitor is `phone` unless `fields` have another."""
    return {"name": name, "fingerprint": "phone", "created_at": time_at(seconds), **fields}


def conversions_of(service: Any, **who: str) -> list[dict[str, Any]]:
    """The conversions of one person with all their touches, earliest first."""
    found: list[dict[str, Any]] = [
        each
        for person in service.ask(**who, include="touches")["results"]
        for each in person["conversions"]
    ]
    return found


def sources_of(conversion: dict[str, Any]) -> list[str]:
    """The sources of the clicks that a conversion credits, earliest first."""
    return [touch["source"] for touch in conversion["touches"]]


def differences(service: Any) -> list[str]:
    """The derived rows that a rebuild would change. There should never be any."""
    return [str(each) for each in Rebuild(service.ledger, write=False).run(lambda done: None)]


def without_history(value: Any) -> Any:
    if isinstance(value, dict):
        history = ("revision", "changed_at", "as_of")
        return {k: without_history(v) for k, v in value.items() if k not in history}
    return [without_history(each) for each in value] if isinstance(value, list) else value


def derived() -> dict[str, list[Any]]:
    """The rows of all derived tables except origins, without the columns in HISTORY.

    Origins are left out because they are never removed.
    """
    records = [record for record in DERIVED if record is not OriginRecord]
    return {record.table: sorted(rows_of(record), key=repr) for record in records}


HISTORY = ("revision", "changed_at")


def rows_of(record: Any) -> list[tuple[Any, ...]]:
    names = [name for name in columns_of(record) if name not in HISTORY]
    sql = f"SELECT {', '.join(names)} FROM {record.table}"
    rows: list[tuple[Any, ...]] = database.execute_sql(sql).fetchall()
    return rows
