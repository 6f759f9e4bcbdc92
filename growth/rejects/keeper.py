"""Keeps what was let in and refused, without its secrets."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import falcon
import orjson
from peewee import OperationalError

from growth.attribution.facts import DAY
from growth.http.bodies import JSON, NDJSON, BadJsonError
from growth.http.context import Request
from growth.recorder import BusyError
from growth.rejects.store import Reject

log = logging.getLogger(__name__)

REMOVED = "(removed)"

SHORTEST = 8
"""Characters of a secret of ours that is looked for everywhere: a short one may be any word."""

WORD = r"secret|token|passw(?:or)?d|passwd|signature|authorization|(?:api|write)[_-]?key|_key"
NAME = rf"(?:[\w-]*(?:{WORD}))"
SECRET_MEMBER = re.compile(rf'("{NAME}"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^\s",}}\]]+)', re.I)
SECRET_PARAMETER = re.compile(rf'([?&]{NAME}=)[^&#"\s]*', re.I)


def redact(text: str, known: Iterable[str]) -> str:
    """The text without our own secrets, and without what is named as one."""
    for secret in known:
        if len(secret) >= SHORTEST:
            text = text.replace(secret, REMOVED)
    text = SECRET_MEMBER.sub(rf'\1"{REMOVED}"', text)
    return SECRET_PARAMETER.sub(rf"\1{REMOVED}", text).replace("\0", "\ufffd")


class RejectKeeper:
    """Middleware that keeps what is refused after its body was read, so never without a secret.

    `record` commits rejects. If it cannot now they are lost: nobody was told they are kept.
    """

    def __init__(
        self,
        record: Callable[[Sequence[Reject]], Any],
        clock: Callable[[], int],
        days: int,
        secrets: Sequence[str],
    ) -> None:
        self.record = record
        self.clock = clock
        self.days = days
        self.secrets = secrets

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        if req.context.is_anonymous:
            return
        found = [self.reject(req.path, *each) for each in refused(req, resp)]
        try:
            self.record(found)
        except (BusyError, OperationalError) as ex:
            log.warning("%d rejects are not kept: %s", len(found), ex)

    def reject(self, path: str, kind: str, text: str, reason: Any) -> Reject:
        now = self.clock()
        told = orjson.dumps(reason, option=orjson.OPT_NON_STR_KEYS).decode()
        body, why = redact(text, self.secrets), redact(told, self.secrets)
        return Reject(path, kind, body, why, now, now - self.days * DAY)


def refused(req: Request, resp: falcon.Response) -> Iterator[tuple[str, str, Any]]:
    """The kind, text and reason of each thing refused: the whole request, or items of a batch."""
    if req.context.receipt is not None:
        for each in req.context.receipt["rejected"]:
            item = req.context.received[each["index"]]
            if not isinstance(item, BadJsonError):
                yield JSON, json.dumps(item, ensure_ascii=False), each["errors"]
            elif item.text:
                yield NDJSON, item.text, each["errors"]
    elif (body := req.context.body) is not None and resp.status_code in (400, 413) and resp.data:
        told = orjson.loads(resp.data)
        kind = NDJSON if NDJSON in (req.content_type or "") else JSON
        yield kind, body.decode("utf-8", "replace"), told.get("errors", told["detail"])
