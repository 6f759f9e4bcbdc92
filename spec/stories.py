"""Facts that several specs use: Ada's signup, and the visits of Ada and Bob on three devices."""

from __future__ import annotations

from typing import Any

from histories import DAYS, conversions_of, did, seen, sources_of
from service import NOW, Service

from growth.schemas.times import format_time

LATER = NOW + 3_600_000_000

SIGNED_UP = 10 * DAYS
"""When Ada comes directly and signs up. On day 5 she came by a newsletter."""


def signup_of(service: Service, user_id: str = "ada") -> dict[str, Any]:
    [conversion] = conversions_of(service, user_id=user_id, event="signup")
    return conversion


def feed(service: Service, since: int) -> list[tuple[str, str, bool, int]]:
    """The user, event, `retracted` and revision of each conversion that changed since a time."""
    found = service.ask(by="conversion", changed_since=format_time(since))["results"]
    return [(each["user_id"], each["event"], each["retracted"], each["revision"]) for each in found]


def sign_up(service: Service) -> Service:
    """Post Ada's visits and her signup. Then move the clock an hour ahead."""
    service.store(
        "/pageviews",
        seen(5 * DAYS, "newsletter"),
        seen(SIGNED_UP, "direct"),
        seen(SIGNED_UP + 120, "inside"),
    )
    service.store("/events", did(SIGNED_UP + 60, "signup", user_id="ada", value="9.99"))
    assert sources_of(signup_of(service)) == ["newsletter"]
    service.now = LATER
    return service


PAGES = [
    seen(0, "ad", country="DE"),
    seen(60, "inside"),
    seen(1 * DAYS, "newsletter", fingerprint="laptop"),
    seen(9 * DAYS, "direct", user_id="ada"),
    seen(9 * DAYS, "direct", fingerprint="laptop", user_id="ada"),
    seen(9 * DAYS, "blog", fingerprint="tablet", user_id="bob"),
    seen(9 * DAYS + 500, "direct", fingerprint="nobody's"),
]
EVENTS = [
    did(9 * DAYS + 60, "signup", user_id="ada"),
    did(9 * DAYS + 90, "purchase", value="9.99", currency="EUR"),
    did(9 * DAYS + 60, "trial", fingerprint=None, user_id="bob"),
    did(9 * DAYS + 99, "unsubscribe", fingerprint="tablet", user_id="bob"),
]
"""The facts of Ada on her phone and her laptop, Bob on his tablet, and an unclaimed visitor."""
