"""Work of all kinds on a service, so that every statement of it is seen."""

from __future__ import annotations

from typing import Any

from conftest import Service, cost, event, pageview
from histories import DAYS, HOURS, did, differences, seen
from together_spec import QUESTIONS

from growth.attribution.identity import CLIENT_MISTAKE, SHARED_TERMINAL
from growth.ledger.earnings import MOST_UNSETTLED
from growth.models import RollupRecord
from growth.schemas.words import DIMENSIONS
from growth.upkeep.erasure import erase
from growth.upkeep.rebuild import Rebuild
from growth.upkeep.retention import purge, retention

PERIOD = "from=2026-03-02T09:00:00Z&to=2026-03-20T12:00:00Z"

OF_EVENTS = ("name", "category")

OLD = "2020-01-01T00:00:00Z"

ASKED = [
    *QUESTIONS,
    *(f"by={name}&event=signup&{PERIOD}" for name in DIMENSIONS if name not in OF_EVENTS),
    *(f"by={name}&event=click" for name in (*OF_EVENTS, "country", "day")),
    "by=channel&model=linear&" + PERIOD,
    "by=landing_page&model=linear",
    "by=campaign&landing_page=/spring&include=users",
    "by=name&include=users",
    "by=day",
    "by=country&country=DE",
    "user_id=ada",
    "fingerprint=phone&include=touches",
    "by=user&source=google&limit=1",
    "by=user&channel=Direct&from=2026-03-02",
    "by=conversion&source=google&model=first_click",
    "by=conversion&landing_page=/spring&country=DE",
    "by=conversion&user_id=ada&changed_since=2026-01-01",
    "by=conversion&id=order-1&limit=1",
    "by=conversion&fingerprint=phone",
    "by=visit&status=open&fingerprint=phone",
    "by=visit&user_id=ada&limit=1",
    "by=event&session_id=s1&name=purchase",
    "by=event&user_id=ada&limit=1",
]


def write(service: Service) -> None:
    """Facts of all kinds: new, late, claiming, many, repeated, refused."""
    service.store("/pageviews", *(seen(n * HOURS, "ad", country="DE") for n in range(3)))
    service.store("/pageviews", seen(5 * HOURS, "inside", id="page-1", user_id="ada"))
    service.store("/pageviews", seen(5 * HOURS, "inside", id="page-1", user_id="ada"))
    service.store("/events", did(6 * HOURS, "trial"), did(7 * HOURS, "signup", user_id="ada"))
    money = {"value": "9.99", "currency": "EUR", "session_id": "s1", "category": "books"}
    order = did(8 * HOURS, "purchase", id="order-1", **money)
    service.store("/events", order)
    service.post("/events", [order, {**order, "value": 1}, {"name": "x"}])
    service.store("/events", did(9 * HOURS, "purchase", user_id="ada", fingerprint=None, **money))
    service.store("/events", did(10 * HOURS, "click"), did(11 * HOURS, "unsubscribe"))
    service.store("/pageviews", seen(60, "newsletter"), seen(4 * HOURS, "search"))
    service.store("/pageviews", seen(12 * HOURS, "blog", fingerprint="laptop"))
    service.store("/events", did(13 * HOURS, "purchase", fingerprint="laptop", **money))
    service.store("/pageviews", seen(14 * HOURS, "inside", fingerprint="laptop", user_id="ada"))
    service.store("/events", did(15 * HOURS, "signup", user_id="bob", data={"lead_id": "meta:7"}))
    service.store("/pageviews", seen(0, "ad", fingerprint="meta:7"))
    for n in range(SHARED_TERMINAL + 2):
        service.store("/pageviews", seen(n, "search", fingerprint="kiosk", user_id=f"u{n}"))
    service.store(
        "/pageviews",
        *(seen(n, "ad", fingerprint=f"m{n}", user_id="no") for n in range(CLIENT_MISTAKE + 2)),
    )
    many = [f"f{n}" for n in range(MOST_UNSETTLED + 1)]
    service.store("/events", *(did(DAYS, "signup", fingerprint=each) for each in many))
    service.store("/pageviews", *(seen(2 * DAYS, "direct", fingerprint=each) for each in many))
    service.store("/costs", cost(), cost(amount="13"))
    service.store("/pageviews", pageview(), pageview(fingerprint="late", created_at=OLD))
    service.store("/events", event(created_at=OLD), event(name="lead"))
    service.post("/pageviews", {"url": "nonsense"})


def ask(service: Service) -> list[Any]:
    """The answers to all questions, and the pages after the first."""
    answers = []
    for each in ASKED:
        result = service.get("/attribution", each)
        assert result.status_code == 200, (each, result.text)
        answers.append(result.json)
        if following := result.json.get("next"):
            answers.append(service.get("/attribution", f"{each}&cursor={following}").json)
    return answers


def keep(service: Service) -> None:
    """Check, mend, erase, purge."""
    assert differences(service) == []
    RollupRecord.update(visits=9).execute()
    assert list(Rebuild(service.ledger, write=True).run(lambda done: None))
    assert erase(service.ledger, ["bob"], ["kiosk"])
    kept = retention(365, 90)
    assert kept is not None
    assert purge(service.ledger, kept, lambda done: None)
    assert differences(service) == []
