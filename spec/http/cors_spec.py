"""CORS: pages of GROWTH_TRACKER_ORIGINS may send pageviews and events without a token."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest
from falcon import testing
from service import Service, cost, event, pageview, problem

from growth.database.tables import RejectRecord
from growth.resources.tracker import script

ORIGIN, OTHER = "https://www.example.com", "https://www.example.com.evil.example"
TOKEN = "a-token-of-16-ch"
BEACON = "text/plain;charset=UTF-8"


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(
        GROWTH_TRACKER_ORIGINS=f"{ORIGIN},http://127.0.0.1:8080",
        GROWTH_WRITE_TOKENS=TOKEN,
        GROWTH_READ_TOKENS=TOKEN,
        GROWTH_SEGMENT_WRITE_KEYS="a-write-key",
    )


def beacon(service: Service, path: str, item: object, origin: str = ORIGIN) -> testing.Result:
    return service.send(path, json.dumps(item), BEACON, Origin=origin)


def preflight(service: Service, path: str, origin: str = ORIGIN) -> testing.Result:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return service.client.simulate_options(path, headers=headers)


class DescribeAPageOfOurs:
    @pytest.mark.parametrize(("path", "item"), [("/pageviews", pageview()), ("/events", event())])
    def it_may_send_pageviews_and_events(self, service: Service, path: str, item: object) -> None:
        answer = beacon(service, path, item)

        assert answer.json["stored"] == 1
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "Origin" in answer.headers["vary"]

    def it_may_send_json_with_its_content_type(self, service: Service) -> None:
        headers = {"Origin": "http://127.0.0.1:8080"}

        assert service.post("/events", [event()], headers=headers).json["stored"] == 1

    def it_may_send_nothing_else(self, service: Service) -> None:
        problem(beacon(service, "/costs", cost()), 401)
        assert beacon(service, "/webhooks/google-ads", {}).status_code == 404
        problem(service.get("/attribution", headers={"Origin": ORIGIN}), 401)

    def it_is_told_what_is_wrong_and_nothing_of_it_is_kept(self, service: Service) -> None:
        told = problem(beacon(service, "/pageviews", pageview(url="/")), 422)

        assert list(told["errors"]) == ["url"]
        assert beacon(service, "/pageviews", [pageview(url="/")]).json["rejected"]
        problem(service.send("/events", "{", BEACON, Origin=ORIGIN), 400)
        assert RejectRecord.select().count() == 0

    def it_may_send_with_a_token_as_all_may(self, service: Service) -> None:
        headers = {"Origin": ORIGIN, "Authorization": f"Bearer {TOKEN}"}

        assert service.post("/costs", cost(), headers=headers).json["stored"] == 1
        problem(service.post("/events", event(name=""), headers=headers), 422)
        assert RejectRecord.select().count() == 1


class DescribeAnotherPage:
    @pytest.mark.parametrize("origin", [OTHER, "null", "", ORIGIN.upper(), f"{ORIGIN}/", "*"])
    def it_may_send_nothing(self, service: Service, origin: str) -> None:
        answer = beacon(service, "/pageviews", pageview(), origin)

        problem(answer, 401)
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-origin" not in preflight(service, "/events", origin).headers
        assert service.facts() == 0

    def it_sends_no_text_to_a_service_without_tokens(
        self, make_service: Callable[..., Service]
    ) -> None:
        service = make_service(GROWTH_TRACKER_ORIGINS=ORIGIN)

        problem(beacon(service, "/pageviews", pageview(), OTHER), 415)
        assert beacon(service, "/pageviews", pageview()).json["stored"] == 1

    def it_is_every_page_if_no_origin_is_set(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_WRITE_TOKENS=TOKEN)

        problem(beacon(service, "/pageviews", pageview()), 401)
        assert "access-control-allow-origin" not in preflight(service, "/events").headers


class DescribeAPreflight:
    @pytest.mark.parametrize(
        "path",
        [
            "/pageviews",
            "/events",
            "/events/",
            "/webhooks/segment",
            "/webhooks/segment/v1/t",
        ],
    )
    def it_is_answered_to_pages_of_ours(self, service: Service, path: str) -> None:
        answer = preflight(service, path)

        assert (answer.status_code, answer.text) == (204, "")
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["access-control-allow-methods"] == "POST"
        allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
        assert {"anonymousid", "authorization", "content-type"} < set(allowed)
        assert answer.headers["vary"] == "Origin"

    @pytest.mark.parametrize("path", ["/costs", "/attribution", "/webhooks/meta", "/eventss"])
    def it_is_answered_nowhere_else(self, service: Service, path: str) -> None:
        assert "access-control-allow-origin" not in preflight(service, path).headers


class DescribeSegmentInAPage:
    def it_needs_its_write_key_there_too(self, service: Service) -> None:
        message = {"type": "track", "event": "Signed Up", "anonymousId": "a"}

        refused = beacon(service, "/webhooks/segment/v1/t", message)
        taken = beacon(service, "/webhooks/segment/v1/t", message | {"writeKey": "a-write-key"})

        assert (refused.status_code, taken.status_code) == (401, 200)
        assert taken.headers["access-control-allow-origin"] == ORIGIN


class DescribeTheScript:
    def it_is_given_to_everybody(self, service: Service) -> None:
        answer = service.get("/growth.js")

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=3600"
        assert answer.content == script()
        assert service.client.simulate_head("/growth.js").status_code == 200

    def it_is_less_than_2_kb_as_browsers_get_it(self, service: Service) -> None:
        answer = service.get("/growth.js", headers={"Accept-Encoding": "gzip, br"})

        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(answer.content) == script()
        assert 1_000 < len(answer.content) < 2_000

    def it_has_no_comments(self) -> None:
        assert not [line for line in script().decode().splitlines() if line.startswith("//")]

    def it_is_off_if_no_origin_is_set(self, make_service: Callable[..., Service]) -> None:
        told = problem(make_service().get("/growth.js"), 404)

        assert told["detail"] == "This path is switched off: GROWTH_TRACKER_ORIGINS is not set."
