"""GET /growth.js."""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files

import falcon

from growth.http.caching import takes_gzip
from growth.http.context import Request
from growth.http.errors import switched_off

COMMENT = "//"
CLICK_IDS = "CLICK_IDS"
"""A word in the script. It is replaced by the names of the known click ids."""


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
        # With this header, a script tag may have `crossorigin` and `integrity`.
        resp.set_header("Access-Control-Allow-Origin", "*")
        resp.set_header("X-Content-Type-Options", "nosniff")
        resp.append_header("Vary", "Accept-Encoding")
        resp.data = script()
        if takes_gzip(req):
            resp.set_header("Content-Encoding", "gzip")
            resp.data = packed()

    on_head = on_get


@cache
def script() -> bytes:
    """The script as it is served, without comments and indentation."""
    text = (files("growth.pages") / "growth.js").read_text("utf-8")
    known = tomllib.loads((files("growth.config") / "click_ids.toml").read_text("utf-8"))
    lines = (line.strip() for line in text.replace(CLICK_IDS, "|".join(known)).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(COMMENT)).encode()


@cache
def packed() -> bytes:
    """The script, compressed."""
    return gzip.compress(script(), mtime=0)
