"""The rules in force: sources, click ids, channels and the site's own hosts."""

from collections.abc import Mapping
from dataclasses import dataclass
from re import Pattern

# Sources of this kind, such as payment pages and log-ins, only send visitors back to the site.
EXCLUDED = "excluded"
# Sources of this kind only sell clicks. All visits from them are paid.
ADS = "ads"


@dataclass(frozen=True, slots=True)
class Source:
    """A known source, such as `google`. Its kind (`search`) decides its medium (`organic`)."""

    name: str
    kind: str
    medium: str


@dataclass(frozen=True, slots=True)
class ClickId:
    """A parameter that a platform adds to its links.

    ad      whether only ads of the platform carry the parameter
    also    other sources whose links carry the parameter, such as `instagram` for `fbclid`; if
            `utm_source` or the referrer names such a source, the parameter proves that source
    frames  sources that prove a display ad if the referrer is one of their hosts, such as
            `google-display` for `gclid`
    """

    platform: str
    source: str
    medium: str
    ad: bool
    also: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """The conditions of a channel. An origin must meet each condition that is not None."""

    channel: str
    kind: str | None = None
    paid: bool | None = None
    source: Pattern[str] | None = None
    medium: Pattern[str] | None = None
    campaign: Pattern[str] | None = None


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules in force. With `eq=False`, it is cheap to use them in the key of a cache.

    The lines with an arrow show entries of a mapping: the key, and the value that it maps to.

    names         `google`, `fb` → source
    ad_names      `adwords` → the source whose ads have this name; keys lack spaces, `_` and `-`
    hosts         `mail.google.com` → source, for the host and the hosts below it
    brands        `google` → source, for google.com, google.de, … (written `google.*`)
    labels        `mastodon` → source, for hosts with that label (written `mastodon.**`)
    label_starts  `acs` → source, for hosts with a label that begins with `acs` (written `acs*.**`)
    tags          `mtm_source`, `utm_source` → `utm_source`
    answers       `code` → ({`state`},): a page with both follows a log-in or payment
    version       a short hash of all rules, the same in every process
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
