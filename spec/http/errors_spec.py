"""Errors: problem+json, whatever goes wrong."""

import logging
from collections.abc import Sequence

import pytest
from databases import Other, failing_inserts
from service import Service, event, pageview, problem

from growth.attribution.facts import Fact
from growth.database.statements import database
from growth.ledger.outcome import Outcome


class DescribeAProblem:
    @pytest.mark.parametrize("path", ["/", "/pageview", "/pageviews/1", "/attribution.json", "/é"])
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
        assert told["detail"] == "The database is busy; please retry."
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

        problem(result, 503)
        assert result.headers["retry-after"] == "1"
        assert service.facts() == 1


class DescribeAFailure:
    def it_is_a_500_that_tells_nothing_and_a_log_that_tells_all(
        self, service: Service, caplog: pytest.LogCaptureFixture
    ) -> None:
        refused = failing_inserts("events", "the secret reason")
        with refused, caplog.at_level(logging.ERROR):
            result = service.post("/events", event())

        assert "secret" not in result.text
        assert problem(result, 500)["detail"] == "The service failed; the operator's log says why."
        assert "the secret reason" in caplog.text
        assert service.facts() == 0
