"""Joins leads to users. An event with a user_id and a lead's id claims the lead for the user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import orjson

from growth.attribution.facts import LEADS, Deed, Event, is_lead
from growth.attribution.identity import MISTAKES
from growth.ledger.storing import Outcome, store_deeds

IDENTIFY = "identify"
LEAD_ID = '"lead_id":'
MAX_LENGTH = 255
"""The most characters that a lead's id may have."""


def store_lead_claims(stored: Iterable[Deed]) -> list[Event]:
    """Store the claims that newly stored facts make on leads. Return the new claims.

    A claim is stored as an event of the lead. So a claim that arrives before the lead counts, too.
    """
    claims = claims_in(stored)
    outcomes = store_deeds(claims)
    return [
        claim for claim, outcome in zip(claims, outcomes, strict=True) if outcome is Outcome.STORED
    ]


def claims_in(facts: Iterable[object]) -> list[Event]:
    """The claims that facts make on leads."""
    return [claim for fact in facts if isinstance(fact, Event) for claim in lead_claims_of(fact)]


def lead_claims_of(event: Event) -> Iterator[Event]:
    """The claims on leads that an event makes by its user_id and the `lead_id` in its `data`."""
    if event.user_id is None or event.data is None or LEAD_ID not in event.data:
        return
    lead_id = orjson.loads(event.data).get("lead_id")
    if type(lead_id) not in (int, str) or len(str(lead_id)) > MAX_LENGTH:
        return
    for lead in leads_named(str(lead_id).strip()):
        if lead in (event.user_id, event.fingerprint):
            continue  # the lead is the user or the visitor of the event already
        digest = blake2b(f"{event.digest} {lead}".encode(), digest_size=16).hexdigest()
        yield Event(IDENTIFY, event.created_at, digest, lead, event.user_id)


def leads_named(lead_id: str) -> list[str]:
    """The fingerprints of leads with this id, one for each platform unless the id names one.

    >>> leads_named("4711")
    ['google_ads:4711', 'meta:4711']
    """
    if lead_id.lower() in MISTAKES:
        return []
    return [lead_id] if is_lead(lead_id) else [f"{platform}:{lead_id}" for platform in LEADS]
