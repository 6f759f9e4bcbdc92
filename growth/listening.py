"""waitress as we use it: where it listens, its limits, and a clean end."""

from __future__ import annotations

import resource
import time
from typing import Any

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from growth.channel import MAX_HEADERS, Channel
from growth.dispatcher import Dispatcher
from growth.loop import Loop
from growth.media import MAX_BODY
from growth.settings import Settings, SettingsError

DRAIN_SECONDS = 10
"""How long requests that have begun may take to end once the service is told to stop."""

CONNECTIONS = 2_000
"""Connections that may be open; those past them wait to be accepted."""

IDLE_SECONDS = 60
"""How long a connection may be idle, and how long a request may take to arrive."""

SEND_BYTES = 64 * 1024
"""Bytes of an answer from which a thread sends them by itself; the loop sends the others whole."""

OPEN_FILES = 2 * CONNECTIONS
"""Connections, and what the threads hold open of the database."""


def listen(settings: Settings, app: Any, loop: Loop, threads: int) -> Any:
    """A server on the address of the settings, and threads for its reads.

    Raises SettingsError if the address cannot be had.
    """
    try:
        server = waitress.create_server(
            app,
            map=loop.sockets,
            _dispatcher=Dispatcher(threads, settings.queue_size, loop),
            **adjustments(settings),
        )
    except (OSError, ValueError) as ex:
        raise SettingsError(
            f"HOST={settings.host!r} PORT={settings.port}: cannot listen there: {ex}"
        ) from ex
    for listener in listeners(loop):
        adopt(listener, loop)
    return server


def adopt(listener: Any, loop: Loop) -> None:
    """Have the connections of a listener run in our loop, as channels of ours."""
    listener.channel_class = Channel
    listener.trigger.close()
    listener.trigger = listener.loop = loop
    listener.adj.send_bytes = SEND_BYTES  # as a setting it is deprecated


def adjustments(settings: Settings) -> dict[str, Any]:
    """What waitress is told: where to listen, and the limits for a life without a proxy."""
    return {
        "host": settings.host,
        "port": settings.port,
        "ident": "growth",
        "backlog": 1_024,
        "connection_limit": CONNECTIONS,
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": IDLE_SECONDS // 12,
        "max_request_body_size": MAX_BODY + 1,
        "max_request_header_size": MAX_HEADERS + 1,
        "asyncore_use_poll": True,
        "clear_untrusted_proxy_headers": False,  # takes its time, and we read none of them
    }


def raise_file_limit() -> None:
    """Allow as many open files as the connections need, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def drain(loop: Loop) -> None:
    """Take no new connections; go on until what was asked is answered.

    waitress's own end drops what is queued and what is answered but not sent yet.
    """
    for listener in listeners(loop):
        if listener is not loop.gate:
            listener.accepting = False
            wasyncore.dispatcher.close(listener)
    end = time.monotonic() + DRAIN_SECONDS
    loop.turn(seconds=0.1)  # reads what was sent before
    while any(map(is_busy, list(loop.sockets.values()))) and time.monotonic() < end:
        loop.turn(seconds=0.1)


def is_busy(found: Any) -> bool:
    """Whether it is a connection with a request that is not answered, or not wholly.

    Or the gate, through which connections may come until the other process has ended.
    """
    if isinstance(found, HTTPChannel):
        return bool(found.request or found.requests or found.total_outbufs_len)
    return isinstance(found, BaseWSGIServer) and bool(found.accepting)


def listeners(loop: Loop) -> list[Any]:
    return [found for found in loop.sockets.values() if isinstance(found, BaseWSGIServer)]
