"""The facts from which attribution is computed: pageviews, events and costs.

Times are integers: microseconds since 1970-01-01 UTC. A stored pageview or event never changes. A
cost can be replaced. An owner key identifies a person. `u:…` is a user. `v:…` is a visitor whose
visits belong to no user.
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

BEGINNING, END = -(2**62), 2**62
"""A time before all facts, and a time after all facts."""


@dataclass(frozen=True, slots=True)
class Pageview:
    """One page seen by a visitor. `digest` is a hash of the content, in 32 hex digits."""

    fingerprint: str
    created_at: int
    digest: str
    url: str
    referrer_url: str | None = None
    user_id: str | None = None
    fact_id: str | None = None
    country: str | None = None
    user_agent: str | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An action of a visitor or user. It has a fingerprint, a user_id, or both.

    `value` is in minor units of `currency`. If `currency` is None, `value` is in millionths.
    `order_id` identifies the order of a purchase or refund. `data` is any JSON object of the
    sender, as text.
    """

    name: str
    created_at: int
    digest: str
    fingerprint: str | None = None
    user_id: str | None = None
    fact_id: str | None = None
    value: int | None = None
    currency: str | None = None
    category: str | None = None
    session_id: str | None = None
    order_id: str | None = None
    country: str | None = None
    data: str | None = None

    @property
    def subject(self) -> str:
        """The key of the event's visitor. Without a fingerprint, the key of its user."""
        if self.fingerprint is not None:
            return visitor(self.fingerprint)
        assert self.user_id is not None  # the schema requires a fingerprint or a user_id
        return user(self.user_id)


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a source, medium and campaign on a day, in minor units of `currency`.

    `day` is in days since 1970-01-01. A missing medium, campaign or content is ''. A cost replaces
    an earlier cost with the same day, source, medium, campaign and content.
    """

    day: int
    source: str
    medium: str
    campaign: str
    content: str
    amount: int
    currency: str
    clicks: int | None = None
    impressions: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """Says that a visitor belongs to a user, because a fact at `created_at` has the ids of both."""

    created_at: int
    user_id: str


Deed = Pageview | Event
"""A fact about a visitor or user."""

Fact = Deed | Cost


def user(user_id: str) -> str:
    """The owner key of a user, `u:…`."""
    return f"u:{user_id}"


def visitor(fingerprint: str) -> str:
    """The key of a visitor, `v:…`."""
    return f"v:{fingerprint}"


LEADS = ("google_ads", "meta")
"""The platforms that send leads. A lead is a visitor with the fingerprint `platform:lead_id`."""


def is_lead(fingerprint: str) -> bool:
    """Whether a visitor is a lead of a platform."""
    return fingerprint.startswith(tuple(f"{platform}:" for platform in LEADS))


def unclaimed(fingerprint: str) -> str:
    """The owner key of an unclaimed visitor. The key of a lead is like a user's: `u:meta:4711`."""
    return user(fingerprint) if is_lead(fingerprint) else visitor(fingerprint)


def owner_key(fingerprint: str, user_id: str | None) -> str:
    """The owner key of the user. If `user_id` is None, the owner key of the visitor."""
    return visitor(fingerprint) if user_id is None else user(user_id)


def user_of(key: str) -> str | None:
    """The user_id in an owner key or a subject. None if the key is a visitor's."""
    return key[2:] if key.startswith("u:") else None


def fingerprint_of(key: str) -> str | None:
    """The fingerprint in an owner key or a subject. None if the key is a user's."""
    return key[2:] if key.startswith("v:") else None
