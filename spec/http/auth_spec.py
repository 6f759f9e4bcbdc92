"""Who may write and who may read."""

from collections.abc import Callable

import pytest
from service import Service, pageview, problem

WRITE, OTHER_WRITE, READ = "write-token-0001", "write-token-0002", "read-token-00001"


@pytest.fixture
def guarded(make_service: Callable[..., Service]) -> Service:
    return make_service(GROWTH_WRITE_TOKENS=f"{WRITE},{OTHER_WRITE}", GROWTH_READ_TOKENS=READ)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


REFUSED = {
    "nothing": {},
    "wrong": bearer("write-token-0003"),
    "part": bearer(WRITE[:-1]),
    "more": bearer(f"{WRITE}x"),
    "both": bearer(f"{WRITE},{OTHER_WRITE}"),
    "empty": bearer(""),
    "not-ascii": bearer("wríte-token-0001"),
    "basic": {"Authorization": f"Basic {WRITE}"},
    "bare": {"Authorization": WRITE},
}


class DescribeWriting:
    @pytest.mark.parametrize("token", [WRITE, OTHER_WRITE])
    def it_takes_any_of_the_write_tokens(self, guarded: Service, token: str) -> None:
        result = guarded.post("/pageviews", pageview(), headers=bearer(token))

        assert result.json["stored"] == 1

    def it_takes_the_scheme_in_any_case(self, guarded: Service) -> None:
        headers = {"Authorization": f"bearer  {WRITE}"}

        assert guarded.post("/events", [], headers=headers).status_code == 200

    @pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
    def it_refuses(self, guarded: Service, headers: dict[str, str]) -> None:
        result = guarded.post("/pageviews", pageview(), headers=headers)

        told = problem(result, 401)
        assert told["detail"] == "Send a valid token: Authorization: Bearer <token>."
        assert result.headers["www-authenticate"] == "Bearer"
        assert guarded.facts() == 0

    def it_is_forbidden_with_a_token_that_may_only_read(self, guarded: Service) -> None:
        result = guarded.post("/pageviews", pageview(), headers=bearer(READ))

        assert problem(result, 403)["detail"] == "This token may only read."
        assert guarded.facts() == 0

    def it_refuses_before_it_reads_the_body(self, guarded: Service) -> None:
        problem(guarded.send("/pageviews", b"\xff{", "text/html", Content_Encoding="br"), 401)


class DescribeReading:
    def it_takes_the_read_token(self, guarded: Service) -> None:
        assert guarded.get("/attribution", headers=bearer(READ)).status_code == 200

    @pytest.mark.parametrize("headers", [{}, bearer("read-token-00002")], ids=["nothing", "wrong"])
    def it_refuses(self, guarded: Service, headers: dict[str, str]) -> None:
        problem(guarded.get("/attribution", "by=colour", headers=headers), 401)

    def it_is_forbidden_with_a_token_that_may_only_write(self, guarded: Service) -> None:
        result = guarded.get("/attribution", "by=colour", headers=bearer(WRITE))

        assert problem(result, 403)["detail"] == "This token may only write."

    def it_takes_a_token_that_may_do_both(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_WRITE_TOKENS=f"a:{WRITE}", GROWTH_READ_TOKENS=f"b:{WRITE}")

        assert service.post("/pageviews", pageview(), headers=bearer(WRITE)).status_code == 200
        assert service.get("/attribution", headers=bearer(WRITE)).status_code == 200

    def it_refuses_head_alike(self, guarded: Service) -> None:
        told = [
            guarded.client.simulate_head("/attribution", headers=headers).status_code
            for headers in ({}, bearer(WRITE), bearer(READ))
        ]

        assert told == [401, 403, 200]


class DescribeWhatIsOpen:
    @pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
    def it_is_healthz(self, guarded: Service, path: str) -> None:
        assert guarded.get(path).status_code == 200

    def it_is_everything_without_tokens(self, service: Service) -> None:
        assert service.post("/pageviews", pageview()).status_code == 200
        assert service.get("/attribution").status_code == 200

    def it_is_reading_when_only_write_tokens_are_set(
        self, make_service: Callable[..., Service]
    ) -> None:
        service = make_service(GROWTH_WRITE_TOKENS=WRITE)

        assert service.get("/attribution").status_code == 200
        problem(service.post("/pageviews", pageview()), 401)
