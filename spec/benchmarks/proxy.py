"""A TCP proxy that delays what clients send, as a network to a distant server would."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from live import free_port

CHUNK = 1 << 16


async def forward(source: asyncio.StreamReader, target: asyncio.StreamWriter, delay: float) -> None:
    """Copy data until the source closes. A statement arrives whole, so it is delayed only once."""
    with suppress(ConnectionError):
        while data := await source.read(CHUNK):
            await asyncio.sleep(delay)
            target.write(data)
            await target.drain()
    target.close()


@contextmanager
def distant(url: str, seconds: float) -> Iterator[str]:
    """The URL of the server behind a proxy that delays each statement by `seconds`."""
    parts, port, stop, is_up = urlsplit(url), free_port(), asyncio.Event(), threading.Event()
    loops = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(parts.hostname, parts.port)
        with suppress(asyncio.CancelledError):  # asyncio.run cancels tasks at the end
            await asyncio.gather(forward(reader, there[1], seconds), forward(there[0], writer, 0))

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await asyncio.start_server(relay, "127.0.0.1", port)
        is_up.set()
        await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    is_up.wait(10)
    try:
        yield parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}").geturl()
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join()
