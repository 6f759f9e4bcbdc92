"""Whatever fits the reference, and much that does not, is answered as the reference says."""

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
"""Which parameters go together no schema says, so that nothing must be taken for its schema."""

FEW = 2
"""Parameters at most: the more there are, the less they go together."""

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
"""Paths, methods, and how many examples of each."""


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
