"""The filters of GET /attribution.

A filter such as `source` keeps the rows that have one of its values. `source!` leaves them out.
Values of some filters are normalised like stored values. So `source=Facebook.com` finds visits from
`facebook`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError

from growth.attribution.channels import UNASSIGNED
from growth.attribution.origin import DIRECT, Origin, origin_of_tags
from growth.attribution.rules import Rules
from growth.attribution.urls import normalise_host, split_url
from growth.query.parameters import Ids, OneOf, Values, not_one_of
from growth.query.words import ALL_DIMENSIONS, LEFT_OUT, PERSON, without_sign
from growth.schemas.codes import country_aliases

UNATTRIBUTED = "Unattributed"
"""The channel of unattributed conversions."""

PAID = {"true": True, "false": False, "": None}
FILTERS: dict[str, Any] = {
    **{name: Values() for name in ALL_DIMENSIONS},
    "paid": OneOf(PAID),
    **{name: Ids() for name in (*PERSON, "session_id", "id", "order_id")},
    "status": OneOf({"open": "open", "completed": "completed"}),
    **{name: Values() for name in LEFT_OUT},
    "paid!": OneOf(PAID),
}


def channel(text: str, rules: Rules) -> str:
    """The name of a channel as it is stored. `text` may be in upper or lower case.

    Raises ValidationError for an unknown channel.
    """
    names = [*dict.fromkeys(rule.channel for rule in rules.channels), UNASSIGNED, UNATTRIBUTED]
    known = {name.lower(): name for name in names}
    if text.strip().lower() not in known:
        raise not_one_of(text, names)
    return known[text.strip().lower()]


def source(text: str, rules: Rules) -> str:
    """The name under which a source is stored.

    Raises ValidationError for a name that stands for a source's ads, such as `google_ads`. Visits
    tagged with this name are stored as paid visits from `google`.
    """
    text = text.strip().lower()
    found = origin_named(text, rules)
    if found.source is None or (found.source == DIRECT and text != DIRECT):
        return text
    if found.paid and not origin_named(found.source, rules).paid:
        params = f"source={found.source}&paid=true"
        raise ValidationError(
            f"Visits from '{text}' count as paid visits from {found.source}; ask for {params}."
        )
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
"""For each dimension, the function that normalises its values.

Values of other dimensions are not changed.
"""


def read_values(valid: dict[str, Any], rules: Rules) -> None:
    """Normalise the values of the filters in `valid`.

    Raises ValidationError for an unknown channel and for the name of a source's ads.
    """
    errors = {}
    for name in [name for name in FILTERS if name in valid and without_sign(name) in READ]:
        read = READ[without_sign(name)]
        try:
            found = [each and read(each, rules) for each in valid[name]]
            valid[name] = tuple(dict.fromkeys(found))
        except ValidationError as ex:
            errors[name] = ex.messages
    if errors:
        raise ValidationError(errors)
