"""Reads the parameters of GET /attribution, and checks that they go together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from growth.attribution.credit import MODEL_NAMES
from growth.attribution.rules import Rules
from growth.query.filters import FILTERS, read_values
from growth.query.misfits import converts, misfits
from growth.query.parameters import (
    Choice,
    Choices,
    Name,
    Size,
    Span,
    When,
    Zone,
)
from growth.query.words import (
    ALL_DIMENSIONS,
    ALL_METRICS,
    ALONE,
    COHORTS,
    DIMENSIONS,
    FORMATS,
    INCLUDES,
    PERSON,
    REPORTED,
    default_sort,
    metrics_by_time,
)

PERIOD = ("from", "to", "last", "timezone", "changed_since")
ONCE = frozenset([*PERIOD, "event", "sort", "limit", "cursor", "format"])
"""Parameters that must not be repeated."""


class QuerySchema(Schema):
    """Loads the parameters of a URL into a dictionary.

    The dictionary also has `report`, the name of the report in `growth.reports.REPORTS` that
    answers the question.
    """

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
    format = Choice(FORMATS, load_default="json")

    def __init__(self, conversions: Collection[str] = (), rules: Rules | None = None) -> None:
        """`conversions` are the names of events that are conversions.

        With `rules`, filter values are normalised like stored values. Without `rules`, filter
        values stay as given.
        """
        super().__init__()
        self.terms, self.rules = Terms(tuple(conversions), 0), rules

    @pre_load
    def comes_once(self, given: Mapping[str, Any], **kwargs: Any) -> Mapping[str, Any]:
        """Refuse a repeated parameter of `ONCE`.

        Without this check, the type of the parameter would refuse the list of its values with a
        message that is less clear.
        """
        twice = [name for name, value in given.items() if isinstance(value, list) and name in ONCE]
        if twice:
            raise ValidationError({name: ["Give it once."] for name in twice})
        return given

    @validates_schema
    def fits_together(self, valid: dict[str, Any], **kwargs: Any) -> None:
        if self.rules is not None:
            read_values(valid, self.rules)
        self.name_report(valid)
        found = list(misfits(valid, self.terms))
        if found:
            raise ValidationError({name: [message] for name, message in reversed(found)})

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

    def name_report(self, valid: dict[str, Any]) -> None:
        """Add `report`, `in_any_case`, the default of `by`, and the event's stored spelling."""
        valid.setdefault("by", ("user",) if set(PERSON) & set(valid) else ("channel",))
        by, event = set(valid["by"]), valid["event"]
        if event is not None:
            event = valid["event"] = self.terms.shown(event) or event
        valid["in_any_case"] = event is not None and self.terms.shown(event) is not None
        alone = [name for name in ALONE if name in by]
        is_plain = bool(by - {*DIMENSIONS, *COHORTS}) or (event and not converts(event, self.terms))
        valid["report"] = alone[0] if alone else "events" if is_plain else "groups"

    def metrics_of(self, valid: Mapping[str, Any]) -> tuple[str, ...]:
        """The metrics of the answer.

        Without the parameter `metrics`, the answer has all metrics except `BY_TIME`.
        """
        usual = REPORTED.get(valid["report"], ())
        if "all" in valid["metrics"]:
            return usual + metrics_by_time(valid["by"], any(name in valid for name in FILTERS))
        return valid["metrics"] or usual
