"""Posts items to the service.

After an AwayError, items have to be sent again. After a NotTakenError, sending again is useless.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import uniform
from typing import Any

import httpx

DIVISIBLE = (httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE)
"""If the answer to a batch has one of these statuses, each half of the batch is sent on its own.

A single item of the batch may be at fault, and the other items may be accepted.
"""

FIRST_WAIT, LAST_WAIT = 0.5, 60.0
"""The first and the longest wait between two tries, in seconds, if the answer has no Retry-After.

Each wait is twice as long as the wait before.
"""

MOST_WAIT = 300.0
"""The most seconds to wait. If Retry-After asks for more, the wait is cut to this number."""


class AwayError(Exception):
    """The service did not answer, or it accepted no item of a request.

    `seconds` is the wait that Retry-After asks for. None without a Retry-After.
    """

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class NotTakenError(Exception):
    """The service refuses an item for good. `errors` maps fields to reasons, or is a text."""

    def __init__(self, errors: Any) -> None:
        super().__init__(str(errors))
        self.errors = errors


def deliver(client: httpx.Client, path: str, bodies: Sequence[str]) -> list[tuple[str, Any]]:
    """Post items, and return each refused item with its errors.

    Raises AwayError if the items have to be sent again.
    """
    try:
        answer = client.post(
            path, content="\n".join(bodies), headers={"Content-Type": "application/x-ndjson"}
        )
    except httpx.TransportError as ex:
        raise AwayError(f"{type(ex).__name__}: {ex}") from ex
    if answer.status_code in DIVISIBLE:
        if len(bodies) == 1:
            return [(bodies[0], said(answer).get("detail", answer.text))]
        middle = len(bodies) // 2
        return deliver(client, path, bodies[:middle]) + deliver(client, path, bodies[middle:])
    if answer.status_code == httpx.codes.OK:
        return [(bodies[each["index"]], each["errors"]) for each in said(answer)["rejected"]]
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        return refused_all(bodies, said(answer))
    raise AwayError(f"{path} answered {answer.status_code}: {answer.text[:200]}", wait_of(answer))


def insist(client: httpx.Client, path: str, body: str, patience_seconds: float) -> None:
    """Post an item until it is stored.

    Raises NotTakenError if the service refuses the item, and ConnectionError if the item is not
    stored within `patience_seconds`.
    """
    until, wait = time.monotonic() + patience_seconds, FIRST_WAIT
    while True:
        try:
            refused = deliver(client, path, [body])
        except AwayError as ex:
            seconds = (wait if ex.seconds is None else ex.seconds) * uniform(1, 1.25)
            if time.monotonic() + seconds > until:
                raise ConnectionError(str(ex)) from ex
            time.sleep(seconds)
            wait *= 2
            continue
        if refused:
            raise NotTakenError(refused[0][1])
        return


def refused_all(bodies: Sequence[str], answer: dict[str, Any]) -> list[tuple[str, Any]]:
    """Pair each item of a request with its errors, if the answer refuses all items.

    The answer to a batch has the errors in `rejected`. The answer to a single item has them in
    `errors`.
    """
    by_index = {each["index"]: each["errors"] for each in answer.get("rejected", ())}
    return [(body, by_index.get(at, answer.get("errors"))) for at, body in enumerate(bodies)]


def said(answer: httpx.Response) -> dict[str, Any]:
    """Parse an answer as a JSON object. Raises AwayError for other texts, such as a web page."""
    try:
        found = answer.json()
    except ValueError as ex:
        raise AwayError(f"the answer is not JSON: {answer.text[:200]}") from ex
    if not isinstance(found, dict):
        raise AwayError(f"the answer is not a JSON object: {answer.text[:200]}")
    return found


def wait_of(answer: httpx.Response) -> float | None:
    """The seconds to wait, according to Retry-After. None if this header is missing or invalid."""
    header = answer.headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return min(float(header), MOST_WAIT)
    try:
        wait = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(wait, 0.0), MOST_WAIT)
