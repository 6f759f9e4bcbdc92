"""The query of GET /attribution, made from its parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from falcon.uri import parse_query_string
from marshmallow import ValidationError

from growth.attribution.rules import Rules
from growth.http.errors import bad_query
from growth.query import cursors
from growth.query.filters import FILTERS
from growth.query.grammar import QuerySchema
from growth.query.parameters import nearest
from growth.query.periods import basis_of, instant, period_of, spans
from growth.query.words import LEFT_OUT, without_sign
from growth.query.zones import is_midnight
from growth.schemas.times import format_time


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `start` (inclusive) and `end` (exclusive) are in microseconds.

    If `start` or `end` is None, the period has no limit on that side.

    report       `groups`, `events` (groups of events that are not conversions), `visit_duration`,
                 or the name of a list
    metrics      the metrics of the answer
    filters      the values of each filter; `channel` has the values to keep, `channel!` the values
                 to leave out; None means "has none"; an hour, day, week or month is a pair of its
                 start and its end
    in_any_case  whether to ignore upper and lower case in `event`; it is true if the name of the
                 event is in `Terms.tracked`
    now          the current time; on later pages, the `basis` of the first page unless that is 0
    basis        the time that later pages take as the current time (see `basis_of`)
    position     the values by which the last row of the previous page is sorted; empty on the
                 first page
    question     the parameters as JSON text; a cursor is valid only with the same text
    """

    report: str
    by: tuple[str, ...]
    event: str | None
    in_any_case: bool
    model: str
    start: int | None
    end: int | None
    timezone: str
    filters: Mapping[str, tuple[Any, ...]]
    changed_since: int | None
    metrics: tuple[str, ...]
    sort: str
    limit: int
    include: tuple[str, ...]
    format: str
    now: int = field(repr=False)
    basis: int
    position: cursors.Position
    question: bytes
    asked: Mapping[str, list[str | None]]

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def dimensions(self) -> set[str]:
        """All dimensions to group or filter by."""
        return {*self.by, *map(without_sign, self.filters)}

    @property
    def is_of_whole_days(self) -> bool:
        """Whether the period begins and ends at midnight in the time zone."""
        edges = [edge for edge in (self.start, self.end) if edge is not None]
        return all(is_midnight(edge, self.timezone) for edge in edges)

    def needs(self, *metrics: str) -> bool:
        """Whether the query asks for one of the metrics, or sorts by one of them."""
        return not {*self.metrics, self.sort.removeprefix("-")}.isdisjoint(metrics)

    def as_asked(self) -> dict[str, Any]:
        """The query as shown in the answer, with defaults filled in."""
        return {
            "by": self.by,
            "event": self.event,
            "model": self.model,
            "from": as_time(self.start),
            "to": as_time(self.end),
            "timezone": self.timezone,
            "filters": self.asked,
            "sort": self.sort,
            "limit": self.limit,
        }

    def cursor(self, *position: Any) -> str:
        """The cursor for the page after this position."""
        return cursors.encode([self.basis, *position], self.question)


PARAMETERS = [
    field.data_key or name
    for name, field in sorted(QuerySchema().fields.items(), key=lambda item: item[0] in FILTERS)
    if name not in LEFT_OUT
]


TIMES_OF = {"start": "from", "end": "to", "changed_since": "changed_since"}
NOT_UTF8 = "Must be UTF-8, with each byte outside ASCII written as %XX."


def read_params(query_string: str) -> dict[str, Any]:
    """The parameters of a query string from WSGI, in which each character stands for a byte.

    Raises a 400 if the bytes are not valid UTF-8. Falcon would silently replace invalid bytes.
    """
    raw = query_string.encode("latin-1")
    for pair in raw.split(b"&"):
        try:
            unquote_to_bytes(pair.decode()).decode()
        except UnicodeDecodeError as ex:
            name = unquote_to_bytes(pair.partition(b"=")[0]).decode(errors="replace")
            raise bad_query({name: [NOT_UTF8]}) from ex
    return parse_query_string(raw.decode(), keep_blank=True)


def load_query(
    params: Mapping[str, Any], now: int, conversions: Collection[str], rules: Rules | None = None
) -> Query:
    """Make the query from the parameters of a URL. Raises a 400 for invalid parameters.

    On later pages, `last` means the same period as on the first page. With `rules`, filter values
    are normalised like stored values.
    """
    try:
        valid = schema_of(tuple(conversions), rules).load(params)
        return query_of(valid, params, now)
    except ValidationError as ex:
        raise bad_query(explained(ex.messages_dict)) from ex


@lru_cache(maxsize=16)
def schema_of(conversions: tuple[str, ...], rules: Rules | None) -> QuerySchema:
    """The schema that loads queries, cached because making it takes longer than most answers."""
    return QuerySchema(conversions, rules)


def query_of(valid: dict[str, Any], params: Mapping[str, Any], now: int) -> Query:
    question = cursors.identity(params)
    position: cursors.Position = []
    cursor, last, zone = valid.pop("cursor"), valid.pop("last"), valid["timezone"]
    if cursor is not None:
        basis, *position = cursors.read_cursor(cursor, question, valid)
        now = basis or now
    for name, parameter in TIMES_OF.items():
        valid[name] = instant(valid[name], zone, parameter)
    if last is not None:
        start, end = period_of(last, now, zone)
        valid["start"] = start
        valid["end"] = end if valid["end"] is None else valid["end"]
    if None not in (valid["start"], valid["end"]) and valid["start"] >= valid["end"]:
        raise ValidationError({"from" if last is None else "last": ["Must lie before to."]})
    kept = {name: spans(name, labels, zone) for name, labels in valid["filters"].items()}
    asked = {name: texts(params[name]) for name in kept}
    basis = basis_of(valid, last, now)
    more = {"now": now, "basis": basis, "position": position, "question": question, "asked": asked}
    return Query(**{**valid, **more, "filters": kept})


def texts(given: Any) -> list[str | None]:
    return [each or None for each in (given if isinstance(given, list) else [given])]


def explained(messages: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: why if name in (*PARAMETERS, *LEFT_OUT) else [unknown(name)]
        for name, why in messages.items()
    }


def unknown(name: str) -> str:
    near = nearest(name, PARAMETERS) or "."
    allowed = f"{', '.join(PARAMETERS)}, and a dimension followed by ! to leave values out"
    return f"There is no such parameter{near} Allowed are: {allowed}."


def as_time(at: int | None) -> str | None:
    return None if at is None else format_time(at)
