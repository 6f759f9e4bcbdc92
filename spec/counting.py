"""Counts the statements that the service executes, and makes facts for the batches to count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from growth.attribution.facts import MINUTE, Event, Pageview
from growth.database.statements import database

NOON = 1_767_268_800_000_000
"""2026-01-01T12:00:00Z."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """A list of the statements executed meanwhile, except those that begin or end transactions."""
    found: list[str] = []

    def note(event: object) -> None:
        found.append(event.sql)  # type: ignore[attr-defined]

    database.query_hooks.append(note)
    try:
        yield found
    finally:
        database.query_hooks.remove(note)


def page(who: str, minute: float, campaign: str = "") -> Pageview:
    """A pageview some minutes after NOON. With a campaign it is a click on an ad."""
    tags = f"?utm_source=google&utm_medium=cpc&utm_campaign={campaign}" if campaign else ""
    at = NOON + round(minute * MINUTE)
    return Pageview(who, at, f"{who}-{at}-{campaign}", f"https://shop.example.com/{tags}")


def deed(who: str, name: str, minute: float) -> Event:
    """An event that has `who` as both visitor and user. Purchases are worth 10 EUR."""
    at = NOON + round(minute * MINUTE)
    value, currency = (1_000, "EUR") if name == "purchase" else (None, None)
    digest = f"{name}-{who}-{at}"
    return Event(name, at, digest, fingerprint=who, user_id=who, value=value, currency=currency)
