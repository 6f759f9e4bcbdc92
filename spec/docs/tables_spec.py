"""The tables of docs/ agree with the code."""

from __future__ import annotations

import re
from decimal import Decimal

from documents import ROOT, names, table
from imports_spec import MAY_IMPORT
from marshmallow.validate import Range

from growth.attribution.conversions import MAX_CLICKS
from growth.attribution.credit import MODEL_NAMES
from growth.attribution.facts import MINUTE
from growth.attribution.identity import CLIENT_MISTAKE, MISTAKES, SHARED_TERMINAL
from growth.attribution.tags import MAX_VALUE_LENGTH
from growth.attribution.urls import MAX_PARAMETERS
from growth.attribution.visits import VISIT_TIMEOUT
from growth.http.bodies import MAX_BODY, MAX_ITEMS
from growth.http.errors import Problem
from growth.http.strict_json import MAX_ITEM
from growth.query.parameters import MAX_ID_LENGTH, MAX_LENGTH, MAX_VALUES
from growth.query.query import PARAMETERS, load_query
from growth.query.words import ALL_DIMENSIONS, ALONE, BY_TIME, INCLUDES, KEPT, METRICS
from growth.recorder import PATIENCE_SECONDS
from growth.schemas.costs import CostSchema
from growth.schemas.facts import SKEW, EventSchema, PageviewSchema
from growth.schemas.fields import Text
from growth.schemas.money import NO_CURRENCY, from_minor, to_minor
from growth.schemas.urls import URL_LENGTH
from growth.server import BODY_BYTES, CONNECTIONS, DRAIN_SECONDS, HEADER_BYTES, IDLE_SECONDS
from growth.settings import SettingsSchema, defaults

INTERNALS = ROOT / "docs" / "internals.md"
API, OPERATING = ROOT / "docs" / "api.md", ROOT / "docs" / "operating.md"
TEXT = API.read_text("utf-8")

TAKEN = ("required", "this or `user_id`", "this or `fingerprint`", "optional")


def is_none_when_empty(name: str) -> bool:
    """Whether a filter of `GET /attribution` with an empty value keeps rows without a value."""
    by = "event" if name in KEPT["event"] else "visit"
    try:
        return load_query({"by": by, name: ""}, 0, ()).filters[name] == (None,)
    except Problem:
        return False


def first_names(rows: list[list[str]]) -> list[str]:
    """The names in the first column of a table."""
    return [name for row in rows for name in names(row[0])]


def folder_in(cell: str) -> str:
    """The folder or module that a path names, such as `http` for `growth/http/`."""
    return names(cell)[0].removeprefix("growth/").removesuffix(".py").rstrip("/")


