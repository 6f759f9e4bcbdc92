"""GET /attribution as CSV: the rows, headers and pages of every report."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from falcon.testing import Result
from service import Service, cost, event, pageview, problem

REPORTS = (
    "channel",
    "day,paid",
    "name&event=open",
    "visit_duration",
    "user",
    "conversion",
    "visit",
    "pageview",
    "event",
)


def rows(result: Result) -> list[dict[str, str]]:
    assert result.status_code == 200, result.text
    return list(csv.DictReader(io.StringIO(result.text, newline="")))


@pytest.fixture
def told(service: Service) -> Service:
    """A service with a signup that followed an ad, and a lead without any visit."""
    ad = "https://www.example.com/en?utm_source=google&utm_medium=cpc&utm_campaign=%3Dspring"
    service.store("/pageviews", pageview(url=ad))
    service.store(
        "/events",
        event(user_id="ada", value=20, currency="EUR"),
        event(name="open", data={"=a": 1}),
        event(name="lead", fingerprint="other"),
    )
    service.store("/costs", cost(campaign="=spring"))
    return service


class DescribeEveryReport:
    @pytest.mark.parametrize("by", REPORTS)
    def it_has_the_rows_of_its_json(self, told: Service, by: str) -> None:
        found = rows(told.get("/attribution", f"by={by}&format=csv"))

        assert len(found) == len(told.get("/attribution", f"by={by}").json["results"]) > 0

    def it_has_nested_metrics_as_columns(self, told: Service) -> None:
        found = rows(told.get("/attribution", "by=campaign&format=csv&sort=campaign"))
        row = next(each for each in found if each["campaign"])

        assert row["campaign"] == "'=spring"
        assert row["time_to_convert_average"] == "3600.0"
        assert (row["revenue_EUR"], row["cost_EUR"], row["roi_EUR"]) == ("20.0", "12.5", "0.6")


class DescribeWhoGetsIt:
    @pytest.mark.parametrize(
        ("query", "accept", "kind"),
        [
            ("format=csv", "*/*", "text/csv; charset=utf-8"),
            ("format=csv", "application/json", "text/csv; charset=utf-8"),
            ("", "text/csv", "text/csv; charset=utf-8"),
            ("", "text/csv, application/json;q=0.5", "text/csv; charset=utf-8"),
            ("", "text/csv;q=0.5, application/json", "application/json"),
            ("", "text/html, */*;q=0.8", "application/json"),
            ("", "image/png", "application/json"),
            ("", "nonsense", "application/json"),
            ("format=json", "text/csv", "application/json"),
        ],
    )
    def it_asks(self, told: Service, query: str, accept: str, kind: str) -> None:
        found = told.get("/attribution", query, headers={"Accept": accept})

        assert found.headers["content-type"] == kind
        assert "Accept" in found.headers["vary"].split(", ")

    def it_is_told_what_formats_there_are(self, told: Service) -> None:
        told_of = problem(told.get("/attribution", "format=xls"), 400)

        assert told_of["errors"] == {"format": ["'xls' is not one of: json, csv."]}

    def it_gets_errors_as_problems(self, told: Service) -> None:
        problem(told.get("/attribution", "format=csv&by=nothing"), 400)


class DescribeItsHeaders:
    def it_names_the_file(self, told: Service) -> None:
        found = told.get("/attribution", "by=day,paid&format=csv")

        assert found.headers["content-disposition"] == 'attachment; filename="growth-day-paid.csv"'

    def it_has_a_tag_of_its_own(self, told: Service) -> None:
        as_csv, as_json = (told.get("/attribution", f"format={each}") for each in ("csv", "json"))
        tag = as_csv.headers["etag"]
        again = told.get("/attribution", "format=csv", headers={"If-None-Match": tag})

        assert tag != as_json.headers["etag"]
        assert (again.status_code, again.text) == (304, "")

    def it_is_packed(self, told: Service) -> None:
        plain = told.get("/attribution", "by=conversion&format=csv")
        found = told.get(
            "/attribution", "by=conversion&format=csv", headers={"Accept-Encoding": "gzip"}
        )

        assert found.headers["content-encoding"] == "gzip"
        assert gzip.decompress(found.content) == plain.content

    def it_leads_through_the_pages(self, told: Service) -> None:
        first = told.get("/attribution", "by=event&limit=2&format=csv")
        more = f"by=event&limit=2&cursor={first.headers['growth-next']}&format=csv"
        second = told.get("/attribution", more)

        assert [len(rows(each)) for each in (first, second)] == [2, 1]
        assert "growth-next" not in second.headers

    def it_tells_up_to_when_changes_are_complete(self, told: Service) -> None:
        query = "by=conversion&changed_since=2025-01-01"
        found = told.get("/attribution", f"{query}&format=csv")

        assert found.headers["growth-as-of"] == told.get("/attribution", query).json["as_of"]
