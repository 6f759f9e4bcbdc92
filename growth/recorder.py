"""The one writer: takes all facts that wait, applies them in one transaction, answers them all."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from queue import Empty, SimpleQueue

from peewee import OperationalError

from growth.attribution.facts import Fact
from growth.rejects import Reject
from growth.waiting import Wait

log = logging.getLogger(__name__)

MAX_BATCH = 1_000
"""Facts that one transaction takes before it commits and the next begins."""

PATIENCE_SECONDS = 30
"""How long a request waits for its facts to be committed."""

CHECK_SECONDS = 5
"""How long whoever asks whether that works waits for an answer."""


class Outcome(Enum):
    """What became of a fact: all but CONFLICT are a success to its sender."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    KEPT = "kept"
    """Not a fact, but a reject."""


class BusyError(Exception):
    """The facts could not be committed now; the sender should try again."""


Apply = Callable[[Sequence[Fact | Reject]], list[Outcome]]


@dataclass(slots=True)
class Job:
    """The facts of a request, and what became of them once the wait is over."""

    facts: Sequence[Fact | Reject]
    wait: Wait = field(default_factory=Wait)
    outcomes: list[Outcome] = field(default_factory=list)
    error: Exception | None = None
    is_taken_back: bool = False

    def succeed(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        self.wait.end()

    def fail(self, error: Exception) -> None:
        self.error = error
        self.wait.end()


class Recorder:
    """Hands facts to `apply`, a function that commits a batch of them in one transaction.

    `record` blocks until its facts are committed, so that an answer means on disk. The facts of
    one request are committed together. If a transaction fails, its requests are tried one by
    one, so that what fails fails alone; if the database fails, they fail together and at once.

    `trouble` says why the database failed last, until it works again: in trouble one request at a
    time is tried and the others are refused at once, so that they do not queue up for its lock.
    """

    def __init__(self, apply: Apply, queue_size: int) -> None:
        self.apply = apply
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
        if not job.wait.hold(patience):
            job.is_taken_back = True
            raise BusyError(f"the writer took more than {patience} seconds")
        if job.error is not None:
            raise job.error
        return job.outcomes

    def close(self) -> None:
        """Commit what waits and stop the writer."""
        self.queue.put(None)
        self.thread.join()

    def write(self) -> None:
        while (job := self.queue.get()) is not None:
            jobs, more = self.waiting(job)
            self.commit(jobs)
            if not more:
                return

    def waiting(self, first: Job) -> tuple[list[Job], bool]:
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
        jobs = [job for job in jobs if not job.is_taken_back]
        if not jobs:
            return
        try:
            outcomes = self.apply([fact for job in jobs for fact in job.facts])
        except Exception as ex:
            failure = ex
        else:
            self.trouble = None
            start = 0
            for job in jobs:
                end = start + len(job.facts)
                job.succeed(outcomes[start:end])
                start = end
            return
        if isinstance(failure, OperationalError):
            self.trouble = str(root_of(failure))
        if len(jobs) == 1 or isinstance(failure, OperationalError):
            for job in jobs:
                job.fail(failure)
        else:
            self.commit_each(jobs, failure)

    def commit_each(self, jobs: list[Job], ex: Exception) -> None:
        log.warning("a batch of %d requests failed and is tried one by one", len(jobs), exc_info=ex)
        for place, job in enumerate(jobs, start=1):
            self.commit([job])
            if self.trouble:
                for each in jobs[place:]:
                    each.fail(BusyError(self.trouble))
                return


def root_of(ex: BaseException) -> BaseException:
    """What began it: SQLite rolls back by itself, and the rollback that follows hides why."""
    while ex.__context__ is not None:
        ex = ex.__context__
    return ex
