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

from growth.attribution.conversions import SIGNUP, Terms
from growth.attribution.credit import ACQUISITION, MODEL_NAMES
from growth.attribution.rules import Rules
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
from growth.query.values import READ, nearest
from growth.query.words import (
    ALL_DIMENSIONS,
    ALL_METRICS,
    ALONE,
    BY_TIME,
    COHORTS,
    DIMENSIONS,
    EVENT_DIMENSIONS,
    INCLUDES,
    KEPT,
    LEFT_OUT,
    LISTS,
    PERSON,
    REPORTED,
    TIMES,
    default_sort,
    metrics_by_time,
    sorts,
    without_sign,
)
from growth.query.zones import span_of

PAID = {"true": True, "false": False, "": None}
FILTERS: dict[str, Any] = {
    **{name: Values() for name in ALL_DIMENSIONS},
    "paid": OneOf(PAID),
    **{name: Ids() for name in (*PERSON, "session_id", "id", "order_id")},
    "status": OneOf({"open": "open", "completed": "completed"}),
    **{name: Values() for name in LEFT_OUT},
    "paid!": OneOf(PAID),
}
MOST_LISTED = 1_000
"""The largest page of a list."""


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
    model = Choice(MODEL_NAMES, load_default="last_click")
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

    def __init__(self, conversions: Collection[str] = (), rules: Rules | None = None) -> None:
        """`conversions` are the events that earn credit; all others are plain.

        By the `rules` values are read as stored ones are; without them they are kept to the letter.
        """
        super().__init__()
        self.terms, self.rules = Terms(tuple(conversions), 0), rules

    @pre_load
    def comes_once(self, given: Mapping[str, Any], **kwargs: Any) -> Mapping[str, Any]:
        """Refuse lists where one value is meant, before their types do so in other words."""
        twice = [name for name, value in given.items() if isinstance(value, list) and name in ONCE]
        if twice:
            raise ValidationError({name: ["Give it once."] for name in twice})
        return given

    @validates_schema
    def fits_together(self, valid: dict[str, Any], **kwargs: Any) -> None:
        self.read_values(valid)
        self.name_report(valid)
        found = list(self.misfits(valid))
        if found:
            raise ValidationError({name: [told] for name, told in reversed(found)})

    @post_load
    def fill_in(self, valid: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        if valid["report"] == "groups":
            valid["event"] = valid["event"] or SIGNUP
        valid["metrics"] = self.metrics_of(valid)
        valid["sort"] = valid["sort"] or default_sort(
            valid["report"], valid["by"], valid["metrics"]
        )
        valid["filters"] = {name: valid.pop(name) for name in FILTERS if name in valid}
        return valid

    def read_values(self, valid: dict[str, Any]) -> None:
        """Read values as stored ones are. Raises ValidationError for those that cannot be there."""
        rules, errors = self.rules, {}
        for name in [name for name in FILTERS if name in valid and without_sign(name) in READ]:
            read = READ[without_sign(name)]
            try:
                if rules is not None:
                    found = [each and read(each, rules) for each in valid[name]]
                    valid[name] = tuple(dict.fromkeys(found))
            except ValidationError as ex:
                errors[name] = ex.messages
        if errors:
            raise ValidationError(errors)

    def name_report(self, valid: dict[str, Any]) -> None:
        """Say what is asked by default, and what answers it."""
        valid.setdefault("by", ("user",) if set(PERSON) & set(valid) else ("channel",))
        by, event = set(valid["by"]), valid["event"]
        if event is not None:
            event = valid["event"] = self.terms.shown(event) or event
        valid["in_any_case"] = event is not None and self.terms.shown(event) is not None
        alone = [name for name in ALONE if name in by]
        is_plain = bool(by - {*DIMENSIONS, *COHORTS}) or (event and not self.converts(event))
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
        if told := self.wrong_event(valid):
            yield "event", told
            return
        if report in ALONE and len(by) > 1:
            yield "by", f"{', '.join(ALONE)} stand alone."
        elif report == "events" and (wrong := set(by) - set(EVENT_DIMENSIONS)):
            told = f"go by {', '.join(EVENT_DIMENSIONS)}; conversions are {self.names}."
            yield "by", f"Not {', '.join(sorted(wrong))}: events that are no conversions {told}"
        for name in FILTERS:
            if name in valid and without_sign(name) not in KEPT[report]:
                yield name, f"Does not go with this; what does: {', '.join(KEPT[report])}."
        for name in COHORTS:
            for given in {"by"} if name in by else {name, f"{name}!"} & set(valid):
                if valid["model"] != ACQUISITION:
                    yield given, f"{name} goes with model={ACQUISITION}."
        if report in LISTS and valid["limit"] > MOST_LISTED:
            yield "limit", "Must be a whole number from 1 to 1,000 in lists."
        if valid["last"] is not None and valid["start"] is not None:
            yield "last", "Goes without from."
        if valid["changed_since"] is not None and report != "conversion":
            yield "changed_since", "Goes with by=conversion."
        if valid["sort"] is not None and valid["sort"].removeprefix("-") not in sorts(report, by):
            allowed = sorts(report, by)
            near = nearest(valid["sort"].removeprefix("-"), allowed) or "."
            yield "sort", f"Must be one of, with - for descending: {', '.join(allowed)}{near}"
        yield from wrong_metrics(valid)
        if "touches" in valid["include"] and report not in ("user", "conversion"):
            yield "include", "touches goes with by=user and by=conversion."
        if "users" in valid["include"] and report not in ("groups", "events"):
            yield "include", "users goes with groups."
        for name in (*TIMES, *COHORTS):
            yield from wrong_times(name, valid)
            yield from wrong_times(f"{name}!", valid)

    def wrong_event(self, valid: Mapping[str, Any]) -> str | None:
        """Why the event cannot be asked for so, if it cannot."""
        event, report = valid["event"], valid["report"]
        if event is None or report not in ("events", "conversion", "user"):
            return None
        near = nearest(event, self.terms.names)
        if report != "events":
            is_known = self.terms.shown(event) is not None
            told = f"'{event}' is no conversion{near or '.'} Conversions are {self.names}."
            return None if is_known else told
        wrong = [name for name in valid["by"] if name not in EVENT_DIMENSIONS]
        if self.converts(event) or not wrong:
            return None
        return (
            f"'{event}' is no conversion, so it cannot be asked for by {', '.join(wrong)}"
            f"{near or '.'} Conversions are {self.names}; "
            f"other events go by {', '.join(EVENT_DIMENSIONS[:3])}, time."
        )

    def converts(self, event: str) -> bool:
        return event.lower() in self.terms.converting

    @property
    def names(self) -> str:
        return ", ".join(sorted(self.terms.names))


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
            span_of(without_sign(name), label or "", valid["timezone"])
    except (ValueError, TypeError, OverflowError):
        yield name, f"Must be as in answers: {LABELS[without_sign(name)]}."


LABELS = {
    "hour": "2023-01-20T14:00:00+01:00",
    "day": "2023-01-20",
    "week": "2023-W03",
    "month": "2023-01",
    "cohort_week": "2023-W03",
    "cohort_month": "2023-01",
}
