"""Short histories of edge cases that random histories seldom hit, for model_spec.py."""

from __future__ import annotations

from typing import Any

from model_histories import (
    BLOG,
    GOOGLE,
    KNOWS_UNKNOWN_HOSTS,
    LOOKBACK,
    NEWS,
    SITE,
    START,
    Post,
    login,
    logins,
)

from growth.attribution.facts import MINUTE

ONE, TWO, DIRECT = (f"{SITE}?gclid=one", None), (f"{SITE}?gclid=two", None), (SITE, None)
SEARCH, EMAIL = (SITE, GOOGLE), (NEWS, None)


def page(
    minutes: int, arrival: tuple[str, str | None], who: str = "kiosk", user: Any = None
) -> Post:
    """A pageview at a number of minutes after START."""
    url, referrer_url = arrival
    body = {"url": url, "referrer_url": referrer_url, "fingerprint": who, "user_id": user}
    return "/pageviews", {**body, "created_at": START + minutes * MINUTE}


def event(minutes: int, name: str, user: Any = None, who: Any = "kiosk", **more: Any) -> Post:
    told = {"name": name, "fingerprint": who, "user_id": user, "value": None, "currency": None}
    at = START + minutes * MINUTE
    session = {"session_id": f"{name}-{minutes}-{user}-{more.get('value')}"}
    return "/events", {**told, "created_at": at, **session, **more}


def past(edge: int) -> list[Post]:
    """A click, and a conversion one lookback window and `edge` microseconds later."""
    signup = event(0, "signup", "ada", created_at=START + LOOKBACK + edge)
    return [page(0, ONE), page(90, DIRECT), signup]


TERMINAL = [page(-99, ONE), page(-20, EMAIL), page(0, SEARCH)]
"""Pages at the kiosk; the first of its guests logs in at the time of the last one."""

STORIES: dict[str, list[Post]] = {
    "at the end of the lookback": past(0),
    "past the end of the lookback": past(1),
    "an event before a visit, claimed within half an hour": [
        event(0, "click", "bob"),
        event(60, "purchase", value="9.99", currency="EUR"),
        event(90, "click", "ada"),
    ],
    "an event before a visit, claimed later than that": [
        event(0, "click", "bob"),
        event(60, "purchase"),
        event(91, "click", "ada"),
    ],
    "an event at the start of a visit": [
        page(0, ONE, user="ada"),
        page(100, TWO),
        event(100, "purchase"),
        event(110, "click", "bob"),
    ],
    "a claim half an hour after a visit, told late": [
        page(0, ONE),
        event(30, "click", "ada"),
        event(29, "click", "bob"),
        event(31, "purchase"),
    ],
    "visits of one instant": [
        page(0, TWO),
        page(0, ONE),
        page(0, EMAIL),
        page(0, DIRECT),
        page(10, EMAIL),
        page(10, ONE),
        event(10, "signup", "ada"),
        page(20, DIRECT),
    ],
    "a page of the visit before at the start of another": [
        page(-10, ONE, user="ada"),
        page(0, ONE),
        page(0, TWO),
        page(10, DIRECT),
        event(5, "signup", "ada"),
    ],
    "signups of one instant": [
        page(0, ONE, user="ada"),
        *(event(5, "signup", "ada", value=value, currency="JPY") for value in ("1", "2", "3", "4")),
    ],
    "as many users as a visitor may have": [*TERMINAL, *logins("kiosk", 20)],
    "a shared terminal": [*TERMINAL, *logins("kiosk", 21)],
    "as many visitors as a user may have": [
        page(-99, ONE, "phone"),
        *(login(name, "ada", 1) for name in ["phone", *map(str, range(1, 200))]),
    ],
    "a client's mistake": [
        page(-99, ONE, "phone"),
        *(login(name, "ada", 1) for name in ["phone", *map(str, range(1, 201))]),
    ],
    "more clicks than are credited": [
        *(page(40 * place, ONE) for place in range(52)),
        event(40 * 52, "purchase", "ada", value="9.99", currency="EUR"),
    ],
}
if KNOWS_UNKNOWN_HOSTS:
    STORIES["an unknown host in the middle of a direct visit"] = [
        page(0, DIRECT),
        page(10, (SITE, BLOG)),
        event(20, "signup", "ada"),
    ]
