"""GET /metrics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from service import Service, cost, event, pageview, problem

from growth.database.statements import database
from growth.maintenance.staleness import keep_settings
from growth.settings import load_settings
from growth.wiring import create_ledger

Series = dict[str, float]
"""The values of samples. The keys are their names and labels."""


def scraped(service: Service) -> Series:
    result = service.get("/metrics")
    assert result.status_code == 200, result.text
    return {
        f"{each.name}{sorted(each.labels.items()) or ''}": each.value
        for family in text_string_to_metric_families(result.text)
        for each in family.samples
    }


def grown(service: Service, act: Callable[[], object]) -> Series:
    """The samples that `act` changes, and by how much."""
    before = scraped(service)
    act()
    after = scraped(service)
    return {
        name: value - before.get(name, 0)
        for name, value in after.items()
        if value != before.get(name, 0)
    }


def labelled(name: str, **labels: str) -> str:
    return f"{name}{sorted(labels.items())}"


class DescribeCounters:
    def it_counts_requests_by_route_and_status_and_measures_them(self, service: Service) -> None:
        def act() -> None:
            service.post("/pageviews", pageview())
            service.get("/attribution", "by=nonsense")
            service.get("/no/such/path/8f3a")

        found = grown(service, act)

        for method, route, status in (
            ("POST", "/pageviews", "200"),
            ("GET", "/attribution", "400"),
            ("GET", "other", "404"),
        ):
            labels = {"method": method, "route": route, "status": status}
            assert found[labelled("growth_request_seconds_count", **labels)] == 1
            assert found[labelled("growth_request_seconds_sum", **labels)] > 0

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    def it_has_no_label_that_a_stranger_chooses(self, service: Service, method: str) -> None:
        service.client.simulate_request(method, "/secret-8f3a")
        service.get("/attribution/8f3a")

        text = service.get("/metrics").text

        assert "8f3a" not in text
        assert method not in text

    @pytest.mark.parametrize(
        ("path", "items", "expected"),
        [
            ("/pageviews", [pageview()] * 2, {"pageview stored": 1, "pageview duplicate": 1}),
            ("/events", [event(), event(name="trial")], {"event stored": 2}),
            ("/costs", [cost()], {"cost stored": 1}),
            (
                "/events",
                [event(id="1"), event(id="1", category="x")],
                {"event stored": 1, "event conflict": 1, "reject kept": 1},
            ),
        ],
    )
    def it_counts_facts_by_kind_and_outcome(
        self, service: Service, path: str, items: list[object], expected: dict[str, int]
    ) -> None:
        found = grown(service, lambda: service.post(path, items))

        counted = {name: each for name, each in found.items() if "growth_facts_total" in name}
        assert counted == {
            labelled("growth_facts_total", kind=told.split()[0], outcome=told.split()[1]): number
            for told, number in expected.items()
        }
        assert found["growth_batch_facts_sum"] == sum(expected.values())
        assert found["growth_commit_seconds_sum"] > 0

    @pytest.mark.parametrize(
        ("path", "item", "name"),
        [
            ("/pageviews", pageview(url="x"), "growth_rejected_items_total/pageviews"),
            ("/events", event(curency="EUR"), "growth_ignored_fields_total/events"),
            ("/events", event(created_at="2026-12-24T00:00:00Z"), "growth_skewed_items_total"),
            ("/pageviews", pageview(user_agent="Googlebot/2.1"), "growth_bots_total"),
        ],
    )
    def it_counts_what_answers_tell(
        self, service: Service, path: str, item: object, name: str
    ) -> None:
        found = grown(service, lambda: service.post(path, item))

        name, slash, route = name.partition("/")
        assert found[labelled(name, route=slash + route) if slash else name] == 1

    def it_counts_late_pageviews_and_what_they_change(self, service: Service) -> None:
        service.store("/pageviews", pageview())
        first = grown(service, lambda: service.store("/events", event()))
        assert "growth_revisions_total" not in first
        ad = "https://www.example.com/en?utm_source=ads&utm_medium=cpc"
        early = pageview(url=ad, created_at="2026-11-20T09:59:00Z")

        newest = pageview(created_at="2026-11-20T10:05:00Z")
        found = grown(service, lambda: service.store("/pageviews", early, newest))

        assert found["growth_late_pageviews_total"] == 1
        assert found["growth_replays_total"] == 1
        assert found["growth_revisions_total"] == 1

    def it_counts_answers_of_503_by_reason(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_QUEUE_SIZE="1")
        service.recorder.queue_size = 0

        found = grown(service, lambda: service.post("/pageviews", pageview()))

        assert found[labelled("growth_unavailable_total", reason="queue full")] == 1


class DescribeReadings:
    def it_tells_the_queue_the_rejects_and_the_last_fact(self, service: Service) -> None:
        before = scraped(service)
        service.post("/pageviews", [pageview(), pageview(url="x")])
        after = scraped(service)

        assert after["growth_database_up"] == 1
        assert after["growth_queue_depth"] == 0
        assert after["growth_queue_size"] == 1_000
        assert (before["growth_rejects_kept"], after["growth_rejects_kept"]) == (0, 1)
        assert before["growth_last_fact_timestamp_seconds"] == 0
        assert after["growth_last_fact_timestamp_seconds"] == service.recorder.stored_at > 0
        assert after["growth_database_bytes"] > 0

    def it_knows_the_last_fact_after_a_restart(self, service: Service) -> None:
        service.store("/pageviews", pageview(created_at="2026-11-20T10:00:00Z"))
        service.store("/events", event(created_at="2026-11-20T09:00:00Z"))

        service.recorder.stored_at = 0.0  # as in a new process

        assert scraped(service)["growth_last_fact_timestamp_seconds"] == 1_795_168_800

    @pytest.mark.sqlite
    def it_tells_the_size_of_the_file_and_its_log(self, service: Service) -> None:
        path = Path(database.database)
        found = scraped(service)

        assert found["growth_database_bytes"] == path.stat().st_size
        assert found["growth_wal_bytes"] == path.with_name(f"{path.name}-wal").stat().st_size
        assert found["growth_disk_free_bytes"] > 0

    def it_tells_when_a_rebuild_is_due(self, service: Service) -> None:
        before = scraped(service)
        keep_settings(create_ledger(load_settings({"GROWTH_LOOKBACK_DAYS": "30"})))
        after = scraped(service)

        assert (before["growth_stale_settings"], after["growth_stale_settings"]) == (0, 1)

    @pytest.mark.sqlite
    def it_answers_also_when_the_database_does_not(self, service: Service) -> None:
        Path(database.database).rename(f"{database.database}.gone")

        found = scraped(service)

        assert found["growth_database_up"] == 0
        assert "growth_database_bytes" not in found

    def it_wants_a_read_token(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_READ_TOKENS="r" * 16, GROWTH_WRITE_TOKENS="w" * 16)

        problem(service.get("/metrics"), 401)
        problem(service.get("/metrics", headers={"Authorization": f"Bearer {'w' * 16}"}), 403)
        read = service.get("/metrics", headers={"Authorization": f"Bearer {'r' * 16}"})

        assert read.status_code == 200
        assert read.headers["content-type"].startswith("text/plain; version=")
