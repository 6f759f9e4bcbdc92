"""The writer: one thread that commits all waiting facts in one transaction and answers them all."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Protocol

from peewee import OperationalError

from growth.attribution.conversions import Terms
from growth.attribution.facts import Fact
from growth.attribution.rules import Rules
from growth.database.faults import DRIVER, UNKNOWN, Fault, fault_of, is_of_value
from growth.ledger.outcome import Outcome
from growth.ledger.rejects import Reject
from growth.logs import request_ids
from growth.metrics.counters import count_batch

log = logging.getLogger(__name__)

MAX_BATCH = 1_000
"""Facts that one transaction takes before it commits and the next begins."""

PATIENCE_SECONDS = 30
"""How long a request waits for its facts to be committed."""

CHECK_SECONDS = 5
"""Timeout of a health check."""


QUEUE_FULL = Fault("queue full", "The queue of the writer is full.", True)
SLOW = "slow"

NOT_HELD = {"_schema": ["The database cannot hold this: a text is too long for an index."]}
"""Says what is wrong with a REFUSED fact."""


class BusyError(Exception):
    """The facts could not be committed now, for the reason that `fault` tells."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return " ".join(filter(None, (self.fault.detail, self.fault.cause)))


class Store(Protocol):
    """What the recorder writes to: the ledger."""

    rules: Rules
    terms: Terms

    def apply(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit the facts in one transaction; say what became of each."""

    def prove(self, with_room: bool) -> None:
        """Raise what the database raises unless facts could be committed now, or many of them."""


@dataclass(frozen=True, slots=True)
class Job:
    """The facts of a request, its id, and its answer: the outcome of each, or the failure."""

    facts: Sequence[Fact | Reject]
    requests: tuple[str, ...] = field(default_factory=request_ids.get)
    answer: Future[list[Outcome]] = field(default_factory=Future)


class Recorder:
    """Hands facts to one thread, which commits all that wait in one transaction.

    `record` blocks until its facts are committed, so that an answer means on disk. The facts of
    one request are committed together. If a transaction fails, its requests are tried one by
    one, so that what fails fails alone, and so are the facts of a request if the database cannot
    hold one of them; if the database fails, they fail together and at once.

    `trouble` says why the database failed last, until it works again: in trouble one request at a
    time is tried and the others are refused at once, so that they do not queue up for its lock.
    `ending` says why no facts are taken any more. `stored_at` is when a fact was last stored, in
    seconds since 1970 UTC; 0 before the first.
    """

    def __init__(self, store: Store, queue_size: int) -> None:
        self.store = store
        self.trouble: Fault | None = None
        self.ending: Fault | None = None
        self.stored_at = 0.0
        self.queue_size = queue_size
        self.queue: SimpleQueue[Job | None] = SimpleQueue()
        self.thread = threading.Thread(target=self.write, name="recorder", daemon=True)

    def start(self) -> Recorder:
        """Start the writer and return self."""
        self.thread.start()
        return self

    def record(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit the facts and say what became of each. Raises BusyError if that cannot be now."""
        return self.submit(facts, PATIENCE_SECONDS) if facts else []

    def check(self) -> None:
        """Commit something. Raises BusyError or what the database raises if that cannot be now."""
        self.submit([], CHECK_SECONDS)

    def submit(self, facts: Sequence[Fact | Reject], patience: float) -> list[Outcome]:
        if self.ending:
            raise BusyError(self.ending)
        if self.trouble and not self.queue.empty():
            raise BusyError(self.trouble)
        if self.queue.qsize() >= self.queue_size:
            raise BusyError(QUEUE_FULL)
        job = Job(facts)
        self.queue.put(job)
        try:
            return job.answer.result(patience)
        except TimeoutError as ex:
            job.answer.cancel()  # it is not begun any more, if it has not been
            slow = Fault(SLOW, f"The writer took more than {patience} seconds.", True)
            raise BusyError(slow) from ex

    def close(self) -> None:
        """Commit what waits and stop the writer."""
        self.queue.put(None)
        self.thread.join()

    def write(self) -> None:
        while (job := self.queue.get()) is not None:
            jobs, more = self.waiting_with(job)
            self.commit(jobs)
            if not more:
                return

    def waiting_with(self, first: Job) -> tuple[list[Job], bool]:
        """All jobs that wait, up to a full batch, and whether there will be more."""
        jobs, size = [first], len(first.facts)
        while size < MAX_BATCH:
            try:
                job = self.queue.get_nowait()
            except Empty:
                break
            if job is None:
                return jobs, False
            jobs.append(job)
            size += len(job.facts)
        return jobs, True

    def commit(self, jobs: list[Job]) -> None:
        """Commit the jobs whose requests still wait, all in one transaction or one by one."""
        jobs = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
        if jobs:
            self.commit_together(jobs)

    def commit_together(self, jobs: list[Job]) -> None:
        facts = [fact for job in jobs for fact in job.facts]
        request_ids.set(tuple(name for job in jobs for name in job.requests))
        failure = None
        try:
            if not facts:
                self.store.prove(with_room=self.trouble is not None)
            outcomes = iter(self.apply(facts) if facts else ())
        except Exception as ex:
            failure = ex  # handled below, so that what fails next does not seem to follow from it
        if failure is None:
            self.trouble = None
            for job in jobs:
                job.answer.set_result(list(islice(outcomes, len(job.facts))))
        elif is_of_value(failure) and len(jobs) == 1:
            self.apply_each(jobs[0])
        elif (fault := failing(failure)) or len(jobs) == 1:
            self.trouble = fault or self.trouble
            for job in jobs:
                job.answer.set_exception(failure)
        else:
            self.commit_each(jobs, failure)

    def apply(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit the facts in one transaction, and count it."""
        began = time.perf_counter()
        outcomes = self.store.apply(facts)
        kinds = (type(fact).__name__.lower() for fact in facts)
        count_batch(kinds, (each.value for each in outcomes), time.perf_counter() - began)
        if Outcome.STORED in outcomes:
            self.stored_at = time.time()
        return outcomes

    def apply_each(self, job: Job) -> None:
        """Commit the facts of a job one by one; what the database cannot hold is REFUSED."""
        outcomes: list[Outcome] = []
        for fact in job.facts:
            try:
                outcomes += self.apply([fact])
            except Exception as ex:
                if not is_of_value(ex):
                    self.trouble = failing(ex)
                    job.answer.set_exception(ex)
                    return
                log.warning("the database refuses a fact", exc_info=ex)
                outcomes.append(Outcome.REFUSED)
        job.answer.set_result(outcomes)

    def commit_each(self, jobs: list[Job], ex: Exception) -> None:
        log.warning("a batch of %d requests failed; each is tried alone: %s", len(jobs), ex)
        for job in jobs:
            if self.trouble:
                job.answer.set_exception(BusyError(self.trouble))
            else:
                self.commit_together([job])


def failing(ex: Exception) -> Fault | None:
    """What is wrong with the database; None if it is not the database that failed."""
    if is_of_value(ex) or not isinstance(ex, DRIVER):
        return None
    fault = fault_of(ex)
    is_known = fault.reason != UNKNOWN.reason or isinstance(ex, OperationalError)
    return fault if is_known else None
