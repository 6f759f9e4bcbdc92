"""create_app(settings): wires the service and returns its WSGI app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import falcon
import falcon.media
import orjson

from growth.attribution.facts import SECOND
from growth.database.statements import database
from growth.http import errors
from growth.http.auth import Authentication
from growth.http.cors import Pages
from growth.ledger.ledger import now_us
from growth.logs import RequestLog
from growth.recorder import Recorder
from growth.rejects.keeper import RejectKeeper
from growth.routes import routes
from growth.settings import Settings


class Connection:
    """Middleware that lets go of what a request needed of the database."""

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        database.release()


def create_app(
    settings: Settings, recorder: Recorder, clock: Callable[[], int] = now_us
) -> falcon.App[falcon.Request, falcon.Response]:
    """The WSGI app. The database is connected and migrated; `recorder` stays the caller's."""
    authentication = Authentication(
        settings.write_tokens,
        settings.read_tokens,
        settings.webhook_secrets,
        lambda: clock() // SECOND,
    )
    pages = Pages(settings.tracker_origins)
    middleware: list[Any] = [RequestLog(), pages, authentication, Connection()]
    if settings.rejects_days:
        keeper = RejectKeeper(recorder.record, clock, settings.rejects_days, settings.secrets)
        middleware.append(keeper)
    app = falcon.App(middleware=middleware)
    app.req_options.strip_url_path_trailing_slash = True
    app.req_options.keep_blank_qs_values = True
    app.resp_options.media_handlers[falcon.MEDIA_JSON] = falcon.media.JSONHandler(
        dumps=orjson.dumps
    )
    errors.install(app)
    for uri, resource in routes(settings, recorder, clock):
        app.add_route(uri, resource)
    return app
