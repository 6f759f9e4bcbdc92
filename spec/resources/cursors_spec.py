"""A cursor has a checksum but no secret key, so its content is checked before it is used."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service import Service, problem

from growth.attribution.facts import END
from growth.query import cursors

LISTINGS: dict[str, dict[str, str]] = {
    "visits": {"by": "visit"},
    "events": {"by": "event", "sort": "created_at"},
    "conversions": {"by": "conversion"},
    "changes": {"by": "conversion", "sort": "-changed_at", "changed_since": "2026-01-01"},
    "persons": {"by": "user"},
    "named persons": {"user_id": "ada", "fingerprint": "a"},
    "groups by credit": {"by": "channel,campaign"},
    "groups by a ratio": {"by": "source", "sort": "roi", "last": "30d"},
    "groups by name": {"by": "campaign,day", "sort": "-campaign"},
    "groups by what is paid": {"by": "paid", "sort": "paid"},
    "plain events": {"by": "name"},
    "plain events by name": {"by": "name,country", "sort": "country"},
    "visit durations": {"by": "visit_duration"},
}
AT = 1_793_000_000_000_000

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from([0, 1, AT, END - 1, END, -END])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
)
RANKS = st.just([1]) | st.tuples(st.sampled_from([0, 1]), SCALARS | st.lists(SCALARS, max_size=3))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab"), inner, max_size=2),
    max_leaves=6,
)
NEARLY = st.lists(SCALARS | RANKS, max_size=6).map(lambda values: [AT, *values])


def sealed(value: Any, asked: dict[str, str]) -> str:
    return cursors.encode(value, cursors.identity(asked))


def status_of(service: Service, cursor: str, asked: dict[str, str]) -> int:
    answer = service.client.simulate_get("/attribution", params={**asked, "cursor": cursor})
    status: int = answer.status_code
    return status


def position_of(cursor: str, asked: dict[str, str]) -> Any:
    return cursors.decode(cursor, cursors.identity(asked))


@pytest.mark.parametrize("asked", LISTINGS.values(), ids=LISTINGS)
class DescribeASealedCursor:
    @settings(max_examples=50)
    @given(value=NEARLY | VALUES)
    def it_goes_on_or_is_refused(self, story: Service, asked: dict[str, str], value: Any) -> None:
        assert status_of(story, sealed(value, asked), asked) in (200, 400)

    def it_is_refused_with_one_value_of_another_kind(
        self, story: Service, asked: dict[str, str]
    ) -> None:
        first = story.ask(**asked, limit=1)["next"]
        good = position_of(first, asked) if first else [AT]

        for place in range(len(good)):
            for wrong in ({}, [[]], {"a": 1}):
                forged = sealed([*good[:place], wrong, *good[place + 1 :]], asked)
                assert status_of(story, forged, asked) == 400
        assert status_of(story, sealed(good[:-1], asked), asked) == 400
        assert status_of(story, sealed([*good, 1], asked), asked) == 400


class DescribeAForgedCursor:
    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(7, id="no list"),
            pytest.param([], id="nothing"),
            pytest.param([AT], id="no position"),
            pytest.param([None, AT, "0"], id="asked never"),
            pytest.param([-1, AT, "0"], id="asked before 1970"),
            pytest.param([AT, True, "0"], id="a boolean as an instant"),
            pytest.param([AT, 2**63, "0"], id="an instant that no column holds"),
            pytest.param([AT, AT, 5], id="a number as a digest"),
            pytest.param([AT, AT, "a\0"], id="a NUL in a digest"),
        ],
    )
    def it_is_told_as_one(self, service: Service, value: Any) -> None:
        asked = {"by": "visit"}

        answer = service.get("/attribution", f"by=visit&cursor={sealed(value, asked)}")

        assert problem(answer, 400)["errors"] == {
            "cursor": ["Must be the value of `next` in an answer to the same query."]
        }

    def it_is_told_as_one_when_it_is_no_json(self, service: Service) -> None:
        question = cursors.identity({"by": "visit"})
        body = orjson.dumps([AT, AT, "0"])[:-1]
        raw = cursors.seal(body, question) + body
        forged = urlsafe_b64encode(raw).decode().rstrip("=")

        answer = service.get("/attribution", f"by=visit&cursor={forged}")

        assert list(problem(answer, 400)["errors"]) == ["cursor"]
