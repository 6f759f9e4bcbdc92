"""EventSender queues items, which a thread sends. With `sync`, each call sends its item itself."""

from __future__ import annotations

import atexit
import logging
import os
import sqlite3
import time
from random import uniform
from threading import Event, Lock, Thread
from typing import Any

import httpx

from growth.client.delivery import FIRST_WAIT, LAST_WAIT, AwayError, deliver, insist
from growth.client.items import made_item
from growth.client.spool import Spool

log = logging.getLogger("growth.client")

MOST_ITEMS = 500
MOST_BYTES = 1024 * 1024
"""Limit of the bytes of all items in a request. The service accepts up to 2 MiB."""

LINGER_SECONDS = 0.1
"""Before a request, the thread waits this long for more items to send in the same request."""

EXIT_SECONDS = 5.0


class EventSender:
    """Sends pageviews and events to `url`. An item that is sent twice counts once.

    `spool` is the path of a file that keeps items until they are sent. If this process ends first,
    the next process that opens the file sends the items. Without a path, items wait in memory. If
    more than `spool_size` items wait, the oldest items are dropped.

    With `sync=True` there is no thread and no spool. A call returns when the service has committed
    the item. The call raises NotTakenError if the service refuses the item, and ConnectionError if
    the item is not committed within `patience_seconds`.

    >>> sender = EventSender("http://127.0.0.1:8000", spool="/var/lib/shop/growth.db")
    >>> sender.event("purchase", user_id="u-42", order_id="o-1", value="9.99", currency="EUR")
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        spool: str | os.PathLike[str] | None = None,
        spool_size: int = 100_000,
        sync: bool = False,
        timeout: float = 10.0,
        patience_seconds: float = 30.0,
    ) -> None:
        self.url = url
        self.token = token
        self.path = None if spool is None else os.path.abspath(spool)
        self.spool_size = spool_size
        self.sync = sync
        self.timeout = timeout
        self.patience_seconds = patience_seconds
        self.starting = Lock()
        self.closing = Event()
        self.process = 0
        if sync:
            self.client = self.make_client()
        else:
            atexit.register(self.close)
            if self.path is not None:
                self.start()  # sends the items that an earlier process left

    def pageview(self, fingerprint: str, url: str, **fields: Any) -> str:
        """Send a pageview, with the fields of `POST /pageviews`; return its id."""
        return self.send("/pageviews", {"fingerprint": fingerprint, "url": url, **fields})

    def event(self, name: str, **fields: Any) -> str:
        """Send an event, with the fields of `POST /events`; return its id."""
        return self.send("/events", {"name": name, **fields})

    def send(self, path: str, item: dict[str, Any]) -> str:
        """Send an item to `path` and return its id.

        Raises the errors that `made_item` raises, and with `sync` the errors that `insist` raises.
        """
        name, body = made_item(item)
        if self.sync:
            insist(self.client, path, body, self.patience_seconds)
        else:
            self.keep(path, body)
        return name

    def keep(self, path: str, body: str) -> None:
        """Put an item into the spool.

        Errors are logged and not raised, because a full disk must not make the backend fail.
        """
        try:
            if self.process != os.getpid():  # the first call in this process
                self.start()
            dropped = self.spool.add(path, body)
        except sqlite3.Error:
            log.exception("an item is lost: the spool cannot be written")
            return
        if dropped:
            log.error("%d items are lost: the spool holds at most %d", dropped, self.spool_size)
        self.waiting.set()

    def start(self) -> None:
        with self.starting:
            if self.process == os.getpid():
                return
            self.client = self.make_client()
            self.spool = Spool(self.path, self.spool_size)
            self.waiting, self.closing = Event(), Event()
            self.waiting.set()
            self.process = os.getpid()
            self.thread = Thread(target=self.run, name="growth-sender", daemon=True)
            self.thread.start()

    def make_client(self) -> httpx.Client:
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=self.timeout)

    def run(self) -> None:
        wait = FIRST_WAIT
        while not self.closing.is_set():
            self.waiting.wait()
            self.closing.wait(LINGER_SECONDS)
            self.waiting.clear()
            try:
                self.send_waiting()
                wait = FIRST_WAIT
            except Exception as ex:  # later items may succeed, so the thread goes on
                seconds = (
                    ex.seconds if isinstance(ex, AwayError) and ex.seconds is not None else wait
                )
                log.warning("sending failed; the next try is in %.1f s: %s", seconds, ex)
                self.spool.tidy()
                self.closing.wait(seconds * uniform(1, 1.25))
                wait = min(2 * wait, LAST_WAIT)
                self.waiting.set()

    def send_waiting(self) -> None:
        """Send all waiting items. Raises AwayError if items have to be sent again."""
        while some := self.spool.oldest(MOST_ITEMS, MOST_BYTES):
            bodies = [each.body for each in some]
            for body, errors in deliver(self.client, some[0].path, bodies):
                log.error("refused: %s: %s", errors, body[:500])
            self.spool.remove(some)
            self.spool.tidy()

    def flush(self, seconds: float = EXIT_SECONDS) -> bool:
        """Wait until all items are sent, but at most `seconds`. Return whether all are sent."""
        until = time.monotonic() + seconds
        while self.process == os.getpid() and len(self.spool):
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def close(self, seconds: float = EXIT_SECONDS) -> None:
        """Wait until all items are sent, but at most `seconds`. Then end the thread.

        Unsent items stay in the file of the spool. If the spool has no file, the items are lost.
        """
        if self.sync:
            self.client.close()
            return
        if self.process == os.getpid() and not self.closing.is_set():
            if not self.flush(seconds) and self.path is None:
                log.error("%d items are lost: the service has not accepted them", len(self.spool))
            self.closing.set()
            self.waiting.set()
            self.thread.join(self.timeout)
            self.spool.close()
            self.client.close()
            atexit.unregister(self.close)

    def __enter__(self) -> EventSender:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
