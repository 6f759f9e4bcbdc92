"""Refused input is kept without its secrets and within bounds, and can be replayed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from databases import Other
from service import NOW, Service, event, pageview, problem, without

from growth.attribution.facts import DAY
from growth.attribution.identity import MISTAKES
from growth.commands.main import main
from growth.database.tables import RejectRecord
from growth.ledger import rejects as module

TOKEN = "write-token-0001"
BAD = pageview(url="ftp://e.example/")


def rejects() -> list[RejectRecord]:
    return list(RejectRecord.select().order_by(RejectRecord.first_seen, RejectRecord.digest))


@pytest.fixture
def run(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", service.settings.database_url)
    return lambda *args: CliRunner().invoke(main, ["rejects", *args])


class DescribeKeeping:
    def it_keeps_an_item_with_its_reason_and_how_often_it_was_seen(self, service: Service) -> None:
        problem(service.post("/pageviews", BAD), 422)
        service.now += 5
        problem(service.post("/pageviews", BAD), 422)

        (kept,) = rejects()
        assert (kept.path, json.loads(kept.body), kept.times_seen) == ("/pageviews", BAD, 2)
        assert (kept.first_seen, kept.last_seen) == (NOW, NOW + 5)
        assert "absolute http" in kept.reason

    def it_keeps_the_bad_items_of_a_batch_alone(self, service: Service) -> None:
        service.post("/pageviews", [pageview(), BAD, 7])

        assert sorted(each.body for each in rejects()) == [
            "7",
            json.dumps(BAD),
        ]
        assert service.facts() == 1

    def it_keeps_bad_lines_of_ndjson(self, service: Service) -> None:
        service.send("/events", b'{"bad\n' + b"x" * 40_000, "application/x-ndjson")

        (kept,) = rejects()  # the second line is too large to be kept
        assert (kept.kind, kept.body) == ("application/x-ndjson", '{"bad')

    @pytest.mark.parametrize(
        ("body", "text"), [(b"\xff{", "\ufffd{"), (b'{"a":\x00', '{"a":\ufffd'), (b"{", "{")]
    )
    def it_keeps_bodies_that_are_no_json(self, service: Service, body: bytes, text: str) -> None:
        problem(service.send("/events", body), 400)

        assert [each.body for each in rejects()] == [text]

    def it_keeps_the_inflated_body(self, service: Service) -> None:
        service.send("/events", gzip.compress(b"[1"), Content_Encoding="gzip")

        assert [each.body for each in rejects()] == ["[1"]

    def it_keeps_another_content_under_an_id(self, service: Service) -> None:
        service.store("/pageviews", pageview(id="1"))
        problem(service.post("/pageviews", pageview(id="1", country="DE")), 422)

        assert len(rejects()) == 1

    @pytest.mark.parametrize("path", ["a%00/batch", "x" * 300 + "/batch"])
    def it_keeps_a_path_that_can_be_stored(
        self, make_service: Callable[..., Service], path: str
    ) -> None:
        service = make_service(GROWTH_SEGMENT_WRITE_KEYS="k1")
        body = json.dumps({"writeKey": "k1", "batch": [7]})

        assert service.send(f"/webhooks/segment/{path}", body).status_code == 200

        (kept,) = rejects()
        assert kept.path == f"/webhooks/segment/{path.replace('%00', chr(0xFFFD))}"[:200]

    def it_keeps_nothing_that_is_too_large_to_be_sent_again(self, service: Service) -> None:
        problem(service.post("/pageviews", [BAD] * 501), 413)

        assert rejects() == []

    def it_keeps_nothing_that_was_taken(self, service: Service) -> None:
        service.store("/pageviews", pageview(), pageview())
        service.get("/attribution", "by=colour")
        service.send("/nowhere", "{")

        assert rejects() == []

    def it_keeps_nothing_without_a_token(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_WRITE_TOKENS=TOKEN)

        problem(service.post("/pageviews", BAD), 401)
        assert rejects() == []
        problem(service.post("/pageviews", BAD, headers={"Authorization": f"Bearer {TOKEN}"}), 422)
        assert len(rejects()) == 1

    def it_keeps_nothing_if_told_so(self, make_service: Callable[..., Service]) -> None:
        problem(make_service(GROWTH_REJECTS_DAYS="0").post("/pageviews", BAD), 422)

        assert rejects() == []

    def it_answers_also_when_they_cannot_be_kept(self, service: Service, other: Other) -> None:
        other.lock()

        problem(service.post("/pageviews", BAD), 422)
        other.unlock()
        assert rejects() == []


class DescribeSecrets:
    def it_is_in_neither_body_nor_reason(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_WRITE_TOKENS=TOKEN)
        headers = {"Authorization": f"Bearer {TOKEN}"}

        service.post("/events", event(name=TOKEN, value=TOKEN), headers=headers)

        (kept,) = rejects()
        assert TOKEN not in kept.body + kept.reason


class DescribeTheBounds:
    def store(self, service: Service, *names: str) -> None:
        for name in names:
            service.now += 1
            service.post("/pageviews", BAD | {"id": name})

    def it_lets_the_oldest_go_and_counts_them(
        self, service: Service, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MAX_ROWS", 2)
        self.store(service, "1", "2", "1", "3", "4")

        assert [json.loads(each.body)["id"] for each in rejects()] == ["3", "4"]
        assert run("list").output.endswith(
            "2 rejects, 2 dropped because they were too many or too old\n"
        )

    def it_bounds_their_bytes(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MAX_BYTES", 900)
        self.store(service, *"12345")

        assert [json.loads(each.body)["id"] for each in rejects()] == ["4", "5"]

    def it_counts_all_that_they_take(self, service: Service) -> None:
        service.post("/pageviews", BAD)

        (kept,) = rejects()
        texts = (kept.digest, kept.path, kept.kind, kept.reason, kept.body)
        assert kept.size == module.ROW_BYTES + sum(len(text.encode()) for text in texts)

    def it_bounds_their_age(self, service: Service) -> None:
        self.store(service, "1")
        service.now += 30 * DAY
        self.store(service, "2")

        assert [json.loads(each.body)["id"] for each in rejects()] == ["2"]


class DescribeReplaying:
    @pytest.fixture
    def mistaken(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A reject that can be replayed: its fingerprint no longer counts as a client's mistake."""
        monkeypatch.setattr("growth.schemas.ids.MISTAKES", MISTAKES | {"b998"})
        for _ in range(3):
            service.now += 1
            problem(service.post("/pageviews", without(pageview(), "created_at")), 422)
        monkeypatch.undo()
        monkeypatch.setenv("DATABASE_URL", service.settings.database_url)

    def it_stores_it_once_as_of_its_receipt(
        self, mistaken: None, service: Service, run: Callable[..., Result]
    ) -> None:
        copy = RejectRecord.select().get().__data__
        first = run("replay", "--all")
        again = run("replay", "--all")

        assert (first.output, first.exit_code) == (
            "stored 1 facts; 0 rejects are refused again\n",
            0,
        )
        assert again.output == "stored 0 facts; 0 rejects are refused again\n"
        RejectRecord.insert(copy).execute()  # as if the replay had been killed
        assert run("replay", copy["digest"][:6]).output.startswith("stored 0 facts")
        assert service.facts() == 1
        seen = service.ask(fingerprint="b998")["results"][0]["first_seen"]
        assert seen == "2026-11-22T12:00:00.000001Z"

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (json.dumps(BAD), "application/json"),
            (f"[{json.dumps(BAD)}]", "application/json"),
            ("[{", "application/json"),
            ("{}\n[", "application/x-ndjson"),
            ("{}\n\n1", "application/x-ndjson"),
        ],
    )
    def it_keeps_what_is_refused_again(
        self, service: Service, run: Callable[..., Result], body: str, kind: str
    ) -> None:
        service.send("/pageviews", body, kind)
        before = [each.__data__ for each in rejects()]

        told = run("replay", "--all")

        assert told.exit_code == 1
        assert "refused again" in told.output
        assert [each.__data__ for each in rejects()] == before

    def it_needs_to_know_which(self, service: Service, run: Callable[..., Result]) -> None:
        assert run("replay").exit_code == 2
        assert "no such reject" in run("drop", "abc").output
        service.post("/pageviews", [BAD, 7])
        assert "several digests begin with this" in run("show", "").output


