"""Finds the origin of a visit, and the origin of the visits that a cost paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from growth.attribution.channels import channel_of
from growth.attribution.evidence import CACHED_READINGS, Reading, read
from growth.attribution.facts import Cost
from growth.attribution.proofs import CPC, Proof, proof_of_name, proofs_of
from growth.attribution.rules import ADS, Rules
from growth.attribution.sources import name_of_source
from growth.attribution.tags import names_something

DIRECT = "direct"

PAGE = "https://site.invalid/"
"""Tags are added to this URL if there is no page, as for a cost. RFC 2606 reserves `.invalid`."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a visit came from. Source and medium are in lower case.

    Campaign, content and term are as sent.

    channel         source    medium   paid   landing_page  host             referrer
    Organic Search  google    organic  False  /en/books     www.example.com  google.de
    Direct          direct    None     False  /             www.example.com  None
    """

    channel: str
    source: str | None
    medium: str | None
    campaign: str | None
    content: str | None
    term: str | None
    paid: bool
    landing_page: str
    host: str
    referrer: str | None
    click_ids: tuple[tuple[str, str], ...]


@lru_cache(maxsize=CACHED_READINGS)
def origin_of(url: str, referrer_url: str | None, rules: Rules) -> Origin:
    """The origin of a visit that starts with this URL and referrer (rules 3, 9 and 10)."""
    reading = read(url, referrer_url, rules)
    sent = reading.campaign
    click_ids = tuple(pair for pair in reading.evidence.campaign if pair[0] in rules.click_ids)
    source, medium, is_ads = _source_and_medium(reading, rules)
    campaign = sent.get("utm_campaign") or sent.get("utm_id") or sent.get("gad_campaignid")
    known = name_of_source(source, rules).source if source else None
    kind = known.kind if known else None
    paid = (
        is_ads
        or kind == ADS
        or rules.paid_medium.fullmatch(medium or "") is not None
        or any(rules.click_ids[name].ad for name, _ in click_ids)
    )
    return Origin(
        channel=channel_of(source, medium, campaign, kind=kind, paid=paid, rules=rules),
        source=source,
        medium=medium,
        campaign=campaign,
        content=sent.get("utm_content"),
        term=sent.get("utm_term"),
        paid=paid,
        landing_page=reading.path,
        host=reading.host,
        referrer=reading.evidence.referrer,
        click_ids=click_ids,
    )


def origin_of_tags(tags: Mapping[str, str], rules: Rules) -> Origin:
    """The origin of a visit with these tags and without a referrer."""
    return origin_of(f"{PAGE}?{urlencode(tags)}", None, rules)


def _source_and_medium(reading: Reading, rules: Rules) -> tuple[str | None, str | None, bool]:
    """Return source, medium, and whether the source was sent under a name for ads (`google_ads`).

    The strongest evidence that has a source decides the source. The medium is `utm_medium`. If the
    URL has no `utm_medium`, the medium is that of the strongest evidence for the same source that
    has a medium.
    """
    if reading.evidence.is_direct:
        return DIRECT, None, False
    proofs = proofs_of(reading, rules)
    if tagged := reading.campaign.get("utm_source"):
        proofs.insert(0, proof_of_name(tagged, None, rules))
    medium = reading.campaign.get("utm_medium", "").lower() or _medium_of_first(proofs)
    if not proofs:
        return None, medium, False
    return proofs[0].source, medium, proofs[0].is_ads


def _medium_of_first(proofs: list[Proof]) -> str | None:
    """Return the first medium among the proofs that have the source of the first proof."""
    media = (each.medium for each in proofs if each.medium and each.source == proofs[0].source)
    return next(media, None)


def origin_of_cost(cost: Cost, rules: Rules) -> Origin:
    """The origin of a visit whose tags are the cost's source, medium, campaign and content.

    A cost without a medium gets the medium `cpc`.

    as sent                  source    medium  channel      paid
    facebook.com, cpc        facebook  cpc     Paid Social  True
    Google Ads, no medium    google    cpc     Paid Search  True
    partner, "(not set)"     partner   cpc     Paid Other   True
    """
    tags = {
        "utm_source": cost.source,
        "utm_medium": cost.medium if names_something(cost.medium.strip()) else CPC,
        "utm_campaign": cost.campaign,
        "utm_content": cost.content,
    }
    return origin_of_tags(tags, rules)
