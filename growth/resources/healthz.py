"""GET /healthz."""

from __future__ import annotations

import falcon
from peewee import OperationalError

from growth.database import is_writable
from growth.errors import unavailable
from growth.models.base import database


class Healthz:
    """Says whether the process is up and the database takes writes; else 503."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        try:
            is_writable(database)
        except OperationalError as ex:
            raise unavailable(f"The database is not writable: {ex}.") from ex
        resp.media = {"status": "ok"}

    on_head = on_get
