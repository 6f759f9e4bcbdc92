"""The service answers random requests as the OpenAPI document says."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from service import Service, cost, event, pageview

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
"""The checks of answers. A request that fits its schema may be refused, since the schema does not
say which parameters exclude each other."""

FEW = 2
"""The most query parameters of a request. With more, nearly all requests would be refused."""

OPERATIONS = (
    ("/attribution", "GET", 100),
    ("/pageviews", "POST", 25),
    ("/events", "POST", 25),
    ("/costs", "POST", 25),
    ("/erasures", "POST", 10),
    ("/webhooks/segment/{path}", "POST", 10),
    ("/webhooks/meta", "GET", 5),
    ("/healthz", "GET", 3),
    ("/metrics", "GET", 3),
)
"""The path, the method and the number of examples of each operation."""


@pytest.mark.parametrize(("path", "method", "number"), OPERATIONS)
class DescribeTheReference:
    def it_is_kept(self, service: Service, path: str, method: str, number: int) -> None:
        service.store("/pageviews", pageview())
        service.store("/events", event(user_id="ada", value=2, currency="EUR"), event(name="open"))
        service.store("/costs", cost())
        loaded = schemathesis.openapi.from_wsgi("/openapi.json", service.client.app)
        operation = loaded[path][method]

        @settings(
            max_examples=number,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), data=st.data())
        def answer(case: Any, data: st.DataObject) -> None:
            if len(case.query or {}) > FEW:
                names = st.sampled_from(sorted(case.query))
                kept = data.draw(st.sets(names, max_size=FEW))
                case.query = {name: case.query[name] for name in sorted(kept)}
            case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

        answer()
