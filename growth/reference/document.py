"""Builds the OpenAPI document from the routes and the schemas."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from growth.reference.answers import SCHEMAS
from growth.reference.examples import ASKED
from growth.reference.kinds import as_ours, repeated
from growth.reference.operations import OPERATIONS

FOR_BROWSERS = ("/", "/assets/{name}", "/growth.js")
"""Paths outside the API: pages and the files that they load."""

INFO = "Send pageviews and events, and ask which click earned each signup. Times are UTC."

Described = tuple[str, list[str], str]
"""A path, its methods, and its purpose."""


def openapi_of(routes: Iterable[Described]) -> dict[str, Any]:
    """The OpenAPI document of the routes. Raises KeyError if OPERATIONS lacks a route."""
    plugin = MarshmallowPlugin(schema_name_resolver=component_name)
    spec = APISpec("growth", version("growth"), "3.1.0", [plugin], info={"description": INFO})
    assert plugin.converter is not None  # APISpec makes it
    plugin.converter.add_attribute_function(as_ours)
    plugin.converter.add_parameter_attribute_function(repeated)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for name, schema in SCHEMAS.items():
        spec.components.schema(name, schema)
    for path, methods, purpose in routes:
        if path not in FOR_BROWSERS:
            shown = path.replace("{path:path}", "{path}")
            operations = {each.lower(): operation(each, shown, purpose) for each in methods}
            spec.path(shown, operations=operations)
    found: dict[str, Any] = spec.to_dict()
    add_examples(found["paths"]["/attribution"]["get"]["parameters"])
    return found


def operation(method: str, path: str, purpose: str) -> dict[str, Any]:
    """The description of a method of a path. apispec modifies it, so it is a copy."""
    return {"summary": purpose, **deepcopy(OPERATIONS[f"{method} {path}"])}


def add_examples(parameters: Iterable[dict[str, Any]]) -> None:
    """Add the values in ASKED to the parameters, as their examples."""
    for parameter in parameters:
        for name, asked in ASKED.items():
            if parameter["name"] in asked:
                shown = parameter.setdefault("examples", {})
                shown[name] = {"value": asked[parameter["name"]]}


def component_name(schema: Any) -> str:
    """The name of a schema in the document: `Event` for `EventSchema`."""
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Schema")
