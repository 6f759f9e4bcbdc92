"""GET /openapi.json is valid, has every route and field, and has examples that work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from falcon.testing import Result
from marshmallow import Schema, fields
from service import Service, cost, event, pageview, problem

from growth.app import routes
from growth.query.grammar import QuerySchema
from growth.reference.document import FOR_BROWSERS
from growth.reference.examples import ANSWERED, ASKED, SENT
from growth.reference.kinds import KINDS, kind_of, meaning
from growth.reference.operations import OPERATIONS
from growth.schemas.costs import CostSchema
from growth.schemas.erasures import ErasureSchema
from growth.schemas.facts import EventSchema, PageviewSchema

SCHEMAS = (PageviewSchema, EventSchema, CostSchema, ErasureSchema, QuerySchema)
FIELDS = [(kind, name) for kind in SCHEMAS for name in kind().fields]

AD = "https://www.example.com/en?utm_source=google&utm_medium=cpc&gclid=x"
QUESTIONS = (
    "by=channel&include=users",
    "by=day&metrics=all",
    "by=hour&metrics=visit_duration",
    "by=day,paid,country",
    "by=cohort_week,month&model=acquisition",
    "by=channel&to=2020-01-01",
    "by=name,category&event=open&include=users",
    "by=visit_duration",
    "by=user&include=touches",
    "by=conversion&include=touches&changed_since=2025-01-01",
    "by=visit&limit=1",
    "by=pageview",
    "by=event",
    "by=event&event=nothing",
)


@pytest.fixture
def reference(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.get("/openapi.json").json
    return found


def refers_to(reference: dict[str, Any], name: str) -> Any:
    """A validator for the schema with this name in the components."""
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": reference["components"]}
    )


def schemas_in(value: Any) -> Iterator[Any]:
    """All schemas of a document: those under `schema` and `items`, and each of `properties`."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name in ("schema", "items"):
                yield each
            if name == "properties":
                yield from each.values()
            if name not in ("example", "examples"):
                yield from schemas_in(each)
    if isinstance(value, list):
        for each in value:
            yield from schemas_in(each)


class DescribeTheDocument:
    def it_is_openapi_3_1(self, reference: dict[str, Any]) -> None:
        assert reference["openapi"].startswith("3.1.")

    def it_has_every_route(self, service: Service, reference: dict[str, Any]) -> None:
        found = {
            f"{method.upper()} {path}"
            for path, methods in reference["paths"].items()
            for method in methods
        }
        own = ("/openapi.json", "/docs", "/docs/{name}")
        there = {
            f"{method} {route.path.replace(':path}', '}')}"
            for route in routes(service.settings, service.recorder, service.clock)
            if route.path not in (*FOR_BROWSERS, *own)
            for method in route.methods
        }

        assert found == there == set(OPERATIONS)

    def it_has_no_empty_schema(self, reference: dict[str, Any]) -> None:
        found = list(schemas_in(reference))

        assert len(found) > 200
        assert all(found)

    def it_has_valid_schemas(self, reference: dict[str, Any]) -> None:
        for name in reference["components"]["schemas"]:
            refers_to(reference, name)

    def it_says_how_parameters_are_repeated(self, reference: dict[str, Any]) -> None:
        given = reference["paths"]["/attribution"]["get"]["parameters"]
        found = {each["name"]: each.get("explode") for each in given}

        assert (found["by"], found["metrics"], found["channel"]) == (False, False, True)
        assert found["model"] is None

    def it_needs_no_token(self, tmp_path: Path) -> None:
        service = Service(tmp_path, GROWTH_READ_TOKENS="a-token-of-16-ch")
        try:
            found = [service.get(path).status_code for path in ("/openapi.json", "/docs")]
        finally:
            service.close()

        assert found == [200, 200]


class DescribeKinds:
    @pytest.mark.parametrize(("schema", "name"), FIELDS)
    def it_has_a_schema_and_a_meaning_for_each_field(self, schema: type[Schema], name: str) -> None:
        field = schema().fields[name]

        assert kind_of(field)
        assert meaning(str(field.data_key or name))["description"]

    def it_fails_for_a_kind_without_one(self) -> None:
        with pytest.raises(LookupError, match="does not know Dict"):
            kind_of(fields.Dict())

    def it_has_none_that_no_field_uses(self) -> None:
        used = {kind for schema in SCHEMAS for field in schema().fields.values()
                for kind in type(field).__mro__}  # fmt: skip

        assert set(KINDS) <= used


class DescribeAnswers:
    @pytest.mark.parametrize("question", QUESTIONS)
    def it_is_as_described(self, service: Service, question: str) -> None:
        service.store("/pageviews", pageview(url=AD, country="DE"), pageview(fingerprint="c"))
        service.store(
            "/events",
            event(user_id="ada", value=20, currency="EUR"),
            event(name="open", data={"a": 1}, category="app"),
            event(name="lead", fingerprint="other"),
        )
        service.store("/costs", cost())
        answer = service.get("/attribution", question)

        refers_to(service.get("/openapi.json").json, "Answer").validate(answer.json)

    def it_is_strict(self, reference: dict[str, Any]) -> None:
        more = {"user_id": None, "surprise": 1}

        assert not refers_to(reference, "Person").is_valid(more)


def example(service: Service, path: str, name: str) -> Result:
    if path == "/attribution":
        params = {
            each: ",".join(value) if isinstance(value, list) else value
            for each, value in ASKED[name].items()
        }
        return service.client.simulate_get(path, params=params)
    return service.post(path, SENT[path][name])


class DescribeExamples:
    def it_is_answered_as_shown(self, service: Service) -> None:
        for path, examples in ANSWERED.items():
            for name, (status, shown) in examples.items():
                found = example(service, path, name)

                assert (found.status_code, found.json) == (status, shown), f"{path} {name}"

    def it_has_an_answer_for_each(self) -> None:
        asked = {**{path: set(each) for path, each in SENT.items()}, "/attribution": set(ASKED)}

        assert asked == {path: set(each) for path, each in ANSWERED.items()}

    def it_stands_in_the_document(self, reference: dict[str, Any]) -> None:
        told = reference["paths"]["/attribution"]["get"]["responses"]
        shown = told["200"]["content"]["application/json"]["examples"]["campaigns"]

        assert shown["value"] == ANSWERED["/attribution"]["campaigns"][1]


class DescribeTheWayThere:
    def it_is_told_by_a_404(self, service: Service) -> None:
        assert "/docs" in problem(service.get("/attributions"), 404)["detail"]
