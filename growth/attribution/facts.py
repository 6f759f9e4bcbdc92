"""The facts that attribution is a function of, and the order they stand in.

Times are integers: microseconds since 1970-01-01 UTC. What somebody did never changes once stored;
a cost may be restated.
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Pageview:
    """One page seen by a visitor. `digest` names the fact: 32 hex digits over its content."""

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
    """A named thing that a visitor or a user did, with a fingerprint, a user_id, or both.

    `value` counts minor units of `currency`, or millionths when there is no currency.
    `order_id` names what a purchase or a refund is about. `data` is the sender's own object as
    JSON text.
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
        """Whom the fact is filed under: its visitor, else its user."""
        if self.fingerprint is not None:
            return visitor(self.fingerprint)
        assert self.user_id is not None  # the schema asks for one of the two
        return user(self.user_id)


@dataclass(frozen=True, slots=True)
class Cost:
    """What was spent on a source, medium and campaign on a day, in minor units of `currency`.

    `day` counts days since 1970-01-01; absent names are ''. Told again, it replaces the earlier.
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
    """A moment when a visitor was known to be a user: a fact that carries both."""

    created_at: int
    user_id: str


Deed = Pageview | Event
"""What somebody did: the facts that attribution follows from."""

Fact = Deed | Cost


def user(user_id: str) -> str:
    """The owner key of a user, `u:…`."""
    return f"u:{user_id}"


def visitor(fingerprint: str) -> str:
    """The owner key of a visitor whom nobody claimed, `v:…`."""
    return f"v:{fingerprint}"


LEADS = ("google_ads", "meta")
"""The platforms whose leads are visitors, `platform:lead_id`."""


def is_lead(fingerprint: str) -> bool:
    """Whether a visitor is a lead of a platform."""
    return fingerprint.startswith(tuple(f"{platform}:" for platform in LEADS))


def unclaimed(fingerprint: str) -> str:
    """The owner key of a visitor whom nobody claimed; a lead is a user by the platform's name."""
    return user(fingerprint) if is_lead(fingerprint) else visitor(fingerprint)


def owner_key(fingerprint: str, user_id: str | None) -> str:
    """The owner key of what a visitor did: that of the user it belongs to, else its own."""
    return visitor(fingerprint) if user_id is None else user(user_id)


def user_of(key: str) -> str | None:
    """The user_id that an owner key or a subject names, or None."""
    return key[2:] if key.startswith("u:") else None


def fingerprint_of(key: str) -> str | None:
    """The fingerprint that an owner key or a subject names, or None."""
    return key[2:] if key.startswith("v:") else None
