"""The recorder: a queue of requests, and one thread that commits their facts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue

from growth.attribution.facts import Fact
from growth.database.faults import SLOW, Fault, failing, is_of_value
from growth.ledger.ledger import Ledger
from growth.ledger.rejects import Reject
from growth.ledger.storing import Outcome
from growth.logs import request_ids
from growth.metrics import count_batch

log = logging.getLogger(__name__)

MAX_BATCH = 1_000
"""Once a transaction has this many facts, no further request joins it."""

PATIENCE_SECONDS = 30
"""The longest time that a request waits for the commit of its facts."""

CHECK_SECONDS = 5
"""Timeout of a health check."""

QUEUE_FULL = Fault("queue full", "The queue of the writer is full.", True)


class BusyError(Exception):
    """The facts cannot be committed now; `fault` is the reason."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return self.fault.told


@dataclass(frozen=True, slots=True)
class Job:
    """The facts of one request, the request's id, and a future for the outcomes."""

    facts: Sequence[Fact | Reject]
    requests: tuple[str, ...] = field(default_factory=request_ids.get)
    answer: Future[list[Outcome]] = field(default_factory=Future)


class Recorder:
    """Hands facts to one thread, which commits all waiting facts in one transaction.

    `record` blocks until its facts are on disk. The facts of one request are committed together. If
    a transaction fails, its requests are tried one by one, so that only a bad request fails. If a
    request has a value that the database cannot hold, its facts are tried one by one. If the
    database itself fails, all requests of the transaction fail together.

    `trouble` is set when the database fails, until a transaction succeeds again. While it is set,
    one request at a time is tried, and all others are refused. If `ending` is set, the service is
    ending and refuses all facts. `stored_at` is when a fact was last stored (Unix time), or 0.
    """

    def __init__(self, ledger: Ledger, queue_size: int) -> None:
        self.ledger = ledger
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
        """Commit the facts; return the outcome of each.

        Raises BusyError if the recorder cannot take the facts, or takes too long, and peewee's
        error if the database fails.
        """
        return self.submit(facts, PATIENCE_SECONDS) if facts else []

    def check(self) -> None:
        """Commit a test row. Raises the same errors as `record`."""
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
            job.answer.cancel()  # the writer skips this job if it has not begun
            slow = Fault(SLOW, f"The writer took more than {patience} seconds.", True)
            raise BusyError(slow) from ex

    def close(self) -> None:
        """Commit the waiting facts and stop the writer."""
        self.queue.put(None)
        self.thread.join()

    def write(self) -> None:
        while (job := self.queue.get()) is not None:
            jobs, more = self.waiting_with(job)
            self.commit(jobs)
            if not more:
                return

    def waiting_with(self, first: Job) -> tuple[list[Job], bool]:
        """The job `first`, and as many waiting jobs as are needed for MAX_BATCH facts.

        The second value is False if the writer has to stop after these jobs.
        """
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
        """Commit the jobs whose requests still wait."""
        jobs = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
        if jobs:
            self.commit_together(jobs)

    def commit_together(self, jobs: list[Job]) -> None:
        facts = [fact for job in jobs for fact in job.facts]
        request_ids.set(tuple(name for job in jobs for name in job.requests))
        failure = None
        try:
            if not facts:
                self.ledger.prove(with_room=self.trouble is not None)
            outcomes = iter(self.apply(facts) if facts else ())
        except Exception as ex:
            failure = ex  # handled below, so that it is not the context of later exceptions
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
        """Commit the facts in one transaction, and count them."""
        began = time.perf_counter()
        outcomes = self.ledger.apply(facts)
        kinds = (type(fact).__name__.lower() for fact in facts)
        count_batch(kinds, (each.value for each in outcomes), time.perf_counter() - began)
        if Outcome.STORED in outcomes:
            self.stored_at = time.time()
        return outcomes

    def apply_each(self, job: Job) -> None:
        """Commit the facts of a job one by one. Facts that the database cannot hold are REFUSED."""
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