class DescribeTheList:
    def it_tells_of_each_and_shows_it_whole(
        self, service: Service, run: Callable[..., Result]
    ) -> None:
        problem(service.post("/pageviews", BAD), 422)
        (kept,) = rejects()

        line = run("list").output.splitlines()[0]
        assert line.startswith(f"{kept.digest[:12]}  2026-11-22T12:00:00Z      1  /pageviews  ")
        shown = run("show", kept.digest[:12]).output
        assert kept.body in shown
        assert kept.reason in shown

    @pytest.mark.parametrize("field", ["url", "id", "fingerprint", "user_id", "created_at"])
    def it_tells_three_alike_apart(
        self, service: Service, run: Callable[..., Result], field: str
    ) -> None:
        values = {
            "url": [f"ftp://e{place}.example/" for place in range(3)],
            "created_at": [f"2026-11-20T10:00:0{place}Z" for place in range(3)],
        }.get(field, [f"a-{place}" for place in range(3)])
        service.post("/pageviews", [BAD | {field: value} for value in values])

        lines = run("list").output.splitlines()[:3]

        assert sorted(f"{field}={value}" in line for line in lines for value in values) == (
            [False] * 6 + [True] * 3
        )
        assert all("absolute http" in line for line in lines)

    def it_shows_the_beginning_of_what_is_no_object(
        self, service: Service, run: Callable[..., Result]
    ) -> None:
        service.send("/pageviews", "[7, {")

        assert run("list").output.splitlines()[0].endswith("  [7, {")

    @pytest.mark.parametrize("body", ["[" * 2_000 + "]" * 2_000, '{"id":' * 2_000])
    def it_shows_the_beginning_of_what_nests_too_deep(
        self, service: Service, run: Callable[..., Result], body: str
    ) -> None:
        service.send("/pageviews", body)

        assert run("list").output.splitlines()[0].endswith(f"  {body[:40]}")

    def it_has_one_line_per_reject_whatever_is_in_it(
        self, service: Service, run: Callable[..., Result]
    ) -> None:
        service.post("/pageviews", [BAD | {"id": "a\nb\x1b[2J"}])

        line, _ = run("list").output.splitlines()
        assert "id=a\ufffdb\ufffd[2J" in line

    def it_gives_each_as_json(self, service: Service, run: Callable[..., Result]) -> None:
        service.post("/pageviews", [BAD, 7])

        listed = [json.loads(line) for line in run("list", "--json").output.splitlines()]

        assert {each["body"] for each in listed} == {json.dumps(BAD), "7"}
        assert {each["first_seen"] for each in listed} == {"2026-11-22T12:00:00Z"}
        assert any("url" in each["reason"] for each in listed)
        assert set(listed[0]) == set(RejectRecord._meta.fields)

    def it_drops(self, service: Service, run: Callable[..., Result]) -> None:
        service.post("/pageviews", [BAD, 7])

        assert run("drop", rejects()[0].digest).output == "dropped 1 rejects\n"
        assert run("drop", "--all").output == "dropped 1 rejects\n"
        assert rejects() == []
