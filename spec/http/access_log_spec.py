"""The log has a line of JSON per request, without queries, bodies and secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from live import Call, send, serving
from service import Service, pageview, problem

from growth.logs import JsonLine, set_up

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, request = logging.getLogger(), logging.getLogger("growth.request")
    before, level = root.handlers[:], root.level
    stream = StringIO()
    set_up("INFO", stream)
    request.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().split("\n")[:-1]]
    root.handlers[:], root.level = before, level
    request.setLevel("NOTSET")


class DescribeALine:
    def it_tells_of_the_request_and_what_was_stored(self, service: Service, lines: Lines) -> None:
        answer = service.post("/pageviews", [pageview(), pageview(), {}])

        (line,) = lines()
        assert line.pop("at").endswith("Z")
        assert 0 < line.pop("duration_ms") < 10_000
        assert line == {
            "level": "INFO",
            "logger": "growth.request",
            "message": "request",
            "method": "POST",
            "path": "/pageviews",
            "status": 200,
            "client": "127.0.0.1",
            "request_id": answer.headers["x-request-id"],
            "stored": 1,
            "duplicates": 1,
            "rejected": 1,
        }

    def it_tells_neither_queries_nor_bodies(self, service: Service, lines: Lines) -> None:
        service.get("/attribution", "user_id=s3cret")
        service.get("/attribution", "s3cret=1")
        service.post("/pageviews", {"fingerprint": "s3cret"})

        told = lines()
        assert [line["status"] for line in told] == [200, 400, 422]
        assert "s3cret" not in json.dumps(told)

    @pytest.mark.parametrize(
        ("path", "body", "reason"),
        [
            (
                "/pageviews",
                {"url": "s3cret"},
                "The input is invalid; see errors. fingerprint, url",
            ),
            (
                "/nowhere",
                {},
                "There is nothing at this path; /docs lists all paths.",
            ),
        ],
    )
    def it_tells_the_reason_of_a_refusal_in_short(
        self, service: Service, lines: Lines, path: str, body: Any, reason: str
    ) -> None:
        service.post(path, body)

        assert lines()[-1]["reason"] == reason

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("by=s3cret", "by"),
            ("s3cret=1&last=x", "an unknown name, last"),
        ],
    )
    def it_tells_which_parameters_were_refused(
        self, service: Service, lines: Lines, query: str, names: str
    ) -> None:
        service.get("/attribution", query)

        assert lines()[-1]["reason"] == f"The query is invalid; see errors. {names}"

    def it_tells_the_name_of_the_token(
        self, make_service: Callable[..., Service], lines: Lines
    ) -> None:
        tokens = "shop-1:write-token-0001,write-token-0002"
        service = make_service(GROWTH_WRITE_TOKENS=tokens, GROWTH_READ_TOKENS="read-token-00001")
        for method, token in (("POST", 1), ("POST", 2), ("GET", 1)):
            headers = {"Authorization": f"Bearer write-token-000{token}"}
            path = "/events" if method == "POST" else "/attribution"
            service.client.simulate_request(method, path, json=[], headers=headers)

        told = [line for line in lines() if line["message"] == "request"]
        assert [line.get("token") for line in told] == ["shop-1", None, "shop-1"]
        assert "write-token" not in json.dumps(told)

    def it_is_quiet_about_health(self, service: Service, lines: Lines) -> None:
        service.get("/healthz")

        assert lines() == []

    def it_takes_the_id_of_a_proxy_if_it_is_one(self, service: Service, lines: Lines) -> None:
        given = [service.get("/nowhere", headers={"X-Request-Id": name}) for name in ("a-1", "a 1")]

        assert [line["request_id"] for line in lines()] == [
            each.headers["x-request-id"] for each in given
        ]
        assert given[0].headers["x-request-id"] == "a-1"
        assert given[1].headers["x-request-id"] != "a 1"

    def it_shows_the_beginning_of_any_path(self, service: Service, lines: Lines) -> None:
        service.client.simulate_get("/" + "%ff\u2028" * 100)

        (line,) = lines()
        assert len(line["path"]) == 200


class DescribeAFailure:
    def it_is_told_with_the_request_id_that_the_client_got(
        self, service: Service, lines: Lines
    ) -> None:
        def broken(facts: object) -> list[Any]:
            raise ZeroDivisionError("s3cret")

        service.ledger.apply = broken  # type: ignore[method-assign]

        answer = service.post("/pageviews", pageview())

        told = problem(answer, 500)
        assert "s3cret" not in answer.text
        failure, request = lines()
        assert "ZeroDivisionError" in failure["exception"]
        assert (failure["level"], request["level"]) == ("ERROR", "WARNING")
        assert told["request_id"] == failure["request_id"] == request["request_id"]
        assert answer.headers["x-request-id"] == told["request_id"]


class DescribeTheLevel:
    def it_is_a_setting(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        with serving(tmp_path, log=log, GROWTH_LOG_LEVEL="DEBUG") as server:
            send(Call("GET", "http://127.0.0.1:8000/healthz"), server.url)

        lines = map(json.loads, log.read_text().splitlines())
        assert {line["path"] for line in lines if "path" in line} == {"/healthz"}

    def it_leaves_other_records_alone(self) -> None:
        record = logging.LogRecord("x", logging.INFO, "", 0, "100%% %s", ("y",), None)

        line = json.loads(JsonLine().format(record))

        assert line["message"] == "100% y"
