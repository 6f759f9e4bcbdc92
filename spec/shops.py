"""A site of a shop, with the tracker of the service in its pages, for specs in a browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from live import DIRECT, Server
from patience import wait_until

PATIENCE_SECONDS = 10

PAGE = """<!doctype html><title>shop</title>
<script>
window.growth = window.growth || function () { (growth.q = growth.q || []).push(arguments) }
</script>
<script>%s</script>
<script async src="%s/growth.js" %s></script>
<a id="plans" href="/plans">Plans</a> <a id="part" href="#part">Part</a>
<button id="signup" onclick="growth('signup', {user_id: 'u-42'}); location = '/'">Sign up</button>
"""


class Site:
    """The pages of a shop, with the tag that loads the tracker.

    `inline` is a script before the tag, and `attributes` are attributes of the tag.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.growth = ""
        self.inline = ""
        self.attributes = ""

    def url(self, path: str = "/", host: str = "www.shop.localhost") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self) -> bytes:
        return (PAGE % (self.inline, self.growth, self.attributes)).encode()


@contextmanager
def site_at(site: Site) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.page()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", site.port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


class Shop:
    """The site and its service, with methods to query the service."""

    def __init__(self, site: Site, server: Server) -> None:
        self.site = site
        self.server = server

    def ask(self, **params: str) -> list[dict[str, Any]]:
        with DIRECT.open(f"{self.server.url}/attribution?{urlencode(params)}") as response:
            found: list[dict[str, Any]] = json.load(response)["results"]
        return found

    def ask_until(self, is_so: Callable[[list[dict[str, Any]]], Any], **params: str) -> Any:
        """The results of a query as soon as `is_so` holds. Beacons are sent with some delay."""
        found: Any = None

        def is_told() -> Any:
            nonlocal found
            found = self.ask(**params)
            return is_so(found)

        wait_until(is_told, PATIENCE_SECONDS)
        return found

    def pageviews(self, number: int) -> list[dict[str, Any]]:
        """All persons, as soon as they have at least `number` pageviews in all."""
        return self.ask_until(
            lambda people: sum(each["pageviews"] for each in people) >= number, by="user"
        )

    def customer(self, user_id: str, pageviews: int) -> dict[str, Any]:
        """The user, once all pageviews and a conversion arrived. Beacons arrive in any order."""
        [person] = self.ask_until(
            lambda people: (
                people and people[0]["conversions"] and people[0]["pageviews"] >= pageviews
            ),
            user_id=user_id,
        )
        return person
