"""The one table of URI and resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from growth.recorder import Recorder
from growth.resources.attribution import Attribution
from growth.resources.facts import Facts
from growth.resources.healthz import Healthz
from growth.schemas.facts import EventSchema, PageviewSchema
from growth.upkeep.retention import Retention

Clock = Callable[[], int]


def routes(
    recorder: Recorder, clock: Clock, kept: Retention | None = None
) -> list[tuple[str, object]]:
    """Every path that the service answers, and what answers it."""
    return [
        ("/pageviews", Facts(recorder, PageviewSchema(), clock, kept.pageviews if kept else None)),
        ("/events", Facts(recorder, EventSchema(), clock, kept.events if kept else None)),
        ("/attribution", Attribution()),
        ("/healthz", Healthz(recorder)),
    ]


def listed(table: list[tuple[str, object]]) -> Iterator[str]:
    """The table as `growth routes` prints it: method, path, and what the resource is for."""
    for path, resource in table:
        for method in ("GET", "POST"):
            if hasattr(resource, f"on_{method.lower()}"):
                told = (type(resource).__doc__ or "").splitlines()[0]
                yield f"{method:<5} {path:<14} {told}"
