"""GET /openapi.json, and GET /docs, which shows this document in Swagger UI."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property

import falcon
import orjson
from swagger_ui_bundle import swagger_ui_path

from growth.http.context import Request
from growth.reference.document import Described, openapi_of
from growth.resources.dashboard import POLICY, TYPES, Page, load_page, page_of

FILES = ("swagger-ui-bundle.js", "swagger-ui.css")

OWN_POLICY = POLICY.replace("img-src 'self'", "img-src 'self' data:")
"""Also allows images in data URLs, because the style of Swagger UI has such icons.

https://github.com/swagger-api/swagger-ui/issues/7540
"""


class OpenApi:
    """The reference of the API for programs. It has no stored data, so it needs no token."""

    guards_itself = True

    def __init__(self, routes: Iterable[Described]) -> None:
        self.routes = list(routes)

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self.page.send(req, resp)

    on_head = on_get

    @cached_property
    def page(self) -> Page:
        return page_of(falcon.MEDIA_JSON, orjson.dumps(openapi_of(self.routes)))


class Docs:
    """The page /docs, which shows the reference in Swagger UI, and the files of Swagger UI."""

    guards_itself = True

    def on_get(self, req: Request, resp: falcon.Response, name: str = "") -> None:
        if name not in ("", *FILES):
            raise falcon.HTTPNotFound
        (swagger_file(name) if name else load_page("docs.html")).send(req, resp)
        resp.set_header("Content-Security-Policy", OWN_POLICY)

    on_head = on_get


@cache
def swagger_file(name: str) -> Page:
    return page_of(TYPES[name.rpartition(".")[2]], (swagger_ui_path / name).read_bytes())
