"""Where a visit came from, as reports group it."""

from dataclasses import dataclass
from functools import lru_cache

from growth.attribution.channels import channel_of
from growth.attribution.evidence import CACHED_READINGS, REFERRAL_PARAMETERS, Reading, read
from growth.attribution.rules import ADS, ClickId, Rules
from growth.attribution.sources import source_named

DIRECT = "direct"
REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a visit came from. Source and medium in lower case, the other names as sent.

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
    """Return the origin that a page's URL and referrer prove; design, section 4, rules 3, 9, 10."""
    reading = read(url, referrer_url, rules)
    sent = reading.campaign
    click_ids = tuple(pair for pair in reading.evidence.campaign if pair[0] in rules.click_ids)
    source, medium = _source_and_medium(reading, rules)
    campaign = sent.get("utm_campaign") or sent.get("utm_id")
    known = source_named(source, rules) if source else None
    kind = known.kind if known else None
    paid = (
        kind == ADS
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


def _source_and_medium(reading: Reading, rules: Rules) -> tuple[str | None, str | None]:
    """Take each from the strongest evidence that has it, a medium only from its own source."""
    if reading.evidence.is_direct:
        return DIRECT, None
    claims = _claims(reading, rules)
    source = reading.campaign.get("utm_source", "").lower() or (claims[0][0] if claims else None)
    if medium := reading.campaign.get("utm_medium"):
        return source, medium.lower()
    name = _canonical(source, rules) if source else None
    return source, next((its for of, its in claims if _canonical(of, rules) == name), None)


def _claims(reading: Reading, rules: Rules) -> list[tuple[str, str]]:
    """Return the (source, medium) of a click id, a `ref` and the referrer, strongest first."""
    claims = []
    if present := [rules.click_ids[name] for name in reading.campaign if name in rules.click_ids]:
        # The first in the URL, unless another proves an ad.
        claims.append(_claim_of_click_id(max(present, key=lambda each: each.ad), reading, rules))
    for parameter in REFERRAL_PARAMETERS:
        if name := reading.campaign.get(parameter, "").lower():
            known = source_named(name, rules)
            claims.append((name, known.medium if known else REFERRAL))
    if reading.source:
        claims.append((reading.source.name, reading.source.medium))
    elif reading.evidence.referrer:
        claims.append((reading.evidence.referrer, REFERRAL))
    return claims


def _claim_of_click_id(click_id: ClickId, reading: Reading, rules: Rules) -> tuple[str, str]:
    named = _canonical(reading.campaign.get("utm_source", ""), rules)
    for name in (named, reading.source.name if reading.source else None):
        if name in click_id.also:
            return name, click_id.medium
    return click_id.source, click_id.medium


def _canonical(source: str, rules: Rules) -> str:
    """Return one name for all spellings of a source, to tell whether two are the same."""
    known = source_named(source, rules)
    return known.name if known else source.lower()
