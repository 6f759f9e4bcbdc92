"""Normalises filter values as stored values are: in the same case, with the same names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from marshmallow import ValidationError

from growth.attribution.channels import UNASSIGNED
from growth.attribution.origin import DIRECT, Origin, origin_of_tags
from growth.attribution.rules import Rules
from growth.attribution.urls import normalise_host, split_url
from growth.schemas.codes import country_aliases

UNATTRIBUTED = "Unattributed"
"""The channel of conversions without any visit."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A suggestion as the end of a sentence; empty if no allowed word is similar."""
    words = {each.lower(): each for each in allowed}
    found = get_close_matches(word.lower(), words, n=1, cutoff=0.7)
    return f"; did you mean {words[found[0]]}?" if found else ""


def not_one_of(word: str, allowed: Iterable[str]) -> ValidationError:
    allowed = list(allowed)
    message = f"'{word}' is not one of: {', '.join(each or 'nothing' for each in allowed)}"
    return ValidationError(message + (nearest(word, filter(None, allowed)) or "."))


def channel(text: str, rules: Rules) -> str:
    """The name of a channel, given in any case. Raises ValidationError for an unknown channel."""
    names = [*dict.fromkeys(rule.channel for rule in rules.channels), UNASSIGNED, UNATTRIBUTED]
    known = {name.lower(): name for name in names}
    if text.strip().lower() not in known:
        raise not_one_of(text, names)
    return known[text.strip().lower()]


def source(text: str, rules: Rules) -> str:
    """The name under which a source is stored.

    Raises ValidationError for a name that says ads, such as `google_ads`: visits with this name are
    stored as paid visits of `google`.
    """
    text = text.strip().lower()
    found = origin_named(text, rules)
    if found.source is None or (found.source == DIRECT and text != DIRECT):
        return text
    if found.paid and not origin_named(found.source, rules).paid:
        params = f"source={found.source}&paid=true"
        raise ValidationError(f"'{text}' are the ads of {found.source}; ask for {params}.")
    return found.source


def origin_named(name: str, rules: Rules) -> Origin:
    return origin_of_tags({"utm_source": name}, rules)


def host(text: str, rules: Rules) -> str:
    text = text.strip()
    return (split_url(text)[1] if "://" in text else normalise_host(text)) or text.lower()


def referrer(text: str, rules: Rules) -> str:
    return host(text, rules).removeprefix("www.")


def country(text: str, rules: Rules) -> str:
    code = text.strip().upper()
    return country_aliases().get(code, code)


READ: Mapping[str, Callable[[str, Rules], str]] = {
    "channel": channel,
    "source": source,
    "medium": lambda text, rules: text.strip().lower(),
    "host": host,
    "referrer": referrer,
    "country": country,
}
"""How to normalise values, by dimension. Values of other dimensions stay as given."""
