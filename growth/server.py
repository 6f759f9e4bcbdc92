"""growth serve: waitress around the app, from open database to clean stop."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from types import FrameType

import waitress

from growth.app import create_app, create_ledger
from growth.database import connect, require_current
from growth.recorder import Recorder
from growth.settings import Settings

WELCOME = "growth serves {url}; try: curl '{url}/attribution', or fill it first: make seed"


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; then commit what waits and return."""
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is normal life
    require_current(connect(settings.database_url))
    recorder = Recorder(create_ledger(settings).apply, settings.queue_size).start()
    server = waitress.create_server(
        create_app(settings, recorder),
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident="growth",
    )
    signal.signal(signal.SIGTERM, stop)
    announce(WELCOME.format(url=url_of(settings)))
    try:
        server.run()
    finally:
        server.close()
        recorder.close()


def stop(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends the server as control-C does."""
    raise SystemExit(0)


def url_of(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"
