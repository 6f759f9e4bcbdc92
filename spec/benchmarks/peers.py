"""The servers that growth is compared with. Both run waitress with the settings of growth.

    python spec/benchmarks/peers.py empty|alone

`empty` is a Falcon app that does nothing. `alone` is growth with one transaction per request.
"""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import falcon
from live import environ_for
from measuring import SERVED
from patience import wait_until

from growth.app import create_app
from growth.database.connecting import connect
from growth.ledger.ledger import Ledger
from growth.server import keep_to_one_processor, listen, raise_file_limit
from growth.settings import load_settings
from growth.wiring import create_ledger


class Nothing:
    """A resource that reads the body of a request, does nothing with it, and answers."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {"status": "ok"}

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        req.bounded_stream.read()
        resp.media = {"stored": 1, "duplicates": 0, "rejected": []}


class Alone:
    """A recorder without a queue. It gives each request a transaction, one after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self.store = ledger
        self.lock = threading.Lock()

    def record(self, facts: Any) -> Any:
        with self.lock:
            return self.store.apply(facts)


def app_of(kind: str, settings: Any) -> Any:
    if kind == "alone":
        alone: Any = Alone(create_ledger(settings))
        return create_app(settings, alone)
    app = falcon.App()
    app.add_route("/pageviews", Nothing())
    return app


def main(kind: str) -> None:
    settings = load_settings()
    raise_file_limit()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    keep_to_one_processor(settings.cpu)
    connect(settings.database_url, settings.threads)
    listen(settings, app_of(kind, settings)).run()


@contextmanager
def peer(kind: str, folder: Path) -> Iterator[str]:
    """The URL of such a server, `empty` or `alone`, with a new database in `folder`."""
    place = folder / kind
    place.mkdir()
    environ = environ_for(place, GROWTH_CPU=str(SERVED))
    port = int(environ["PORT"])
    with subprocess.Popen([sys.executable, __file__, kind], env=environ) as process:
        try:
            wait_until(lambda: answers(port), 30, f"{kind} does not answer")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


if __name__ == "__main__":
    main(sys.argv[1])
