"""No body from a platform with the right secret is answered with a 500."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from fuzzing import VALUES
from hypothesis import given, settings
from hypothesis import strategies as st
from service import Service

from growth.platforms import google_ads, meta, segment_calls

KEY = "a-secret-of-a-platform"


def some(*names: str, values: st.SearchStrategy[Any] = VALUES) -> st.SearchStrategy[dict[str, Any]]:
    """A strategy for objects that have some of these names as keys."""
    return st.dictionaries(st.sampled_from(names), values)


GOOD = st.sampled_from(["4711", 4711, "2026-11-20T10:00:00Z", "https://e.com/?a#b", True])
LEADS = some(*google_ads.SCHEMA.fields, "user_column_data", values=VALUES | GOOD)
CHANGES = st.fixed_dictionaries(
    {"field": st.just("leadgen") | VALUES},
    optional={"value": some(*meta.SCHEMA.fields, values=VALUES | GOOD) | VALUES},
)
ENTRIES = st.fixed_dictionaries({"changes": st.lists(CHANGES | VALUES, max_size=3) | VALUES})
PARTS = some(
    *segment_calls.PAGE, *segment_calls.CAMPAIGN, "revenue", "lead_id", values=VALUES | GOOD
)
CONTEXTS = st.fixed_dictionaries(
    {"page": PARTS | VALUES, "campaign": PARTS | VALUES, "userAgent": VALUES}
)
MESSAGES = st.builds(
    lambda more, kind, ids: {**more, **ids, "type": kind},
    some(*segment_calls.MESSAGE, values=VALUES | GOOD | PARTS),
    st.sampled_from([*segment_calls.CALLS, "", None]),
    st.fixed_dictionaries(
        {}, optional={"context": CONTEXTS | VALUES, "traits": PARTS | VALUES, "properties": PARTS}
    ),
)

BATCHES = st.fixed_dictionaries({"batch": st.lists(MESSAGES | VALUES, max_size=4)})


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(
        GROWTH_GOOGLE_ADS_KEY=KEY, GROWTH_META_APP_SECRET=KEY, GROWTH_SEGMENT_WRITE_KEYS=KEY
    )


class DescribeAnyInput:
    @settings(max_examples=60)
    @given(lead=LEADS)
    def it_is_a_lead_of_google_ads_or_refused(self, service: Service, lead: dict[str, Any]) -> None:
        answer = service.send("/webhooks/google-ads", json.dumps(lead | {"google_key": KEY}))

        assert answer.status_code in (200, 400, 422), answer.text
        assert answer.json == {} or list(answer.json) == ["message"]

    @settings(max_examples=60)
    @given(body=st.fixed_dictionaries({"entry": st.lists(ENTRIES | VALUES) | VALUES}) | VALUES)
    def it_is_taken_from_meta(self, service: Service, body: Any) -> None:
        raw = json.dumps(body).encode()
        signature = hmac.new(KEY.encode(), raw, hashlib.sha256).hexdigest()

        answer = service.send("/webhooks/meta", raw, X_Hub_Signature_256=f"sha256={signature}")

        assert (answer.status_code, answer.text) == (200, "{}")

    @settings(max_examples=60)
    @given(body=BATCHES | MESSAGES, path=st.sampled_from(["", "/v1/batch", "/v1/track", "/p"]))
    def it_is_taken_from_segment_or_refused(
        self, service: Service, body: dict[str, Any], path: str
    ) -> None:
        answer = service.send(f"/webhooks/segment{path}", json.dumps({**body, "writeKey": KEY}))

        assert answer.status_code in (200, 400, 422), answer.text
        assert answer.json == {"success": True} or {"code", "message"} <= set(answer.json)
