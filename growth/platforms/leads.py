"""Makes facts of leads. A lead is a person who filled in a form on an ad platform."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from marshmallow import Schema

from growth.schemas.fields import Id

Item = tuple[str, dict[str, Any]]
"""A fact as a client would send it: `pageview` or `event`, and its fields."""


def read_by(schema: Schema, body: Any) -> Any:
    """The fields of `body` that the schema reads. Ids that are whole numbers become text."""
    if not isinstance(body, dict):
        return body
    return {
        name: str(value) if type(value) is int and isinstance(schema.fields[name], Id) else value
        for name, value in body.items()
        if name in schema.fields
    }


def facts_of_lead(
    name: str, created_at: str | None, page: str, tags: dict[str, Any], data: dict[str, Any]
) -> list[Item]:
    """The facts of a lead: a pageview of the form and the event `lead`.

    The URL of the pageview is `page` with the form's id and the `tags`. `name` is the fingerprint
    of the lead: `platform:lead_id`. `data` has ids that the platform sent, such as `form_id`.
    """
    platform, _, lead_id = name.partition(":")
    sent = {"fingerprint": name, "id": lead_id, "created_at": created_at}
    form = quote(data.get("form_id", ""), safe="")
    query = urlencode({tag: value for tag, value in tags.items() if value}, quote_via=quote)
    return [
        ("pageview", {"url": f"{page}/{form}?{query}", **sent}),
        ("event", {"name": "lead", "category": platform, "data": data, **sent}),
    ]


def fact_of_test(name: str, created_at: str | None, data: dict[str, Any]) -> Item:
    """The event `test_lead`. A test lead has no pageview and is not a conversion."""
    platform, _, lead_id = name.partition(":")
    sent = {"user_id": name, "id": lead_id, "created_at": created_at}
    flagged = {**data, "is_test": True}
    return "event", {"name": "test_lead", "category": platform, "data": flagged, **sent}
