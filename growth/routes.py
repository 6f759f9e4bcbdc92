"""The one table of URI and resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from growth.maintenance.retention import retention
from growth.platforms.inbox import Inbox
from growth.recorder import Recorder
from growth.resources.attribution import Attribution
from growth.resources.facts import Facts
from growth.resources.google_ads import GoogleAds
from growth.resources.healthz import Healthz
from growth.resources.meta import Meta
from growth.resources.segment import Segment
from growth.resources.tracker import Tracker
from growth.schemas.costs import load_cost
from growth.schemas.facts import load_event, load_pageview
from growth.settings import Settings

Clock = Callable[[], int]


def routes(settings: Settings, recorder: Recorder, clock: Clock) -> list[tuple[str, object]]:
    """Every path that the service answers, and what answers it."""
    kept = retention(settings.retention_days, settings.lookback_days)
    pageviews = Facts(recorder, load_pageview, clock, kept.pageviews if kept else None)
    events = Facts(recorder, load_event, clock, kept.events if kept else None)
    inbox = Inbox(recorder, {"pageview": pageviews.load, "event": events.load}, clock)
    segment = Segment(inbox, settings.segment_write_keys, settings.consent_categories)
    return [
        ("/pageviews", pageviews),
        ("/events", events),
        ("/costs", Facts(recorder, load_cost, clock)),
        ("/webhooks/google-ads", GoogleAds(inbox, settings.google_ads_key)),
        ("/webhooks/meta", Meta(inbox, settings.meta_app_secret, settings.meta_verify_token)),
        ("/webhooks/segment", segment),
        ("/webhooks/segment/{path:path}", segment),
        ("/growth.js", Tracker(settings.tracker_origins)),
        ("/attribution", Attribution(settings, clock)),
        ("/healthz", Healthz(recorder)),
    ]


def listed(table: list[tuple[str, object]]) -> Iterator[str]:
    """The table as `growth routes` prints it: method, path, and what the resource is for."""
    for path, resource in table:
        for method in ("GET", "POST"):
            if hasattr(resource, f"on_{method.lower()}"):
                told = (type(resource).__doc__ or "").splitlines()[0]
                yield f"{method:<5} {path:<30} {told}"
