"""POST /erasures: persons are erased, if the sender has a token of GROWTH_ADMIN_TOKENS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from service import Service, event, pageview, problem

from growth.database.tables import RejectRecord
from growth.maintenance.erased import erased_before, hashed

ADMIN, READER, WRITER = "admin-0123456789", "reader-0123456789", "writer-0123456789"


@pytest.fixture
def guarded(make_service: Callable[..., Service]) -> Service:
    service = make_service(
        GROWTH_ADMIN_TOKENS=f"privacy:{ADMIN}",
        GROWTH_READ_TOKENS=READER,
        GROWTH_WRITE_TOKENS=WRITER,
    )
    for path, body in (("/pageviews", pageview(user_id="ada")), ("/events", event(name="click"))):
        assert service.post(path, body, headers=bearer(WRITER)).status_code == 200
    return service


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


class DescribeErasures:
    @pytest.mark.parametrize(
        ("body", "erased", "unknown"),
        [
            ({"user_id": "ada"}, 2, []),
            ({"fingerprint": " b998 "}, 2, []),
            ([{"user_id": "ada"}, {"user_id": 42}], 2, [{"index": 1, "user_id": "42"}]),
            ({"user_id": "bob"}, 0, [{"index": 0, "user_id": "bob"}]),
        ],
    )
    def it_erases_persons_and_tells_of_whom_nothing_was_known(
        self, guarded: Service, body: Any, erased: int, unknown: list[Any]
    ) -> None:
        told = guarded.post("/erasures", body, headers=bearer(ADMIN))

        assert told.json == {"erased": erased, "unknown": unknown, "rejected": []}
        assert guarded.facts() == 2 - erased

    def it_keeps_a_record_of_hashes(self, guarded: Service) -> None:
        guarded.post("/erasures", {"user_id": "ada"}, headers=bearer(ADMIN))

        assert list(erased_before()) == [(hashed("user_id", "ada"), guarded.now)]

    def it_takes_nothing_in_a_dry_run(self, guarded: Service) -> None:
        told = guarded.post("/erasures?dry_run=true", {"user_id": "ada"}, headers=bearer(ADMIN))

        assert told.json["erased"] == guarded.facts() == 2

    @pytest.mark.parametrize(
        "body", [{}, {"user_id": "ada", "fingerprint": "b998"}, {"id": "1"}, 1]
    )
    def it_refuses_what_names_nobody_and_keeps_no_reject(self, guarded: Service, body: Any) -> None:
        problem(guarded.post("/erasures", body, headers=bearer(ADMIN)), 422)
        assert guarded.send("/erasures", "{", **bearer(ADMIN)).status_code == 400

        told = guarded.post("/erasures", [body, {"user_id": "ada"}], headers=bearer(ADMIN)).json
        assert (told["erased"], [each["index"] for each in told["rejected"]]) == (2, [0])
        assert RejectRecord.select().count() == 0

    @pytest.mark.parametrize(("token", "status"), [("", 401), (READER, 403), (WRITER, 403)])
    def it_needs_a_token_of_its_own(self, guarded: Service, token: str, status: int) -> None:
        result = guarded.post("/erasures", {"user_id": "ada"}, headers=bearer(token))

        problem(result, status)
        assert guarded.facts() == 2

    def it_gives_that_token_no_other_right(self, guarded: Service) -> None:
        problem(guarded.post("/events", event(), headers=bearer(ADMIN)), 403)
        problem(guarded.get("/attribution", headers=bearer(ADMIN)), 403)

    def it_is_off_without_such_tokens(self, service: Service) -> None:
        told = problem(service.post("/erasures", {"user_id": "ada"}), 404)

        assert "GROWTH_ADMIN_TOKENS" in told["detail"]