class DescribeTables:
    def it_has_every_setting_with_its_default(self) -> None:
        rows = table(OPERATING, "variable", "default", "meaning")

        shown = {names(row[0])[0]: (names(row[1]) or [""])[0] for row in rows}
        assert shown == defaults()
        assert list(shown) == list(defaults())
        assert all(meaning for _, _, meaning in rows)

    def it_has_a_field_of_the_schema_for_every_default(self) -> None:
        assert set(defaults()) == set(SettingsSchema().fields)

    def it_has_the_range_of_every_number(self) -> None:
        meanings = {
            names(row[0])[0]: row[2] for row in table(OPERATING, "variable", "default", "meaning")
        }

        for name, field in SettingsSchema().fields.items():
            for rule in field.validators:
                if isinstance(rule, Range):
                    assert f"{rule.min:,} to {rule.max:,}" in meanings[name], name

    def it_has_every_parameter_of_the_query(self) -> None:
        rows = table(API, "parameter", "values", "default")
        values = {name: names(row[1]) for row in rows for name in names(row[0])}

        assert [*values, *first_names(table(API, "filter", "finds"))] == PARAMETERS
        assert values["model"] == list(MODEL_NAMES)
        assert [name for name in values["include"] if name in INCLUDES] == list(INCLUDES)

    def it_has_every_value_of_by(self) -> None:
        assert first_names(table(API, "dimension", "value")) == list(ALL_DIMENSIONS)
        assert first_names(table(API, "list or histogram", "results")) == list(ALONE)

    def it_says_where_empty_means_none(self) -> None:
        for row in table(API, "filter", "finds"):
            for name in names(row[0]):
                assert ("an empty value finds" in row[1]) == is_none_when_empty(name), name

    def it_has_every_field_of_facts(self) -> None:
        rows = table(API, "field", "pageviews", "events", "content")
        pageview, event = PageviewSchema().fields, EventSchema().fields

        shown = {names(row[0])[0]: row[1:3] for row in rows}
        assert {name for name, (on, _) in shown.items() if on in TAKEN} == set(pageview)
        assert {name for name, (_, on) in shown.items() if on in TAKEN} == set(event)
        assert {name for name, (on, _) in shown.items() if on == "required"} == {
            name for name, field in pageview.items() if field.required
        }
        assert {name for name, (_, on) in shown.items() if on == "required"} == {
            name for name, field in event.items() if field.required
        }

    def it_has_the_length_of_every_text(self) -> None:
        for row in table(API, "field", "pageviews", "events", "content"):
            name = names(row[0])[0]
            field = {**PageviewSchema().fields, **EventSchema().fields}[name]
            if isinstance(field, Text):
                length = {2: "two letters", 3: "three letters"}.get(
                    field.length, f"{field.length:,} characters"
                )
                assert length in row[3], name

    def it_has_every_field_of_costs(self) -> None:
        rows = table(API, "field", "costs", "content")
        known = CostSchema().fields

        assert {names(row[0])[0]: row[1] for row in rows} == {
            name: "required" if field.required else "optional" for name, field in known.items()
        }
        for name, _, content in rows:
            field = known[names(name)[0]]
            if isinstance(field, Text):
                assert ("three letters" if field.length == 3 else f"{field.length}") in content

    def it_has_every_metric(self) -> None:
        rows = table(API, "metric", "meaning")
        shown = [name for row in rows for name in names(row[0])]

        assert sorted(shown) == sorted([*METRICS, *BY_TIME, "unattributed", "ads"])

    def it_has_every_folder_and_its_imports(self) -> None:
        rows = table(INTERNALS, "folder or file", "content", "may import")

        shown = {folder_in(row[0]): [*row[2].replace(",", "").split()] for row in rows}
        assert shown == {name: may.split() or ["nothing"] for name, may in MAY_IMPORT.items()}
        assert list(shown) == list(MAY_IMPORT)

    def it_has_the_limits_of_the_code(self) -> None:
        assert dict(table(OPERATING, "limit", "value")) == {
            "bytes of a request body, after inflating": f"{MAX_BODY // 1024**2} MiB",
            "bytes of an item": f"{MAX_ITEM // 1024} KiB",
            "items of a request": f"{MAX_ITEMS}",
            "bytes of the request line and headers": f"{HEADER_BYTES // 1024} KiB",
            "bytes of a request body up to which the refusal is JSON; a larger body is refused in"
            " plain text": f"{BODY_BYTES // 1024**2} MiB",
            "open connections; further connections wait until one closes": f"{CONNECTIONS:,}",
            "seconds that a connection may be idle": f"{IDLE_SECONDS}",
            "values in one parameter of `GET /attribution`": f"{MAX_VALUES}",
            "characters of one value in a parameter": f"{MAX_LENGTH:,}",
            "characters of an id": f"{MAX_ID_LENGTH}",
            "characters of a URL": f"{URL_LENGTH:,}",
            "characters of a `utm_` value; longer values are cut": f"{MAX_VALUE_LENGTH}",
            "parameters of a URL that are read": f"{MAX_PARAMETERS:,}",
            "clicks credited per conversion": f"{MAX_CLICKS}",
            "minutes without a pageview after which a visit ends": f"{VISIT_TIMEOUT // MINUTE}",
            "minutes that a sender's clock may be ahead": f"{SKEW // MINUTE}",
            "users of a visitor; if more users claim it, the visitor counts as a shared terminal": (
                f"{SHARED_TERMINAL}"
            ),
            "visitors of a user; if a user claims more visitors, the claims count as a client's"
            " mistake": f"{CLIENT_MISTAKE}",
            "seconds that a write waits for its commit": f"{PATIENCE_SECONDS}",
            "seconds that growth may take to stop": f"{DRAIN_SECONDS}",
        }

    def it_says_how_money_is_rounded(self) -> None:
        examples = re.findall(r"([\d.]+) ([A-Z]{3})(?: is kept)?\s+as\s+([\d.]*\d)", TEXT)

        assert len(examples) == 4
        for sent, currency, kept in examples:
            assert from_minor(to_minor(Decimal(sent), currency), currency) == float(kept)
        assert f"keeps {NO_CURRENCY} decimals" in TEXT

    def it_has_the_ids_that_are_mistakes(self) -> None:
        [sentence] = re.findall(r"send by mistake: (.*?),\s+in upper or lower case", TEXT, re.S)

        assert {name.lower() for name in names(sentence)} | {""} == MISTAKES
