"""The recorder has one writer thread, commits requests together, and isolates those that fail."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from patience import wait_until
from peewee import OperationalError
from service import Service, cost, event, pageview, problem

from growth.attribution.facts import Event, Fact
from growth.ledger.storing import Outcome
from growth.recorder import BusyError, Recorder
from growth.resources.facts import NOT_HELD
from growth.resources.platform import Inbox


class Store:
    """A ledger that keeps facts in memory. While `gate` is closed, the writer waits in `apply`."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.poison: dict[str, Exception] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def apply(self, facts: Sequence[Fact]) -> list[Outcome]:
        names = [fact.digest for fact in facts]
        self.batches.append(names)
        self.entered.set()
        self.gate.wait(5)
        for name in names:
            if name in self.poison:
                raise self.poison[name]
        return [Outcome.STORED] * len(facts)

    def prove(self, with_room: bool) -> None:
        """It takes writes."""


def facts(*names: str) -> list[Fact]:
    return [Event("signup", 0, name, fingerprint="b998") for name in names]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def writer(store: Store) -> Iterator[Recorder]:
    recorder = Recorder(store, queue_size=10).start()
    yield recorder
    store.gate.set()
    recorder.close()


def gather(store: Store, writer: Recorder, pool: ThreadPoolExecutor, *names: str) -> list[object]:
    """Record one request per name while the writer is busy; return the results or exceptions."""
    store.gate.clear()
    store.entered.clear()
    holder = pool.submit(writer.record, facts("holder"))
    store.entered.wait(5)
    asked = [pool.submit(writer.record, facts(name)) for name in names]
    wait_until(lambda: writer.queue.qsize() == len(names), seconds=5)
    store.gate.set()
    holder.result()
    return [each.exception() or each.result() for each in asked]


class DescribeTheRecorder:
    def it_answers_each_fact_when_it_is_committed(self, writer: Recorder) -> None:
        assert writer.record(facts("a", "b")) == [Outcome.STORED] * 2

    def it_has_nothing_to_do_for_no_facts(self, store: Store, writer: Recorder) -> None:
        assert writer.record([]) == []
        assert store.batches == []

    def it_commits_together_what_waits_together(
        self, store: Store, writer: Recorder, pool: ThreadPoolExecutor
    ) -> None:
        told = gather(store, writer, pool, "a", "b", "c")

        assert told == [[Outcome.STORED]] * 3
        assert [sorted(batch) for batch in store.batches] == [["holder"], ["a", "b", "c"]]

    def it_commits_a_full_batch_before_it_takes_more(
        self, store: Store, writer: Recorder, pool: ThreadPoolExecutor
    ) -> None:
        store.gate.clear()
        holder = pool.submit(writer.record, facts("holder"))
        store.entered.wait(5)
        names = [str(place) for place in range(500)]
        asked = [pool.submit(writer.record, facts(*names)) for _ in range(3)]
        wait_until(lambda: writer.queue.qsize() == 3, seconds=5)
        store.gate.set()

        assert [len(each.result()) for each in (holder, *asked)] == [1, 500, 500, 500]
        assert [len(batch) for batch in store.batches] == [1, 1_000, 500]


class DescribeAFailingBatch:
    def it_is_tried_one_by_one_so_that_the_poison_fails_alone(
        self, store: Store, writer: Recorder, pool: ThreadPoolExecutor
    ) -> None:
        store.poison["bad"] = poison = ValueError("poison")

        told = gather(store, writer, pool, "a", "bad", "c")

        assert told == [[Outcome.STORED], poison, [Outcome.STORED]]

    def it_fails_from_the_fact_at_which_the_database_fails(
        self, store: Store, writer: Recorder, pool: ThreadPoolExecutor
    ) -> None:
        store.poison["bad"] = poison = ValueError("poison")
        store.poison["locked"] = locked = OperationalError("database is locked")

        told = gather(store, writer, pool, "bad", "locked", "c", "d")

        assert told[:2] == [poison, locked]
        assert [str(each) for each in told[2:]] == ["The database failed. database is locked"] * 2
        assert writer.trouble is not None
        assert writer.trouble.cause == "database is locked"
        assert [batch for batch in store.batches if len(batch) == 1][1:] == [["bad"], ["locked"]]

    def it_is_not_tried_again_when_it_is_one_request(self, store: Store, writer: Recorder) -> None:
        store.poison["bad"] = ValueError("poison")

        with pytest.raises(ValueError, match="poison"):
            writer.record(facts("a", "bad"))

        assert store.batches == [["a", "bad"]]
        assert writer.record(facts("a")) == [Outcome.STORED]

    def it_fails_at_once_when_the_database_does(
        self, store: Store, writer: Recorder, pool: ThreadPoolExecutor
    ) -> None:
        store.poison["bad"] = locked = OperationalError("database is locked")

        assert gather(store, writer, pool, "a", "bad", "c") == [locked] * 3
        assert len(store.batches) == 2

    def it_leaves_no_trace_of_the_poison_in_a_real_database(self, service: Service) -> None:
        good = Event("trial", 1, "a" * 32, fingerprint="b998")
        poison = Event("trial", 2**63, "b" * 32, fingerprint="b998")  # past 63 bits

        assert service.recorder.record([poison, good]) == [Outcome.REFUSED, Outcome.STORED]
        assert service.facts() == 1


