"""GET /healthz."""

from __future__ import annotations

import falcon
from peewee import OperationalError

from growth.http.context import Request
from growth.http.errors import unavailable
from growth.recorder import BusyError, Recorder


class Healthz:
    """Says whether the process is up and the database takes writes; else 503."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        try:
            self.recorder.check()
        except (BusyError, OperationalError) as ex:
            raise unavailable(
                f"The database is not writable: {self.recorder.trouble or ex}."
            ) from ex
        resp.media = {"status": "ok"}

    on_head = on_get
