"""GET /attribution?from=…&to=…: the period of a query, and queries that are refused."""

import pytest
from service import Service, problem

COUNTS = ("visits", "new_visitors", "pageviews", "conversions", "from_trial")


class DescribeAPeriod:
    @pytest.mark.parametrize(
        ("start", "to", "visits", "conversions"),
        [
            pytest.param("2026-11-03", "2026-11-04", 2, 1, id="a-day"),
            pytest.param("2026-11-04", None, 1, 2, id="from-is-inclusive"),
            pytest.param(None, "2026-11-04", 3, 1, id="to-is-exclusive"),
            pytest.param("2026-11-03T10:00:00Z", "2026-11-03T11:00:00Z", 1, 0, id="an-hour"),
            pytest.param("2026-11-03T10:00:00.000001Z", "2026-11-03T11:00:00.000001Z", 0, 1,
                         id="a-microsecond-later"),
            pytest.param("2026-11-03T23:59:59.999999Z", "2026-11-04T00:00:00.000001Z", 2, 0,
                         id="over-midnight"),
            pytest.param("2026-11-04T01:00:00+01:00", "2026-11-04T00:01:00.5Z", 1, 1, id="offset"),
            pytest.param("2031-01-01", None, 0, 0, id="the-future"),
        ],
    )  # fmt: skip
    def it_holds_what_began_and_what_happened_in_it(
        self, story: Service, start: str | None, to: str | None, visits: int, conversions: int
    ) -> None:
        period = {name: at for name, at in (("start", start), ("to", to)) if at is not None}

        totals = story.ask(**period)["totals"]

        assert (totals["visits"], totals["conversions"]) == (visits, conversions)

    @pytest.mark.parametrize("by", ["channel", "source", "medium", "campaign", "paid", "country"])
    @pytest.mark.parametrize("period", [{}, {"start": "2026-11-03", "to": "2026-11-04"}])
    def it_has_the_same_figures_from_rollups_as_from_visits(
        self, story: Service, by: str, period: dict[str, str]
    ) -> None:
        """By landing page, visits are counted. By other dimensions, rollups have whole days."""
        finer = story.ask(by=f"{by},landing_page", **period)["results"]

        for row in story.ask(by=by, **period)["results"]:
            parts = [part for part in finer if part[by] == row[by]]
            for name in COUNTS:
                assert row[name] == sum(part[name] for part in parts)


class DescribeARefusedQuestion:
    @pytest.mark.parametrize(
        ("query", "name", "allowed"),
        [
            ("colour=red", "colour", "by, event, model, from, to, last, timezone, changed_since"),
            ("by=colour", "by", "channel, source, medium, campaign"),
            ("model=best", "model", "first_click, last_click, linear, position_based, time_decay"),
            ("include=cats", "include", "touches"),
            ("from=2026-02-30", "from", "2023-01-20 or 2023-01-20T14:00Z"),
            ("from=2026-11-02&to=2026-11-01", "from", "before to"),
            ("%FF=1", "\ufffd", "Must be UTF-8"),
        ],
    )
    def it_is_a_400_that_names_what_is_allowed(
        self, service: Service, query: str, name: str, allowed: str
    ) -> None:
        told = problem(service.get("/attribution", query), 400)

        assert told["detail"] == "The query is invalid; see errors."
        assert allowed in told["errors"][name][0]
