"""GET / and GET /assets/{name}: the dashboard. Its numbers come from GET /attribution."""

from __future__ import annotations

import gzip
from collections.abc import Collection
from functools import cache
from hashlib import blake2b
from html import escape
from importlib.resources import files
from typing import NamedTuple

import falcon

from growth.http.caching import PACKED, is_known, takes_gzip
from growth.http.context import Request

TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
NOT_OURS = ("dashboard.html", "docs.html", "growth.js")
"""Files in growth/pages that are not served under /assets/, but at paths of their own."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""With these headers, the page loads and runs only files of this service. Browsers do not send the
URL of the page as a referrer, because the URL may name people."""


class Page(NamedTuple):
    """A file to serve: its content type, its bytes, the same bytes compressed, and its ETag."""

    content_type: str
    plain: bytes
    packed: bytes
    tag: str

    def send(self, req: Request, resp: falcon.Response) -> None:
        resp.set_headers(HEADERS)
        if is_known(req, resp, self.tag):
            return
        is_packed = takes_gzip(req)
        resp.content_type = self.content_type
        resp.data = self.packed if is_packed else self.plain
        resp.etag = self.tag + PACKED if is_packed else self.tag
        if is_packed:
            resp.set_header("Content-Encoding", "gzip")


@cache
def load_page(name: str, **values: str) -> Page:
    """A file of growth/pages. In its text, each name in `values` is replaced by its value."""
    text = (files("growth.pages") / name).read_text("utf-8")
    for word, value in values.items():
        text = text.replace(word, escape(value))
    return page_of(TYPES[name.rpartition(".")[2]], text.encode())


def page_of(content_type: str, plain: bytes) -> Page:
    tag = blake2b(plain, digest_size=12).hexdigest()
    return Page(content_type, plain, gzip.compress(plain, mtime=0), tag)


class Dashboard:
    """The page of the dashboard. Its only data are names of conversions, so it needs no token."""

    guards_itself = True

    def __init__(self, conversions: Collection[str]) -> None:
        self.page = load_page("dashboard.html", CONVERSIONS=",".join(conversions))

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self.page.send(req, resp)

    on_head = on_get


class Asset:
    """The scripts, the style and the icon of the dashboard."""

    guards_itself = True

    def __init__(self) -> None:
        names = [each.name for each in files("growth.pages").iterdir()]
        self.pages = {
            name: load_page(name)
            for name in names
            if name.rpartition(".")[2] in TYPES and name not in NOT_OURS
        }

    def on_get(self, req: Request, resp: falcon.Response, name: str) -> None:
        if name not in self.pages:
            raise falcon.HTTPNotFound
        self.pages[name].send(req, resp)

    on_head = on_get
