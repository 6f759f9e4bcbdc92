"""Whatever JSON is sent, the answer is never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from service import Service, event, pageview

from growth.schemas.facts import EventSchema, PageviewSchema

NAMES = sorted({*PageviewSchema().fields, *EventSchema().fields})
ODD = ["", "0", "\x00", "\ud800", "é" * 300, "1e400", "2023-02-30T00:00Z", "9999-12-31T23:59:60Z"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(
        [*ODD, "https://[::1", "http://e.com:99999/?utm_source=%ff", "0001-01-01T00:00+23:59"]
    )
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
ITEMS = st.dictionaries(st.sampled_from(NAMES), VALUES)
BODIES = (
    ITEMS
    | st.builds(lambda item: pageview(**item), ITEMS)
    | st.builds(lambda item: event(**item), ITEMS)
    | VALUES
)


@pytest.mark.parametrize("path", ["/pageviews", "/events"])
class DescribeAnyInput:
    @settings(
        max_examples=150,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(body=BODIES | st.lists(BODIES, max_size=4))
    def it_is_stored_or_refused(self, service: Service, path: str, body: Any) -> None:
        answer = service.send(path, json.dumps(body))

        assert answer.status_code in (200, 400, 422), answer.text

    @settings(
        max_examples=100,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(body=st.binary(max_size=200), kind=st.sampled_from(["json", "x-ndjson"]))
    def it_is_read_or_refused(self, service: Service, path: str, body: bytes, kind: str) -> None:
        answer = service.send(path, body, f"application/{kind}")

        assert answer.status_code in (200, 400, 422), answer.text
