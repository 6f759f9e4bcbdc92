"""The WSGI app: middleware, error handlers, and the table of routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import falcon
import falcon.media
import orjson

from growth.attribution.facts import SECOND
from growth.database.faults import DRIVER, failing
from growth.http import errors
from growth.http.access_log import AccessLog
from growth.http.auth import ERASE, READ, WRITE, Authentication
from growth.http.context import Request
from growth.http.cors import Cors
from growth.http.metering import Metering
from growth.maintenance.erasure import erase
from growth.maintenance.retention import retention
from growth.maintenance.staleness import is_due
from growth.query.query import PARAMETERS
from growth.recorder import BusyError, Recorder
from growth.rejects.keeper import RejectKeeper
from growth.resources.attribution import Attribution
from growth.resources.dashboard import Asset, Dashboard
from growth.resources.erasures import Erasures
from growth.resources.facts import Facts
from growth.resources.google_ads import GoogleAds
from growth.resources.healthz import Healthz
from growth.resources.meta import Meta
from growth.resources.metrics import Metrics
from growth.resources.platform import Inbox
from growth.resources.reference import Docs, OpenApi
from growth.resources.segment import Segment
from growth.resources.tracker import Tracker
from growth.schemas.costs import CostSchema, load_cost
from growth.schemas.facts import EventSchema, PageviewSchema, load_event, load_pageview
from growth.schemas.times import now_us
from growth.settings import Settings

Clock = Callable[[], int]
"""Returns the time in microseconds since 1970 UTC."""

KNOWN_NAMES = frozenset(
    chain(PARAMETERS, *(kind().fields for kind in (PageviewSchema, EventSchema, CostSchema)))
)
"""The names of query parameters and of fields of facts.

Log lines about refused requests show these names, and hide all other names that a client sent.
"""


class Route(NamedTuple):
    """A path, the Falcon resource that answers there, and its purpose in one sentence."""

    path: str
    resource: object
    purpose: str

    @property
    def methods(self) -> list[str]:
        return [each for each in ("GET", "POST") if hasattr(self.resource, f"on_{each.lower()}")]


def create_app(
    settings: Settings, recorder: Recorder, clock: Clock = now_us
) -> falcon.App[Request, falcon.Response]:
    """Create the WSGI app.

    The caller opens and migrates the database, and starts and closes `recorder`.
    """
    app = falcon.App(request_type=Request, middleware=middleware(settings, recorder, clock))
    app.req_options.strip_url_path_trailing_slash = True
    app.req_options.keep_blank_qs_values = True
    app.resp_options.media_handlers[falcon.MEDIA_JSON] = falcon.media.JSONHandler(
        dumps=orjson.dumps
    )
    app.set_error_serializer(errors.serialize)
    app.add_error_handler(Exception, errors.on_failure)
    for kind in (BusyError, *DRIVER):
        app.add_error_handler(kind, on_fault)
    for route in routes(settings, recorder, clock):
        app.add_route(route.path, route.resource)
    return app


def on_fault(req: Request, resp: falcon.Response, ex: Exception, params: Any) -> None:
    """Answer 503 with the reason if the recorder or the database cannot serve requests now."""
    fault = ex.fault if isinstance(ex, BusyError) else failing(ex)
    if fault is None:
        errors.on_failure(req, resp, ex, params)
        return
    req.context.fault = fault.reason, fault.cause
    raise errors.unavailable(fault.reason, fault.detail, fault.may_pass) from ex


def middleware(settings: Settings, recorder: Recorder, clock: Clock) -> list[Any]:
    """All middleware, in the order for requests. Responses pass the middleware in reverse."""
    authentication = Authentication(
        {READ: settings.read_tokens, WRITE: settings.write_tokens, ERASE: settings.admin_tokens},
        settings.webhook_secrets,
        lambda: clock() // SECOND,
    )
    found: list[Any] = [
        Metering(),
        AccessLog(KNOWN_NAMES),
        Cors(settings.tracker_origins),
        authentication,
    ]
    if settings.rejects_days:
        found.append(RejectKeeper(recorder.record, clock, settings.rejects_days, settings.secrets))
    return found


def routes(settings: Settings, recorder: Recorder, clock: Clock) -> list[Route]:
    """All routes of the service."""
    kept = retention(settings.retention_days, settings.lookback_days)
    pageviews = Facts(recorder, load_pageview, clock, kept.pageviews if kept else None)
    events = Facts(recorder, load_event, clock, kept.events if kept else None)
    costs = Facts(recorder, load_cost, clock)
    ledger = recorder.ledger
    erasures = Erasures(partial(erase, ledger), bool(settings.admin_tokens))
    stale = partial(is_due, ledger)
    attribution = Attribution(settings, ledger.rules, clock, stale)
    inbox = Inbox(recorder, {"pageview": pageviews.load, "event": events.load}, clock)
    google_ads = GoogleAds(inbox, settings.google_ads_key)
    meta = Meta(inbox, settings.meta_app_secret, settings.meta_verify_token)
    segment = Segment(inbox, settings.segment_write_keys, settings.consent_categories)
    found = [
        Route("/", Dashboard(settings.conversions), "The dashboard."),
        Route("/assets/{name}", Asset(), "The scripts, style and icon of the dashboard."),
        Route("/pageviews", pageviews, "Store pageviews."),
        Route("/events", events, "Store events: signups, purchases, anything."),
        Route("/costs", costs, "Store costs: what was spent on a campaign on a day."),
        Route("/webhooks/google-ads", google_ads, "Receive leads from Google Ads lead forms."),
        Route("/webhooks/meta", meta, "Receive leads from Meta's lead ads; GET confirms the URL."),
        Route("/webhooks/segment", segment, "Receive messages from Segment or RudderStack."),
        Route(
            "/webhooks/segment/{path:path}",
            segment,
            "Receive messages at the paths that Segment libraries append.",
        ),
        Route("/growth.js", Tracker(settings.tracker_origins), "The tracker for your pages."),
        Route("/erasures", erasures, "Erase persons. A request needs an admin token."),
        Route("/attribution", attribution, "Ask where users and money came from."),
        Route("/healthz", Healthz(recorder, clock, stale), "Say whether the service works."),
        Route("/metrics", Metrics(recorder, stale), "Metrics for Prometheus."),
    ]
    described = OpenApi((each.path, each.methods, each.purpose) for each in found)
    docs = Docs()
    return [
        *found,
        Route("/openapi.json", described, "The reference of the API, in OpenAPI 3.1."),
        Route("/docs", docs, "A page to read the reference of the API and to try requests."),
        Route("/docs/{name}", docs, "The script and style of the reference."),
    ]
