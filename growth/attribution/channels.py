"""Finds the channel that an origin belongs to."""

from functools import lru_cache
from re import Pattern

from growth.attribution.rules import ChannelRule, Rules

UNASSIGNED = "Unassigned"


@lru_cache(maxsize=4096)  # many visits share a campaign
def channel_of(
    source: str | None,
    medium: str | None,
    campaign: str | None,
    *,
    kind: str | None,
    paid: bool,
    rules: Rules,
) -> str:
    """The channel of the first rule that matches; `Unassigned` if none does."""
    for rule in rules.channels:
        if _holds(rule, source, medium, campaign, kind, paid):
            return rule.channel
    return UNASSIGNED


def _holds(
    rule: ChannelRule,
    source: str | None,
    medium: str | None,
    campaign: str | None,
    kind: str | None,
    paid: bool,
) -> bool:
    # Every write runs this for many rules, so the cheap conditions come first.
    return (
        (rule.kind is None or rule.kind == kind)
        and (rule.paid is None or rule.paid == paid)
        and _matches(rule.medium, medium)
        and _matches(rule.source, source)
        and _matches(rule.campaign, campaign)
    )


def _matches(pattern: Pattern[str] | None, value: str | None) -> bool:
    return pattern is None or pattern.fullmatch(value or "") is not None
