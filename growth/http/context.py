"""The context of a request, shared by middleware and resources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import falcon


@dataclass(slots=True)
class Context:
    """`req.context`. A comment beside each attribute says which part sets it."""

    id: str = ""  # access log
    began: float = 0.0  # access log: seconds of time.perf_counter
    is_from_page: bool = False  # CORS
    webhook_id: str | None = None  # auth: of a signed webhook
    is_anonymous: bool = False  # auth: let in without a secret
    token_name: str = ""  # auth
    is_reader: bool = False  # auth, on open paths: the request may also read the others
    raw: bytes | None = None  # bodies: as sent
    body: bytes | None = None  # bodies: inflated
    is_dry_run: bool = False  # facts: nothing is stored
    received: list[Any] = field(default_factory=list)  # bodies, platforms: the items
    problem: dict[str, Any] | None = None  # errors: as answered
    fault: tuple[str, str] | None = None  # errors, healthz: the reason of a 503 and its cause
    lost_rejects: int = 0  # rejects: number not kept, because the database failed
    receipt: dict[str, Any] | None = None
    """Facts, platforms: stored, duplicates, rejected; empty if nothing was to be stored."""
    error_of: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Platforms: converts a problem to the sender's format."""


class Request(falcon.Request):
    """A request with a typed context."""

    context_type: ClassVar[type] = Context
    context: Context  # type: ignore[assignment]
