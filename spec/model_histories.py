"""Random histories for hypothesis, as posts to the service and as facts for the oracle."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from model import Event
from model_visits import Page

from growth.attribution.facts import DAY, MINUTE
from growth.schemas.facts import EventSchema
from growth.schemas.times import format_time, parse_time

START = parse_time("2022-03-02T08:00:00Z")

KNOWS_ORDERS = "order_id" in EventSchema().fields
"""Whether the service knows orders and refunds. Histories have them only then."""

KNOWS_UNKNOWN_HOSTS = True
"""Whether a direct visit goes on after a page with an unknown host as its referrer (rule 2).

Histories have such pages only if the service follows the rule.
"""

LOOKBACK = 90 * DAY
SITE = "https://shop.example.com/"
NEWS = f"{SITE}spring?utm_source=news&utm_medium=email"
GOOGLE, BLOG = "https://www.google.com/", "https://blog.example.org/review"

ARRIVALS = [
    (SITE, None),
    (f"{SITE}pricing", SITE),
    (f"{SITE}pricing", "https://help.example.com/faq"),
    (f"{SITE}thanks", "https://checkout.stripe.com/pay"),
    (SITE, GOOGLE),
    (SITE, "https://www.bing.com/"),
    (f"{SITE}?gclid=one", GOOGLE),
    (f"{SITE}?gclid=two", None),
    (NEWS, None),
    (f"{NEWS}&utm_campaign=spring", None),
    (f"{NEWS}&utm_campaign=spring", BLOG),
    (f"{SITE}?utm_source=facebook&utm_medium=paid&utm_campaign=ny", None),
    *([(SITE, BLOG)] * 2 if KNOWS_UNKNOWN_HOSTS else []),
]
"""The URL and the referrer of each arrival."""

VISITORS = ["phone", "laptop", "kiosk"]
USERS = ["ada", "bob", "cy"]
NAMES = ["signup", "signup", "trial", "trial", "purchase", "lead", "unsubscribe", "click"]
VALUES = [(None, None), ("9.99", "EUR"), ("0.01", "EUR"), ("100", "JPY"), ("-5", "EUR")]
ORDERS = [None, "A-1", "A-1", "A-2"] if KNOWS_ORDERS else [None]
REFUNDS = [
    {"value": None, "currency": None},
    {"value": "4", "currency": None},
    {"value": "-5", "currency": "EUR"},
    {"value": "3", "currency": "EUR", "id": "r-1", "order_id": "A-1", "created_at": START},
]
"""The refund with an id is complete: facts with one id must have the same content."""

GAPS = [0, 0, 0, 1, 10 * MINUTE, 10 * MINUTE, 20 * MINUTE, 60 * MINUTE, 7 * DAY]
GAPS += [edge + off for edge in (30 * MINUTE, LOOKBACK) for off in (-1, 0, 0, 1)]
"""Microseconds between facts. Some gaps are 0, or near the timeout of a visit or the lookback."""

CROWDS = [0, 0, 0, 0, 0, 17, 18, 19, 20]
"""Numbers of guests who also log in at the kiosk. With 21 users it is a shared terminal."""

Post = tuple[str, dict[str, Any]]
"""A path and the body of one fact."""


@st.composite
def pageviews(draw: st.DrawFn, visitors: list[str], users: list[str]) -> Post:
    url, referrer_url = draw(st.sampled_from(ARRIVALS))
    fingerprint = draw(st.sampled_from(visitors))
    user_id = draw(st.sampled_from([None, None, *users]))
    body = {"url": url, "referrer_url": referrer_url}
    if url == SITE and not KNOWS_UNKNOWN_HOSTS and draw(st.sampled_from([False] * 5 + [True])):
        body |= {"referrer_url": BLOG, "created_at": START - DAY}  # this is the first page
    return "/pageviews", {**body, "fingerprint": fingerprint, "user_id": user_id}


@st.composite
def events(draw: st.DrawFn, visitors: list[str], users: list[str]) -> Post:
    value, currency = draw(st.sampled_from(VALUES))
    body = {"name": draw(st.sampled_from(NAMES)), "value": value, "currency": currency}
    if order := draw(st.sampled_from(ORDERS)):
        body["order_id"] = order
    return "/events", body | draw(doers(visitors, users))


@st.composite
def refunds(draw: st.DrawFn, visitors: list[str], users: list[str]) -> Post:
    order = {"name": "refund", "order_id": draw(st.sampled_from(ORDERS[1:]))}
    told = order | draw(st.sampled_from(REFUNDS))
    if "id" in told:
        who = st.sampled_from([("phone", None), *((None, user) for user in users)])
        return "/events", told | dict(zip(("fingerprint", "user_id"), draw(who), strict=True))
    return "/events", told | draw(doers(visitors, users))


@st.composite
def doers(draw: st.DrawFn, visitors: list[str], users: list[str]) -> dict[str, str | None]:
    """The ids of an event: of a visitor, of a user, or both. An event with both is a claim."""
    fingerprint = draw(st.sampled_from([None, *visitors * 3]))
    user_id = draw(st.sampled_from(users if fingerprint is None else [None, None, *users]))
    return {"fingerprint": fingerprint, "user_id": user_id}


@st.composite
def histories(draw: st.DrawFn) -> list[Post]:
    """What a few visitors and users did, in the order of time."""
    cast = [draw(st.sampled_from([ids[:1], ids[:1], ids[:2], ids])) for ids in (VISITORS, USERS)]
    kinds = [*[pageviews(*cast)] * 3, *[events(*cast)] * 2]
    kinds += [refunds(*cast)] if KNOWS_ORDERS else []
    history: list[Post] = logins("kiosk", draw(st.sampled_from(CROWDS)))
    at = START
    for gap, (path, body) in draw(
        st.lists(st.tuples(st.sampled_from(GAPS), st.one_of(kinds)), min_size=5, max_size=18)
    ):
        at += gap
        told = {"created_at": at, **body}
        if "name" in body:  # to tell equal events apart
            told["session_id"] = body.get("id") or f"s-{len(history)}"
        history.append((path, told))
    return history


def logins(fingerprint: str, number: int) -> list[Post]:
    """A number of users log in on one device."""
    return [login(fingerprint, f"guest-{place}", place) for place in range(number)]


def login(fingerprint: str, user_id: str, place: int) -> Post:
    who = {"fingerprint": fingerprint, "user_id": user_id, "session_id": f"{fingerprint}-{place}"}
    told = {"name": "login", "value": None, "currency": None, "created_at": START + place * DAY}
    return "/events", {**told, **who}


@st.composite
def deliveries(draw: st.DrawFn, history: Sequence[Post]) -> list[list[Post]]:
    """The history in another order, some of it twice, in batches."""
    again = draw(st.lists(st.sampled_from(history), max_size=4))
    shuffled = draw(st.permutations([*history, *again]))
    cuts = draw(st.lists(st.integers(1, len(shuffled)), max_size=5))
    edges = [0, *sorted(cuts), len(shuffled)]
    return [shuffled[a:b] for a, b in itertools.pairwise(edges) if a < b]


def posts(batch: Sequence[Post]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The requests of a batch: paths and items. A batch may go to both endpoints."""
    for path, items in itertools.groupby(batch, key=lambda post: post[0]):
        yield path, [{**body, "created_at": format_time(body["created_at"])} for _, body in items]


def fact_of(post: Post) -> Page | Event:
    """The fact for the oracle. The id of an event is its `session_id`, until `with_ids`."""
    path, body = post
    who = {"visitor": body["fingerprint"], "user": body["user_id"], "at": body["created_at"]}
    if path == "/pageviews":
        return Page(url=body["url"], referrer_url=body["referrer_url"], **who)
    value = None if body["value"] is None else Decimal(body["value"])
    about = {"currency": body["currency"], "order": body.get("order_id"), **who}
    return Event(body["name"], id=body["session_id"], value=value, **about)


def with_ids(facts: Sequence[Page | Event], ids: dict[str, str]) -> list[Page | Event]:
    """The facts with the public ids of events. `ids` has them by `session_id`."""
    return [replace(f, id=ids[f.id]) if isinstance(f, Event) else f for f in facts]
