"""What travels on a request from middleware to middleware and to its resource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import falcon


@dataclass(slots=True)
class Context:
    """`req.context`; who sets each attribute stands beside it."""

    id: str = ""  # access log
    began: float = 0.0  # access log: seconds of time.perf_counter
    is_from_page: bool = False  # CORS
    webhook_id: str | None = None  # auth: of a signed webhook
    is_anonymous: bool = False  # auth: let in without a secret
    token_name: str = ""  # auth
    is_reader: bool = False  # auth: of paths open to all, whether the request may read the others
    raw: bytes | None = None  # bodies: as sent
    body: bytes | None = None  # bodies: inflated
    is_dry_run: bool = False  # facts: nothing of it is kept
    received: list[Any] = field(default_factory=list)  # bodies, platforms: the items
    problem: dict[str, Any] | None = None  # errors: as answered
    fault: tuple[str, str] | None = None  # errors, healthz: the reason of a 503 and its cause
    lost_rejects: int = 0  # rejects: not kept, for the database failed
    receipt: dict[str, Any] | None = None
    """Facts, platforms: stored, duplicates, rejected; empty if nothing was to be stored."""
    error_of: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Platforms: writes a problem as the sender expects it."""


class Request(falcon.Request):
    """A request whose context is declared."""

    context_type: ClassVar[type] = Context
    context: Context  # type: ignore[assignment]
