"""Writes conversions for Meta's Conversions API. Each line is the body of a request.

Meta documents the fields under
https://developers.facebook.com/documentation/ads-commerce/conversions-api/parameters/ on the pages
server-event, customer-information-parameters (hashes) and fbp-and-fbc (the click id).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

import orjson

from growth.attribution.facts import DAY
from growth.transfer.export_clicks import Sale, Tally

MOST_EVENTS = 1_000
"""The largest number of events in a request.

https://developers.facebook.com/docs/marketing-api/conversions-api/using-the-api
"""

MOST_AGE = 7 * DAY
"""The greatest age of an event. Meta refuses a whole request if one event in it is older."""

STANDARD = {
    "signup": "CompleteRegistration",
    "trial": "StartTrial",
    "purchase": "Purchase",
    "lead": "Lead",
}
"""Meta's standard names of events: https://developers.facebook.com/docs/meta-pixel/reference"""

HASHED = ("em", "ph", "fn", "ln", "ge", "db", "ct", "st", "zp", "country", "external_id")
PLAIN_IDENTIFIERS = ("client_ip_address", "client_user_agent", "fbp")
"""Fields of `data` that identify a person. Meta's API has the same names.

The values of the fields in HASHED have to be hashes.
"""

SOURCES = (
    *("website", "app", "phone_call", "chat", "email", "physical_store"),
    *("system_generated", "business_messaging", "other"),
)


class MetaUpload:
    """Writes requests for Meta. `names` maps events to Meta's names.

    If `names` lacks an event, STANDARD gives its name. `now` is in microseconds.
    """

    def __init__(self, names: Mapping[str, str], now: int) -> None:
        self.names = {**STANDARD, **names}
        self.now = now

    def write(self, found: Iterable[Sale], out: TextIO) -> Tally:
        tally, waiting = Tally(), list[dict[str, Any]]()
        for event in self.events(found, tally):
            waiting.append(event)
            if len(waiting) == MOST_EVENTS:
                write_request(waiting, out)
                waiting = []
        if waiting:
            write_request(waiting, out)
        return tally

    def events(self, found: Iterable[Sale], tally: Tally) -> Iterator[dict[str, Any]]:
        for sale in found:
            click = sale.click("fbclid")
            if why := self.why_not(sale, click):
                tally.left_out[why] += 1
            else:
                tally.written += 1
                yield self.event(sale, click)

    def why_not(self, sale: Sale, click: Any) -> str | None:
        if not sale.record.is_conversion:
            return "retracted, but Meta has no request to retract a conversion"
        if sale.record.occurred_at < self.now - MOST_AGE:
            return "older than 7 days"
        return None if click or sale.text("fbc") else "no Meta click id (fbclid)"

    def event(self, sale: Sale, click: tuple[str, int] | None) -> dict[str, Any]:
        record, user_data = sale.record, identifiers(sale, click)
        event = {
            "event_name": self.names.get(record.event, record.event),
            "event_time": record.occurred_at // 1_000_000,
            "event_id": record.fact_id or record.digest,
            **source_of(sale, user_data),
            "user_data": user_data,
        }
        custom = {"order_id": record.order_id} if record.order_id else {}
        if sale.value is not None:
            custom |= {"value": sale.value, "currency": record.currency}
        return {**event, "custom_data": custom} if custom else event


def write_request(events: list[dict[str, Any]], out: TextIO) -> None:
    out.write(orjson.dumps({"data": events}).decode() + "\n")


def identifiers(sale: Sale, click: tuple[str, int] | None) -> dict[str, str]:
    """The click id, and the identifiers in `data` by which Meta recognises the person.

    Identifiers that Meta wants hashed are left out unless they are hashes.
    """
    found = {name: value for name in HASHED if (value := sale.hashed(name))}
    found |= {name: value for name in PLAIN_IDENTIFIERS if (value := sale.text(name))}
    if click is not None:
        fbclid, at = click
        found["fbc"] = f"fb.1.{at // 1_000}.{fbclid}"
    return found | ({"fbc": sale.text("fbc")} if sale.text("fbc") else {})


def source_of(sale: Sale, user_data: Mapping[str, str]) -> dict[str, str]:
    """The fields that say where the conversion happened.

    Meta takes `website` only with a URL and a user agent. If one of them is missing, the source is
    `other` instead.
    """
    url, source = sale.text("event_source_url"), sale.text("action_source")
    is_of_website = bool(url and "client_user_agent" in user_data)
    if source not in SOURCES:
        source = "website" if is_of_website else "other"
    if source == "website" and not is_of_website:
        source = "other"
    return {"action_source": source} | ({"event_source_url": url} if url else {})