class DescribeAFactThatTheDatabaseCannotHold:
    @pytest.mark.postgres
    def it_is_refused_alone(self, service: Service) -> None:
        draw = Random(7)
        letters = [chr(0x20000 + number) for number in range(10_000)]  # each takes four bytes
        names = ("source", "medium", "campaign", "content")
        poison = cost(**{name: "".join(draw.choices(letters, k=255)) for name in names})

        result = service.post("/costs", [cost(), poison, cost(day="2026-11-21")])

        assert result.status_code == 200
        assert result.json["stored"] == 2
        assert result.json["rejected"] == [{"index": 1, "errors": NOT_HELD}]
        assert problem(service.post("/costs", poison), 422)["errors"] == NOT_HELD

    def it_is_refused_with_the_message_of_a_platform(self, make_service: Any) -> None:
        service = make_service()
        inbox = Inbox(service.recorder, {"event": lambda item, now: item}, service.clock)
        good = Event("trial", 1, "a" * 32, fingerprint="b998")
        poison = Event("trial", 2**63, "b" * 32, fingerprint="b998")

        told = inbox.record([good, poison], lambda fact, now: [("event", fact)], service.now)

        rejected = [{"index": 1, "errors": NOT_HELD}]
        assert told == {"stored": 1, "duplicates": 0, "rejected": rejected}


class DescribeAFullQueue:
    def it_is_busy(self, store: Store, pool: ThreadPoolExecutor) -> None:
        recorder = Recorder(
            store, queue_size=1
        )  # nobody reads the queue, because it is not started
        asked = pool.submit(recorder.record, facts("a"))
        wait_until(lambda: recorder.queue.qsize() == 1, seconds=5)

        with pytest.raises(BusyError, match="queue of the writer is full"):
            recorder.record(facts("b"))

        recorder.start().close()
        assert asked.result() == [Outcome.STORED]

    def it_is_a_503_that_says_so_and_asks_to_try_again(
        self, make_service: Callable[..., Service], store: Store, pool: ThreadPoolExecutor
    ) -> None:
        service = make_service(GROWTH_QUEUE_SIZE="1")
        service.recorder.ledger = store
        store.gate.clear()
        held = pool.submit(service.post, "/pageviews", pageview())
        store.entered.wait(5)
        waiting = pool.submit(service.post, "/events", event())
        wait_until(lambda: service.recorder.queue.qsize() == 1, seconds=5)

        refused = service.post("/events", event(id="1"))

        assert problem(refused, 503)["reason"] == "queue full"
        assert refused.headers["retry-after"] == "1"
        store.gate.set()
        assert [each.result().status_code for each in (held, waiting)] == [200, 200]


class DescribeClosing:
    def it_commits_what_waits(self, store: Store, pool: ThreadPoolExecutor) -> None:
        recorder = Recorder(store, queue_size=10)
        asked = [pool.submit(recorder.record, facts(name)) for name in "abc"]
        wait_until(lambda: recorder.queue.qsize() == 3, seconds=5)

        recorder.queue.put(None)
        recorder.start().thread.join(5)

        assert [each.result() for each in asked] == [[Outcome.STORED]] * 3
        assert not recorder.thread.is_alive()


class DescribePatience:
    def it_ends_and_takes_the_request_back(self, store: Store) -> None:
        recorder = Recorder(store, queue_size=10)

        with pytest.raises(BusyError, match=r"more than 0.05 seconds"):
            recorder.submit(facts("a"), patience=0.05)

        recorder.start().close()
        assert store.batches == []
