"""Makes the answers of errors, as problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from itertools import islice
from typing import Any

import falcon
import orjson

from growth.http.context import Request

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 1

MOST_ERRORS, LONGEST_NAME = 20, 100
"""A 400 lists at most MOST_ERRORS parameters, and LONGEST_NAME characters of each name."""

DETAILS = {
    404: "There is nothing at this path; /docs lists all paths.",
    405: "This path does not take this method; the Allow header lists its methods.",
}
"""Details by status, for errors that Falcon raises without a detail."""


class Problem(falcon.HTTPError):
    """An HTTP error.

    `errors` has messages for each wrong field. `more` are further members of the answer.
    """

    def __init__(
        self,
        status: str,
        detail: str,
        errors: Any = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status, description=detail, headers=headers)
        self.errors = errors
        self.more = more


def invalid(errors: Any, **more: Any) -> Problem:
    """The 422 for input that does not match its schema."""
    return Problem(falcon.HTTP_422, "The input is invalid; see errors.", errors, **more)


def bad_query(errors: Mapping[str, Any]) -> Problem:
    """The 400 for unknown and invalid query parameters. It lists the first MOST_ERRORS."""
    shown = {name[:LONGEST_NAME]: errors[name] for name in islice(errors, MOST_ERRORS)}
    more = f", the first {MOST_ERRORS} of {len(errors):,}" if len(errors) > MOST_ERRORS else ""
    return Problem(falcon.HTTP_400, f"The query is invalid; see errors{more}.", shown)


def unavailable(reason: str, detail: str, may_pass: bool, **more: Any) -> Problem:
    """A 503 with a short reason. With `may_pass`, the answer has Retry-After."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if may_pass else None
    return Problem(falcon.HTTP_503, detail, headers=headers, reason=reason, **more)


def switched_off(variable: str) -> falcon.HTTPError:
    """The 404 of a path that is switched off, because the setting `variable` is not set."""
    return falcon.HTTPNotFound(description=f"This path is switched off: {variable} is not set.")


def told_in_short(problem: dict[str, Any]) -> str:
    """A problem in one line, for platforms that show only one line of an error."""
    errors = problem.get("errors")
    if not isinstance(errors, dict):
        return str(problem["detail"])
    return " ".join(f"{field}: {' '.join(map(str, why))}" for field, why in errors.items())


def serialize(req: Request, resp: falcon.Response, error: falcon.HTTPError) -> None:
    """Write an HTTP error as problem+json, or in the sending platform's format."""
    problem = {
        "type": "about:blank",
        "title": str(error.status)[4:],
        "status": error.status_code,
        "detail": error.description or DETAILS.get(error.status_code, error.title),
    }
    if errors := getattr(error, "errors", None):
        problem["errors"] = errors
    problem |= getattr(error, "more", {})
    if error.status_code >= 500:
        problem["request_id"] = req.context.id
    req.context.problem = problem
    resp.content_type = "application/problem+json"
    if req.context.error_of:
        problem, resp.content_type = req.context.error_of(problem), falcon.MEDIA_JSON
    resp.data = orjson.dumps(problem, option=orjson.OPT_NON_STR_KEYS)
    resp.append_header("Vary", "Accept")


def on_failure(req: Request, resp: falcon.Response, ex: Exception, params: Any) -> None:
    """Log an unexpected exception with its traceback, and answer 500 without details."""
    log.error("failed", exc_info=ex)
    raise Problem(falcon.HTTP_500, "The service failed; the operator's log says why.") from ex
