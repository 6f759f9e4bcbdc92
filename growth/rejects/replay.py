"""Sends rejects through the write path again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from falcon.testing import TestClient

from growth.database.tables import RejectRecord
from growth.http.bodies import NDJSON, BadJsonError, parse
from growth.schemas.times import format_time

Retake = Callable[[str, int], dict[str, Any]]
"""Records the text of a platform's message with its time of receipt, and returns the answer."""


def replay(
    reject: RejectRecord, client: TestClient, platforms: Mapping[str, Retake]
) -> tuple[int, str]:
    """Send a reject again; delete it if it is accepted now.

    Returns the number of facts stored, and the reason if it is refused again, else ''. `client`
    calls an app without tokens that keeps no rejects. `platforms` has a function for each path of a
    platform. The functions record messages without the app, because the app would ask for a secret.
    """
    for path, retake in platforms.items():
        if reject.path.startswith(path.partition("/{")[0]):
            return done(reject, retake(reject.body, reject.first_seen))
    answer = client.simulate_post(
        reject.path, body=dated(reject), headers={"Content-Type": reject.kind}
    )
    receipt = answer.json
    if answer.status_code != 200:
        return 0, json.dumps(receipt.get("errors", receipt["detail"]))
    return done(reject, receipt)


def done(reject: RejectRecord, receipt: dict[str, Any]) -> tuple[int, str]:
    if receipt["rejected"]:
        return receipt["stored"], json.dumps(receipt["rejected"])
    reject.delete_instance()
    return receipt["stored"], ""


def dated(reject: RejectRecord) -> str:
    """The body, with the time of receipt as `created_at` in items without id and time.

    A second replay then finds that these items are stored already.
    """
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
    is_named = not isinstance(item, dict) or any(map(item.get, ("id", "created_at", "timestamp")))
    return item if is_named else {**item, "created_at": at}
