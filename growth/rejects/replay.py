"""Sends rejects through the write path again."""

from __future__ import annotations

import json
from dataclasses import replace
from types import TracebackType
from typing import Any

from falcon.testing import TestClient

from growth.app import create_app
from growth.database.tables import RejectRecord
from growth.http.bodies import NDJSON, BadJsonError, parse
from growth.ledger.ledger import now_us
from growth.recorder import Recorder
from growth.resources.platform import Platform
from growth.routes import routes
from growth.schemas.times import format_time
from growth.settings import Settings
from growth.wiring import create_ledger


class Replay:
    """The service without its doors: nothing to authenticate, and nothing kept of what it refuses.

    It runs beside a server: both take the write lock for each of their transactions.
    """

    def __init__(self, settings: Settings) -> None:
        settings = replace(settings, write_tokens=(), webhook_secrets=(), rejects_days=0)
        self.recorder = Recorder(create_ledger(settings), settings.queue_size)
        self.client = TestClient(create_app(settings, self.recorder))
        table = routes(settings, self.recorder, now_us)
        self.platforms = {uri: each for uri, each in table if isinstance(each, Platform)}

    def __enter__(self) -> Replay:
        self.recorder.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.recorder.close()

    def send(self, reject: RejectRecord) -> tuple[int, str]:
        """How many facts it stored, and why it is refused, if it is; if not, it is dropped."""
        for uri, platform in self.platforms.items():
            if reject.path.startswith(uri.partition("/{")[0]):
                return done(reject, platform.retake(reject.body, reject.first_seen))
        answer = self.client.simulate_post(
            reject.path, body=dated(reject), headers={"Content-Type": reject.kind}
        )
        told = answer.json
        if answer.status_code != 200:
            return 0, json.dumps(told.get("errors", told["detail"]))
        return done(reject, told)


def done(reject: RejectRecord, told: dict[str, Any]) -> tuple[int, str]:
    """How many facts were stored, and why it is refused still, if it is; if not, it is dropped."""
    if told["rejected"]:
        return told["stored"], json.dumps(told["rejected"])
    reject.delete_instance()
    return told["stored"], ""


def dated(reject: RejectRecord) -> str:
    """The body with the time of its receipt in items that tell none: sent twice, stored once."""
    at = format_time(reject.first_seen)
    body: str = reject.body
    try:
        if reject.kind == NDJSON:
            return "\n".join(
                map(json.dumps, (timed(parse(line.encode()), at) for line in lines(body)))
            )
        value = parse(body.encode())
    except BadJsonError:
        return body
    if isinstance(value, list):
        return json.dumps([timed(each, at) for each in value])
    return json.dumps(timed(value, at))


def lines(body: str) -> list[str]:
    return [line for line in body.split("\n") if line.strip()]


def timed(item: Any, at: str) -> Any:
    is_named = not isinstance(item, dict) or item.get("id") or item.get("created_at")
    return item if is_named else {**item, "created_at": at}
