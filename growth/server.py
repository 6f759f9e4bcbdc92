"""growth serve: waitress around the app, from open database to clean stop."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable

from growth.app import create_app
from growth.database import connect, require_current
from growth.gate import Gate, is_read
from growth.listening import drain, listen, raise_file_limit
from growth.logs import set_up
from growth.loop import Loop
from growth.models.base import database
from growth.processes import settle
from growth.reader import Reader
from growth.recorder import Recorder
from growth.settings import Settings
from growth.upkeep.purging import DailyPurge
from growth.upkeep.retention import retention
from growth.wiring import create_ledger
from growth.writer import Writer

WELCOME = "growth serves {url}; try: curl '{url}/attribution', or fill it first: make seed"

FEW = 4
"""Threads for health checks, and for reads while no process of their own answers them."""


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; then answer what was asked, commit what waits and return."""
    set_up(settings.log_level, sys.stdout)
    raise_file_limit()
    threads = min(FEW, settings.threads)
    require_current(connect(settings.database_url, threads))
    ledger = create_ledger(settings)
    writer = Writer(ledger, settings)
    recorder = Recorder(writer.apply, settings.queue_size)
    loop = Loop()
    app = create_app(settings, recorder)
    dispatcher = listen(settings, app, loop, threads).task_dispatcher
    reader = Reader(settings, lambda end: Gate(end, settings, app, loop, dispatcher, is_read))
    recorder.start()
    if kept := retention(settings.retention_days, settings.lookback_days):
        DailyPurge(ledger, kept).start()
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        loop.pull_trigger()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    settle()
    announce(WELCOME.format(url=url_of(settings)))
    while not stopping.is_set():
        loop.turn(seconds=1)
        reader.watch()
    reader.leave()
    drain(loop)
    dispatcher.shutdown()
    reader.end()
    recorder.close()
    writer.close()
    database.end()  # on SQLite the last to close it leaves all in one file


def url_of(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"
