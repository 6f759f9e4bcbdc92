"""Errors: problem+json, whatever goes wrong."""

import logging
import time
from collections.abc import Sequence
from typing import Any

import pytest
from databases import Other, without_table
from service import Service, event, pageview, problem

from growth.attribution.facts import Fact
from growth.database.statements import database
from growth.http.access_log import SECONDS_BETWEEN
from growth.ledger.storing import Outcome


class DescribeAProblem:
    @pytest.mark.parametrize("path", ["/x", "/pageview", "/pageviews/1", "/attribution.json", "/é"])
    def it_is_404_at_an_unknown_path(self, service: Service, path: str) -> None:
        told = problem(service.post(path, pageview()), 404)

        assert told["title"] == "Not Found"
        assert told["detail"].startswith("There is nothing at this path")

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("GET", "/pageviews", "POST"),
            ("PUT", "/events", "POST"),
            ("DELETE", "/attribution", "GET"),
            ("POST", "/attribution", "GET"),
            ("PATCH", "/healthz", "GET"),
        ],
    )
    def it_is_405_for_a_method_that_the_path_does_not_take(
        self, service: Service, method: str, path: str, allowed: str
    ) -> None:
        result = service.client.simulate_request(method, path)

        problem(result, 405)
        told = result.headers["allow"].split(", ")
        assert allowed in told
        assert method not in told

    def it_takes_a_trailing_slash(self, service: Service) -> None:
        assert service.post("/pageviews/", pageview()).status_code == 200


class DescribeALockedDatabase:
    def it_is_503_and_recovers(self, service: Service, other: Other) -> None:
        other.lock()

        result = service.post("/pageviews", pageview())

        told = problem(result, 503)
        assert told["reason"] == "locked"
        assert told["detail"] == "Another process holds the lock of the database."
        assert result.headers["retry-after"] == "1"
        other.unlock()
        assert service.facts() == 0
        assert service.post("/pageviews", pageview()).json["stored"] == 1

    def it_still_answers_reads(self, service: Service, other: Other) -> None:
        service.store("/pageviews", pageview())
        other.lock()

        assert service.ask()["totals"]["visits"] == 1


@pytest.mark.sqlite
class DescribeAFullDatabase:
    def it_is_503_and_what_was_stored_stays(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service.store("/events", event())
        apply = service.ledger.apply

        def cramped(facts: Sequence[Fact]) -> list[Outcome]:
            database.execute_sql("PRAGMA max_page_count = 1")  # as small as it is now
            return apply(facts)

        service.ledger.apply = cramped  # type: ignore[method-assign]
        many = [event(id=str(place + 1), data={"a": "x" * 9_000}) for place in range(50)]

        result = service.post("/events", many)

        assert problem(result, 503)["reason"] == "full"
        assert result.headers["retry-after"] == "1"
        assert service.facts() == 1


class DescribeATableThatIsGone:
    def it_is_503_that_asks_for_no_retry_and_a_log_that_tells_the_cause(
        self, service: Service, caplog: pytest.LogCaptureFixture
    ) -> None:
        with without_table("visits"), caplog.at_level(logging.WARNING):
            written, read = (
                service.post("/pageviews", pageview()),
                service.get("/attribution", "by=visit"),
            )

        for result in (written, read):
            assert problem(result, 503)["reason"] == "incompatible"
            assert "retry-after" not in result.headers
            assert "visits" not in result.text
        [record] = caplog.records  # one a second
        assert "visits" in record.fields["cause"]


class DescribeTheLogOfRefusedRequests:
    def it_has_a_line_a_second_for_a_reason_and_counts_the_others(
        self, service: Service, other: Other, caplog: pytest.LogCaptureFixture, pool: Any
    ) -> None:
        other.lock()
        with caplog.at_level(logging.WARNING):
            list(pool.map(lambda _: service.post("/pageviews", pageview()), range(20)))
            lines = [each.fields for each in caplog.records]
            time.sleep(SECONDS_BETWEEN)
            assert service.post("/pageviews", pageview()).status_code == 503
        other.unlock()

        assert len(lines) < 5
        told = [each.fields.get("suppressed", 0) for each in caplog.records]
        assert len(told) + sum(told) == 21
        assert {each.fields["reason"] for each in caplog.records} == {"locked"}


class DescribeAFailure:
    def it_is_a_500_that_tells_nothing_and_a_log_that_tells_all(
        self, service: Service, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(facts: Sequence[Fact]) -> list[Outcome]:
            raise RuntimeError("the secret reason")

        service.ledger.apply = fail  # type: ignore[method-assign]
        with caplog.at_level(logging.ERROR):
            result = service.post("/events", event())

        assert "secret" not in result.text
        assert problem(result, 500)["detail"] == "The service failed; the operator's log says why."
        assert "the secret reason" in caplog.text
        assert service.facts() == 0
