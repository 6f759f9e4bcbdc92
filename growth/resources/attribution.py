"""GET /attribution."""

from __future__ import annotations

import falcon

from growth import reports
from growth.schemas.query import load_query


class Attribution:
    """Answers every question: who brought this user, what did this campaign bring."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = reports.answer(load_query(req.params))

    on_head = on_get
