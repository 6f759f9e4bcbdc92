"""Runs the app in waitress: opens the database, serves requests, and shuts down cleanly."""

from __future__ import annotations

import errno
import gc
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import waitress

from growth.app import create_app
from growth.database.connecting import connect, require_current
from growth.database.engines import DatabaseError
from growth.database.statements import database
from growth.logs import set_up
from growth.maintenance.distributing import upgrade
from growth.maintenance.purging import DailyPurge
from growth.maintenance.retention import retention
from growth.maintenance.staleness import tell_of_settings
from growth.maintenance.watching import Watch
from growth.recorder import Recorder
from growth.settings import Settings, SettingsError
from growth.wiring import create_ledger

WELCOME = "growth serves {url}; try: curl '{url}/attribution'; for sample data: make seed"

CONNECTIONS = 1_000
"""The most open connections. Further connections wait until one of these closes."""

IDLE_SECONDS = 60
"""A connection that is idle for longer is closed."""

BODY_BYTES = 8 * 1024 * 1024
"""Waitress resets the connection if a body is larger. Our limit is lower, and answers a 413."""

HEADER_BYTES = 64 * 1024
"""The most bytes of the request line and the headers together."""

OPEN_FILES = 2 * CONNECTIONS
"""The most open files. Each connection needs one, and each thread needs some for the database."""

QUIET_SECONDS = 0.2
"""After a signal to stop, the server ends once no request has been running for this long."""

DRAIN_SECONDS = 10
"""After a signal to stop, the server ends at the latest after this long."""

LOOK_SECONDS = 0.05
"""Time between two checks whether requests are running."""

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""The signals that stop the service."""


def serve(settings: Settings, announce: Callable[[str], None], may_migrate: bool = False) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP.

    After a signal, answer the requests under way, commit the waiting facts and return. `announce`
    is called with a line for each applied migration, when the service is up, and when it stops. The
    address is bound before the database is opened. So if it is taken, the database stays unchanged.
    Raises SettingsError if the address cannot be bound. Raises DatabaseError if the database cannot
    be used, or if a newer version of growth migrates it while the service runs.
    """
    set_up(settings.log_level, sys.stdout)
    raise_file_limit()
    keep_to_one_processor(settings.cpu)
    ledger = create_ledger(settings)
    recorder = Recorder(ledger, settings.queue_size)
    drain = Drain(create_app(settings, recorder))
    watch = Watch(recorder)
    server = listen(settings, drain)
    found = connect(settings.database_url, settings.threads, may_migrate)
    for line in upgrade(found) if may_migrate else ():
        announce(line)
    require_current(found)
    tell_of_settings(ledger, settings.retention_days)
    recorder.start()
    if kept := retention(settings.retention_days, settings.lookback_days):
        DailyPurge(ledger, kept, settings.retention_days).start()
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, drain.begin)
    watch.start()
    gc.freeze()  # garbage collections skip the objects made so far
    announce(WELCOME.format(url=settings.url))
    server.run()  # returns when `drain` ends the server
    recorder.close()
    database.end()  # when the last connection closes, SQLite merges the -wal file
    with suppress(OSError):  # after SIGHUP the terminal is gone
        announce(f"growth stopped after {drain.signal.name}")
    if recorder.ending:
        raise DatabaseError(f"the service ends: {recorder.ending.cause}")


class Drain:
    """Wraps the app and counts its running requests.

    After a signal, the server ends when no request is running. Until then, new requests are served,
    because waitress has no documented way to stop accepting connections.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.lock = threading.Lock()
        self.under_way = 0
        self.quiet_since = time.monotonic()
        self.signal = signal.SIGTERM

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        with self.lock:
            self.under_way += 1
        try:
            yield from self.app(environ, start_response)
        finally:
            with self.lock:
                self.under_way -= 1
                self.quiet_since = time.monotonic()

    def begin(self, number: int, frame: object) -> None:
        """Handle a signal: stop once no request is running, and after DRAIN_SECONDS in any case."""
        self.signal = signal.Signals(number)
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)  # a second signal changes nothing
        self.quiet_since = time.monotonic()  # requests sent before the signal may be unread
        ends_at = time.monotonic() + DRAIN_SECONDS
        signal.signal(signal.SIGALRM, lambda *_: self.look(ends_at))
        signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)

    def look(self, ends_at: float) -> None:
        now = time.monotonic()
        is_quiet = not self.under_way and now - self.quiet_since >= QUIET_SECONDS
        if is_quiet or now >= ends_at:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise SystemExit  # ends waitress, which runs in the main thread


def listen(settings: Settings, app: Callable[..., object]) -> Any:
    """A waitress server, bound to the address in the settings.

    A proxy need not limit connections or the size of requests, because this server does.
    """
    try:
        return waitress.create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident="growth",
            backlog=1_024,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=IDLE_SECONDS // 12,
            max_request_body_size=BODY_BYTES + 1,  # waitress also refuses a size equal to its limit
            max_request_header_size=HEADER_BYTES + 1,
            asyncore_use_poll=True,
            trusted_proxy=settings.trusted_proxy or None,
            trusted_proxy_headers={"x-forwarded-for"} if settings.trusted_proxy else set(),
        )
    except (OSError, ValueError) as ex:
        is_taken = isinstance(ex, OSError) and ex.errno == errno.EADDRINUSE
        other = settings.port + 1 if settings.port < 65_535 else 8_001
        hint = f"; set another PORT, as in: make run PORT={other}" if is_taken else ""
        raise SettingsError(
            f"HOST={settings.host!r} PORT={settings.port}: cannot listen there: {ex}{hint}"
        ) from ex


def keep_to_one_processor(cpu: str) -> None:
    """Keep this process on one processor. `cpu` is `auto`, a processor's number, or `off`.

    The threads of one interpreter share a lock, and run one at a time. If the threads are on
    several processors, a hand-over of the lock has to wake another processor. We measured 200
    requests a second on several processors, and 2,000 on one. With `auto`, the process id decides
    which of the allowed processors is used.
    """
    if cpu == "off" or not hasattr(os, "sched_setaffinity"):
        return
    allowed = sorted(os.sched_getaffinity(0))
    chosen = allowed[os.getpid() % len(allowed)] if cpu == "auto" else int(cpu)
    try:
        os.sched_setaffinity(0, {chosen})
    except OSError as ex:
        raise SettingsError(f"GROWTH_CPU={cpu}: the allowed processors are {allowed}: {ex}") from ex


def raise_file_limit() -> None:
    """Raise the limit of open files to OPEN_FILES, if the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # a container may forbid a higher limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
