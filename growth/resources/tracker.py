"""GET /growth.js."""

from __future__ import annotations

from collections.abc import Collection

import falcon

from growth.http.caching import takes_gzip
from growth.http.context import Request
from growth.http.errors import switched_off
from growth.pages import packed, script


class Tracker:
    """Serves the tracker: the script with which pages send pageviews and events."""

    guards_itself = True

    def __init__(self, origins: Collection[str]) -> None:
        self.origins = origins

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        if not self.origins:
            raise switched_off("GROWTH_TRACKER_ORIGINS")
        resp.content_type = "text/javascript; charset=utf-8"
        resp.cache_control = ["public", "max-age=3600"]
        resp.set_header("Access-Control-Allow-Origin", "*")  # for `crossorigin` and `integrity`
        resp.set_header("X-Content-Type-Options", "nosniff")
        resp.append_header("Vary", "Accept-Encoding")
        resp.data = script()
        if takes_gzip(req):
            resp.set_header("Content-Encoding", "gzip")
            resp.data = packed()

    on_head = on_get
