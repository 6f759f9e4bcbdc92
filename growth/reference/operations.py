"""The operations of the reference, with their parameters, bodies, answers and errors."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from marshmallow import Schema

from growth.http.bodies import MAX_ITEMS
from growth.http.sheets import CSV
from growth.http.strict_json import JSON, NDJSON
from growth.query.grammar import QuerySchema
from growth.reference.answers import OBJECT, TEXT, ref
from growth.reference.examples import ANSWERED, SENT
from growth.reference.kinds import JsonSchema
from growth.schemas.costs import CostSchema
from growth.schemas.erasures import ErasureSchema
from growth.schemas.facts import EventSchema, PageviewSchema

Operation = dict[str, Any]

PROBLEM, PLAIN = "application/problem+json", "text/plain"
TOKEN: list[dict[str, list[str]]] = [{}, {"token": []}]
"""The token is optional, because a service without configured tokens does not ask for one."""

READ_ERRORS = (400, 401, 403, 503)
WRITE_ERRORS = (400, 401, 403, 413, 415, 422, 503)
PLATFORM_ERRORS = (400, 401, 404, 413, 415, 422, 503)
"""An endpoint of a platform answers 404 if the platform's secret is not set."""

DRY_RUN = {
    "name": "dry_run",
    "in": "query",
    "description": "If true, check the items and store nothing.",
    "schema": {"type": "boolean"},
}
PATH = {"name": "path", "in": "path", "required": True, "schema": TEXT}


def taking(path: str, schema: type[Schema], answer: str, *errors: int) -> Operation:
    """An operation that takes one item or many, as JSON or NDJSON."""
    several = {"type": "array", "items": schema, "minItems": 1, "maxItems": MAX_ITEMS}
    examples = {name: {"value": value} for name, value in SENT.get(path, {}).items()}
    as_json = {"schema": {"anyOf": [schema, several]}} | (
        {"examples": examples} if examples else {}
    )
    content = {JSON: as_json, NDJSON: {"schema": TEXT}}
    return {
        "parameters": [DRY_RUN],
        "requestBody": {"required": True, "content": content},
        "responses": answers(path, {JSON: ref(answer)}, *WRITE_ERRORS, *errors),
        "security": TOKEN,
    }


def receiving(*parameters: Operation) -> Operation:
    """An operation that takes messages of a platform. Errors may have the platform's format."""
    found = answers("", {JSON: OBJECT}, *PLATFORM_ERRORS)
    for status in PLATFORM_ERRORS:
        found[str(status)]["content"][JSON] = {"schema": OBJECT}
    body = {"required": True, "content": {JSON: {"schema": OBJECT}}}
    return {"parameters": list(parameters), "requestBody": body, "responses": found}


def answering(path: str, kinds: dict[str, JsonSchema], *errors: int, **more: Any) -> Operation:
    """An operation that only reads. `kinds` has the schema of its answer for each media type."""
    return {"responses": answers(path, kinds, *errors), **more}


def answers(path: str, kinds: dict[str, JsonSchema], *errors: int) -> dict[str, Any]:
    """The answers of an operation, by status. They include the examples of the path."""
    found = {"200": status_answer(200, kinds)}
    found |= {
        str(status): status_answer(status, {PROBLEM: ref("Problem")}) for status in sorted(errors)
    }
    for name, (status, value) in ANSWERED.get(path, {}).items():
        answer = found[str(status)]["content"][JSON if status == 200 else PROBLEM]
        answer.setdefault("examples", {})[name] = {"value": value}
    return found


def status_answer(status: int, kinds: dict[str, JsonSchema]) -> dict[str, Any]:
    content = {kind: {"schema": schema} for kind, schema in kinds.items()}
    return {"description": HTTPStatus(status).phrase, "content": content}


OPERATIONS: dict[str, Operation] = {
    "POST /pageviews": taking("/pageviews", PageviewSchema, "Receipt"),
    "POST /events": taking("/events", EventSchema, "Receipt"),
    "POST /costs": taking("/costs", CostSchema, "Receipt"),
    "POST /erasures": taking("/erasures", ErasureSchema, "Erased", 404),
    "POST /webhooks/google-ads": receiving(),
    "POST /webhooks/meta": receiving(),
    "GET /webhooks/meta": answering("", {PLAIN: TEXT}, 403, 404),
    "POST /webhooks/segment": receiving(),
    "POST /webhooks/segment/{path}": receiving(PATH),
    "GET /attribution": answering(
        "/attribution",
        {JSON: ref("Answer"), CSV: TEXT},
        *READ_ERRORS,
        parameters=[{"in": "query", "schema": QuerySchema}],
        security=TOKEN,
    ),
    "GET /healthz": answering("", {JSON: ref("Health")}, 503),
    "GET /metrics": answering("", {PLAIN: TEXT}, 401, 403, security=TOKEN),
}
"""The operations by method and path."""

OPERATIONS["GET /attribution"]["responses"]["304"] = {"description": "Not Modified"}
