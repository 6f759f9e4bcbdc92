"""Everything the classifier knows: sources, click ids, channels and the site's own hosts."""

from collections.abc import Mapping
from dataclasses import dataclass
from re import Pattern

# The kind of a host that passes visitors on without having sent them: payment, single sign-on.
EXCLUDED = "excluded"
# The kind of a source that only sells clicks. Whatever comes from it is paid.
ADS = "ads"


@dataclass(frozen=True, slots=True)
class Source:
    """A known source: `google`, of the kind `search`, which brings the medium `organic`."""

    name: str
    kind: str
    medium: str


@dataclass(frozen=True, slots=True)
class ClickId:
    """A parameter that a platform adds to the links it shows.

    `ad` says that only the platform's ads carry it. `also` names other sources that carry the
    same parameter (`fbclid` is on Instagram's links too): evidence that names one of them refines
    the click id rather than contradicting it. `frames` names sources whose referrers prove that
    the ad was a display one (`gclid` from doubleclick.net).
    """

    platform: str
    source: str
    medium: str
    ad: bool
    also: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """What an origin must have to be in the channel: everything that is not None."""

    channel: str
    kind: str | None = None
    paid: bool | None = None
    source: Pattern[str] | None = None
    medium: Pattern[str] | None = None
    campaign: Pattern[str] | None = None


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules in force. `eq=False`: they hash by identity, which makes them cheap cache keys.

    names         `google`, `fb` → source
    ad_names      `adwords` → source whose ads it says, without spaces, `_` and `-`
    hosts         `mail.google.com` → source, for the host and what is under it
    brands        `google` → source, for `google` under .com and countries (written `google.*`)
    labels        `mastodon` → source, for hosts with that label (written `mastodon.**`)
    label_starts  `acs` → source, for hosts with a label that begins so (written `acs*.**`)
    tags          `mtm_source`, `utm_source` → `utm_source`
    answers       `code` → other parameters that with it answer a log-in or a payment: {`state`}
    version       a short hash of all of it, the same in every process
    """

    version: str
    names: Mapping[str, Source]
    ad_names: Mapping[str, Source]
    hosts: Mapping[str, Source]
    brands: Mapping[str, Source]
    labels: Mapping[str, Source]
    label_starts: Mapping[str, Source]
    click_ids: Mapping[str, ClickId]
    tags: Mapping[str, str]
    answers: Mapping[str, tuple[frozenset[str], ...]]
    channels: tuple[ChannelRule, ...]
    paid_medium: Pattern[str]
    site_hosts: frozenset[str]
    return_paths: frozenset[str]
    return_starts: tuple[str, ...]
