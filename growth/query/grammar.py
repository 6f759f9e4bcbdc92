"""Which parameters GET /attribution takes, and which of them go together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validates_schema,
)

from growth.attribution.credit import MODELS
from growth.query.parameters import (
    Choice,
    Choices,
    Ids,
    Name,
    OneOf,
    Size,
    Span,
    Values,
    When,
    Zone,
)
from growth.query.words import (
    ALL_DIMENSIONS,
    ALL_METRICS,
    ALONE,
    BY_TIME,
    DIMENSIONS,
    EVENT_DIMENSIONS,
    INCLUDES,
    KEPT,
    PERSON,
    REPORTED,
    TIMES,
    default_sort,
    metrics_by_time,
    sorts,
)
from growth.query.zones import span_of

FILTERS: dict[str, Any] = {
    **{name: Values() for name in ALL_DIMENSIONS},
    "paid": OneOf({"true": True, "false": False, "": None}),
    **{name: Ids() for name in (*PERSON, "session_id", "id")},
    "status": OneOf({"open": "open", "completed": "completed"}),
}


PERIOD = ("from", "to", "last", "timezone", "changed_since")
ONCE = frozenset([*PERIOD, "event", "sort", "limit", "cursor"])
"""What has one value; the others may be repeated."""


class QuerySchema(Schema):
    """Loads parameters into a dictionary with `report`, what answers the question."""

    class Meta:
        unknown = RAISE
        include = FILTERS

    by = Choices((*ALL_DIMENSIONS, *ALONE))
    event = Name(load_default=None)
    model = Choice(tuple(MODELS), load_default="last_click")
    start = When(data_key="from", load_default=None)
    end = When(data_key="to", load_default=None)
    last = Span(load_default=None)
    timezone = Zone(load_default="UTC")
    changed_since = When(load_default=None)
    metrics = Choices(ALL_METRICS, load_default=())
    sort = fields.String(load_default=None)
    limit = Size(load_default=100)
    cursor = fields.String(load_default=None)
    include = Choices(INCLUDES, load_default=())

    def __init__(self, conversions: Collection[str] = ()) -> None:
        """`conversions` are the events that earn credit; all others are plain."""
        super().__init__()
        self.conversions = conversions

    @pre_load
    def comes_once(self, given: Mapping[str, Any], **kwargs: Any) -> Mapping[str, Any]:
        """Refuse lists where one value is meant, before their types do so in other words."""
        twice = [name for name, value in given.items() if isinstance(value, list) and name in ONCE]
        if twice:
            raise ValidationError({name: ["Give it once."] for name in twice})
        return given

    @validates_schema
    def fits_together(self, valid: dict[str, Any], **kwargs: Any) -> None:
        self.name_report(valid)
        found = list(self.misfits(valid))
        if found:
            raise ValidationError({name: [told] for name, told in reversed(found)})

    @post_load
    def fill_in(self, valid: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        self.name_report(valid)
        if valid["report"] == "groups":
            valid["event"] = valid["event"] or "signup"
        valid["metrics"] = self.metrics_of(valid)
        valid["sort"] = valid["sort"] or default_sort(
            valid["report"], valid["by"], valid["metrics"]
        )
        valid["filters"] = {name: valid.pop(name) for name in FILTERS if name in valid}
        return valid

    def name_report(self, valid: dict[str, Any]) -> None:
        """Say what is asked by default, and what answers it."""
        valid.setdefault("by", ("user",) if set(PERSON) & set(valid) else ("channel",))
        by, event = set(valid["by"]), valid["event"]
        alone = [name for name in ALONE if name in by]
        is_plain = bool(by - set(DIMENSIONS)) or (event and event not in self.conversions)
        valid["report"] = alone[0] if alone else "events" if is_plain else "groups"

    def metrics_of(self, valid: Mapping[str, Any]) -> tuple[str, ...]:
        """The metrics to answer; all but those by time if none are named."""
        usual = REPORTED.get(valid["report"], ())
        if "all" in valid["metrics"]:
            return usual + metrics_by_time(valid["by"], any(name in valid for name in FILTERS))
        return valid["metrics"] or usual

    def misfits(self, valid: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The parameters that do not go together, each with what to do."""
        by, report = valid["by"], valid["report"]
        if report in ALONE and len(by) > 1:
            yield "by", f"{', '.join(ALONE)} stand alone."
        elif report == "events" and (wrong := set(by) - set(EVENT_DIMENSIONS)):
            told = f"go by {', '.join(EVENT_DIMENSIONS)}; conversions are {self.names}."
            yield "by", f"Not {', '.join(sorted(wrong))}: events that are no conversions {told}"
        for name in FILTERS:
            if name in valid and name not in KEPT[report]:
                yield name, f"Does not go with this; what does: {', '.join(KEPT[report])}."
        if valid["last"] is not None and valid["start"] is not None:
            yield "last", "Goes without from."
        if valid["changed_since"] is not None and report != "conversion":
            yield "changed_since", "Goes with by=conversion."
        if valid["sort"] is not None and valid["sort"].removeprefix("-") not in sorts(report, by):
            yield "sort", f"Must be one of, with - for descending: {', '.join(sorts(report, by))}."
        yield from wrong_metrics(valid)
        if "touches" in valid["include"] and report not in ("user", "conversion"):
            yield "include", "touches goes with by=user and by=conversion."
        if "users" in valid["include"] and report not in ("groups", "events"):
            yield "include", "users goes with groups."
        for name in TIMES:
            yield from wrong_times(name, valid)

    @property
    def names(self) -> str:
        return ", ".join(sorted(self.conversions))


def wrong_metrics(valid: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    by, report = valid["by"], valid["report"]
    asked = [name for name in valid["metrics"] if name != "all"]
    if valid["metrics"] and report not in REPORTED:
        yield "metrics", "Goes with groups."
    elif unknown := [name for name in asked if name not in (*REPORTED[report], *BY_TIME)]:
        allowed = ", ".join((*REPORTED[report], *BY_TIME, "all"))
        yield "metrics", f"Not {', '.join(unknown)}: this has {allowed}."
    else:
        fitting = metrics_by_time(by, any(name in valid for name in FILTERS))
        for name in set(asked) & set(BY_TIME) - set(fitting):
            yield "metrics", f"{name} {FITS[name]}."


FITS = dict.fromkeys(BY_TIME, "goes with by=day, week or month alone, and without filters") | {
    "visit_duration": "goes with by=hour, day, week or month alone"
}


def wrong_times(name: str, valid: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        for label in valid.get(name, ()):
            span_of(name, label or "", valid["timezone"])
    except (ValueError, TypeError, OverflowError):
        yield name, f"Must be as in answers: {LABELS[name]}."


LABELS = {
    "hour": "2023-01-20T14:00:00+01:00",
    "day": "2023-01-20",
    "week": "2023-W03",
    "month": "2023-01",
}
