"""The writer: one thread that commits all waiting facts in one transaction and answers them all."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Protocol

from peewee import OperationalError

from growth.attribution.facts import Fact
from growth.attribution.rules import Rules
from growth.ledger.outcome import Outcome
from growth.ledger.rejects import Reject
from growth.logs import request_ids

log = logging.getLogger(__name__)

MAX_BATCH = 1_000
"""Facts that one transaction takes before it commits and the next begins."""

PATIENCE_SECONDS = 30
"""How long a request waits for its facts to be committed."""

CHECK_SECONDS = 5
"""Timeout of a health check."""


class BusyError(Exception):
    """The facts could not be committed now; the sender should try again."""


class Store(Protocol):
    """What the recorder writes to: the ledger."""

    rules: Rules

    def apply(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit the facts in one transaction; say what became of each."""

    def prove(self) -> None:
        """Raise OperationalError unless facts could be committed now."""


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
    one, so that what fails fails alone; if the database fails, they fail together and at once.

    `trouble` says why the database failed last, until it works again: in trouble one request at a
    time is tried and the others are refused at once, so that they do not queue up for its lock.
    """

    def __init__(self, store: Store, queue_size: int) -> None:
        self.store = store
        self.trouble: str | None = None
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
        """Prove that facts could be committed now. Raises BusyError or what the database raises."""
        self.submit([], CHECK_SECONDS)

    def submit(self, facts: Sequence[Fact | Reject], patience: float) -> list[Outcome]:
        if self.trouble and not self.queue.empty():
            raise BusyError(self.trouble)
        if self.queue.qsize() >= self.queue_size:
            raise BusyError("the queue of the writer is full")
        job = Job(facts)
        self.queue.put(job)
        try:
            return job.answer.result(patience)
        except TimeoutError as ex:
            job.answer.cancel()  # it is not begun any more, if it has not been
            raise BusyError(f"the writer took more than {patience} seconds") from ex

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
            if self.trouble and not facts:
                self.store.prove()
            outcomes = iter(self.store.apply(facts))
        except Exception as ex:
            failure = ex  # handled below, so that what fails next does not seem to follow from it
        if failure is None:
            self.trouble = None
            for job in jobs:
                job.answer.set_result(list(islice(outcomes, len(job.facts))))
        elif isinstance(failure, OperationalError) or len(jobs) == 1:
            self.fail(jobs, failure)
        else:
            self.commit_each(jobs, failure)

    def fail(self, jobs: list[Job], failure: Exception) -> None:
        if isinstance(failure, OperationalError):
            self.trouble = str(root_of(failure))
        for job in jobs:
            job.answer.set_exception(failure)

    def commit_each(self, jobs: list[Job], ex: Exception) -> None:
        log.warning("a batch of %d requests failed; each is tried alone", len(jobs), exc_info=ex)
        for job in jobs:
            if self.trouble:
                job.answer.set_exception(BusyError(self.trouble))
            else:
                self.commit_together([job])


def root_of(ex: BaseException) -> BaseException:
    """What began it: SQLite rolls back by itself, and the rollback that follows hides why."""
    while ex.__context__ is not None:
        ex = ex.__context__
    return ex
