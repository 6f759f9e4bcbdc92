"""No JSON makes the service answer with a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fuzzing import BODIES
from hypothesis import given, settings
from hypothesis import strategies as st
from service import Service


@pytest.mark.parametrize("path", ["/pageviews", "/events"])
class DescribeAnyInput:
    @settings(max_examples=100)
    @given(body=BODIES | st.lists(BODIES, max_size=4))
    def it_is_stored_or_refused(self, service: Service, path: str, body: Any) -> None:
        answer = service.send(path, json.dumps(body))

        assert answer.status_code in (200, 400, 422), answer.text

    @settings(max_examples=50)
    @given(body=st.binary(max_size=200), kind=st.sampled_from(["json", "x-ndjson"]))
    def it_is_read_or_refused(self, service: Service, path: str, body: bytes, kind: str) -> None:
        answer = service.send(path, body, f"application/{kind}")

        assert answer.status_code in (200, 400, 422), answer.text
