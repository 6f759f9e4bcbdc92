"""The facts that specs of GET /attribution store before they query."""

import pytest
from service import Service, event, pageview

SEARCH = {"url": "https://www.example.com/en/book", "referrer_url": "https://www.google.de/"}
AD = {"url": "https://www.example.com/en/meet?utm_source=facebook&utm_medium=paid&utm_campaign=NY"}


@pytest.fixture
def story(service: Service) -> Service:
    """A service with four visitors.

    `a` comes by a search, tries, comes by an ad two days later, and signs up for 9.99 EUR. `b`
    clicks on the same ad in the last microsecond of that day. `c` comes directly and signs up for
    500 JPY. `nobody` signs up without a visit.
    """
    service.store(
        "/pageviews",
        pageview(fingerprint="a", **SEARCH, created_at="2026-11-01T10:00:00Z", country="DE"),
        pageview(fingerprint="a", created_at="2026-11-01T10:01:00Z"),
        pageview(fingerprint="a", **AD, created_at="2026-11-03T10:00:00Z", country="DE"),
        pageview(fingerprint="b", **AD, created_at="2026-11-03T23:59:59.999999Z", country="US"),
        pageview(fingerprint="c", created_at="2026-11-04T00:00:00Z"),
    )
    service.store(
        "/events",
        event(name="trial", fingerprint="a", created_at="2026-11-01T10:30:00Z"),
        event(fingerprint="a", created_at="2026-11-03T11:00:00Z", value=9.99, currency="EUR"),
        event(fingerprint="c", created_at="2026-11-04T00:01:00Z", value=500, currency="JPY"),
        event(fingerprint="nobody", created_at="2026-11-05T00:00:00Z", value=7),
    )
    return service
