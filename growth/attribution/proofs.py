"""Rule 3: which source and medium the evidence in a pageview proves, and how strongly."""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from growth.attribution.evidence import Reading
from growth.attribution.rules import ClickId, Rules
from growth.attribution.sources import name_of_source
from growth.attribution.tags import REFERRALS

CPC = "cpc"
DISPLAY = "display"
REFERRAL = "referral"


class Strength(IntEnum):
    """The rank of a piece of evidence. The strongest evidence has the rank 1."""

    AD = 1
    AFFILIATE = 2
    MAILING = 3  # a mailing system's click id, with a mailbox as the referrer
    KNOWN_REFERRER = 4
    CLICK_ID = 5  # any other click id; it is weak because people share links that have one
    REF = 6
    UNKNOWN_REFERRER = 7


class Proof(NamedTuple):
    """The source and medium that a piece of evidence proves.

    `is_ads` is set if the source's name means ads, such as `google_ads`.
    """

    source: str
    medium: str | None
    is_ads: bool = False


def proofs_of(reading: Reading, rules: Rules) -> list[Proof]:
    """Return the proofs from click ids, referrer, `ref` and `source`, the strongest first."""
    ranked = [
        *_of_click_ids(reading, rules),
        *_of_referrals(reading, rules),
        *_of_referrer(reading),
    ]
    return [proof for _, proof in sorted(ranked, key=lambda each: each[0])]


def proof_of_name(text: str, medium: str | None, rules: Rules) -> Proof:
    """Return the proof of the source that `text` names. If the name means ads, it proves `cpc`."""
    name = name_of_source(text, rules)
    return Proof(name.name, CPC if name.is_ads else medium, name.is_ads)


def _of_click_ids(reading: Reading, rules: Rules) -> Iterator[tuple[Strength, Proof]]:
    for name in reading.campaign:
        if click_id := rules.click_ids.get(name):
            yield _strength_of(click_id, reading), _proof_of(click_id, reading, rules)


def _strength_of(click_id: ClickId, reading: Reading) -> Strength:
    if click_id.ad:
        return Strength.AD
    if click_id.medium == "affiliate":
        return Strength.AFFILIATE
    is_from_mailbox = reading.source is not None and reading.source.kind == "email"
    if click_id.medium == "email" and is_from_mailbox:
        return Strength.MAILING
    return Strength.CLICK_ID


def _proof_of(click_id: ClickId, reading: Reading, rules: Rules) -> Proof:
    """Return the source and medium that a click id proves.

    If `utm_source` or the referrer names a source in `also`, the click id proves this source: a
    `gclid` with a referrer from YouTube proves `youtube`. If both name a source of the click
    id, `utm_source` decides. If the referrer is a source in `frames`, the click id proves a display
    ad.
    """
    source = name_of_source(click_id.source, rules).name
    tagged = name_of_source(reading.campaign.get("utm_source", ""), rules).name
    referrer = reading.source.name if reading.source else ""
    if referrer in click_id.frames:
        return Proof(source, DISPLAY)
    for name in (tagged, referrer):
        if name == source:
            break
        if name in click_id.also:
            return Proof(name, click_id.medium)
    return Proof(source, click_id.medium)


def _of_referrals(reading: Reading, rules: Rules) -> Iterator[tuple[Strength, Proof]]:
    for parameter in REFERRALS:
        if text := reading.campaign.get(parameter):
            known = name_of_source(text, rules).source
            yield Strength.REF, proof_of_name(text, known.medium if known else REFERRAL, rules)


def _of_referrer(reading: Reading) -> Iterator[tuple[Strength, Proof]]:
    if reading.source:
        yield Strength.KNOWN_REFERRER, Proof(reading.source.name, reading.source.medium)
    elif reading.evidence.referrer:
        yield Strength.UNKNOWN_REFERRER, Proof(reading.evidence.referrer, REFERRAL)
