"""GET /metrics for Prometheus: counters of the process, and gauges of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import falcon
from peewee import fn
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from growth.attribution.facts import SECOND
from growth.database.engines import DatabaseError, StoppedError
from growth.database.faults import DRIVER
from growth.database.statements import database
from growth.database.tables import EventRecord, RejectRecord, VisitRecord
from growth.http.context import Request
from growth.recorder import Recorder

CHECK_SECONDS = 5
"""Timeout of the queries of one request."""


class Metrics:
    """Answers in the text format of Prometheus. `is_due` returns why a rebuild is due."""

    def __init__(self, recorder: Recorder, is_due: Callable[[], str]) -> None:
        self.readings = CollectorRegistry()
        self.readings.register(Readings(recorder, is_due))

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        resp.content_type = CONTENT_TYPE_LATEST
        resp.data = generate_latest(REGISTRY) + generate_latest(self.readings)

    on_head = on_get


class Readings(Collector):
    """The gauges. Each request reads them anew. If the database fails, its gauges are left out."""

    def __init__(self, recorder: Recorder, is_due: Callable[[], str]) -> None:
        self.recorder = recorder
        self.is_due = is_due

    def describe(self) -> Iterator[Gauge]:
        """Describe no gauges at registration, because the database may not exist yet."""
        return iter(())

    def collect(self) -> Iterator[Gauge]:
        depth, size = self.recorder.queue.qsize(), self.recorder.queue_size
        yield Gauge("growth_queue_depth", "Requests that wait for the writer.", depth)
        yield Gauge("growth_queue_size", "The most requests that may wait for the writer.", size)
        try:
            found = database.persist(self.read)
        except (DatabaseError, StoppedError, *DRIVER):
            found = []
        finally:
            database.release()
        yield Gauge("growth_database_up", "Whether the database answers.", bool(found))
        yield from found

    def read(self) -> list[Gauge]:
        """The gauges of the database, all read in one transaction."""
        database.require_there()
        with database.stopping_after(CHECK_SECONDS), database.atomic("DEFERRED"):
            rejects, stale = RejectRecord.select().count(), bool(self.is_due())
            last = max(self.recorder.stored_at, newest_fact() / SECOND)
            sizes = database.sizes()
        return [
            Gauge("growth_rejects_kept", "Refused items that are kept.", rejects),
            Gauge("growth_stale_settings", "Whether a rebuild is due.", stale),
            Gauge("growth_last_fact_timestamp_seconds", "When a fact was last stored.", last),
            *(Gauge(f"growth_{name}_bytes", *size) for name, size in sizes.items()),
        ]


def newest_fact() -> int:
    """The time of the latest event or of the latest start of a visit, in microseconds.

    It is 0 if there is neither. Pageviews are left out, because they have no index by time alone.
    """
    columns = (EventRecord.created_at, VisitRecord.started_at)
    return max(column.model.select(fn.MAX(column)).scalar() or 0 for column in columns)
