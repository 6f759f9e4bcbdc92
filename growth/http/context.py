"""The context of a request, shared by middleware and resources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import falcon


@dataclass(slots=True)
class Context:
    """`req.context`. The comment at each attribute names the part of growth that sets it."""

    id: str = ""  # access log
    began: float = 0.0  # access log: the start, in seconds of time.perf_counter
    is_from_page: bool = False  # CORS: whether a page of a known origin sent the request
    webhook_id: str | None = None  # auth: the id of a signed webhook
    is_anonymous: bool = False  # auth: whether a page sent the request without a token
    token_name: str = ""  # auth
    is_reader: bool = False  # auth, only for /healthz: whether the request may read reports
    raw: bytes | None = None  # bodies: the body as sent
    body: bytes | None = None  # bodies: the body after inflating
    is_dry_run: bool = False  # facts, erasures: whether no rejects are kept
    received: list[Any] = field(default_factory=list)  # bodies, platforms: the items of the request
    problem: dict[str, Any] | None = None  # errors: the members of the error answer
    fault: tuple[str, str] | None = None  # app, healthz: the reason of a 503 and its cause
    lost_rejects: int = 0  # rejects: how many could not be stored
    receipt: dict[str, Any] | None = None
    """Facts, platforms: the answer with the counts of items. None if none went to the recorder."""
    error_of: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Platforms: converts a problem to the sender's format."""


class Request(falcon.Request):
    """A request with a typed context."""

    context_type: ClassVar[type] = Context
    context: Context  # type: ignore[assignment]
