"""JSON Schemas of the endpoints' answers. Specs validate real answers with them."""

from __future__ import annotations

from growth.attribution.credit import MODEL_NAMES
from growth.query.words import ACTIVE, ALL_DIMENSIONS
from growth.reference.kinds import TIME, JsonSchema

TEXT: JsonSchema = {"type": "string"}
NUMBER: JsonSchema = {"type": "number"}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}
FLAG: JsonSchema = {"type": "boolean"}
OBJECT: JsonSchema = {"type": "object"}


def ref(name: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: JsonSchema) -> JsonSchema:
    """The schema of a value that may be null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def record(*optional: str, **properties: JsonSchema) -> JsonSchema:
    """The schema of an object with these members and no others.

    Members are required unless `optional` names them.
    """
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def some(**properties: JsonSchema) -> JsonSchema:
    """The schema of an object with any of these members and no others."""
    return record(*properties, **properties)


def array_of(schema: JsonSchema) -> JsonSchema:
    return {"type": "array", "items": schema}


def mapping(schema: JsonSchema) -> JsonSchema:
    return {"type": "object", "additionalProperties": schema}


OR_TEXT, OR_NUMBER = nullable(TEXT), nullable(NUMBER)
MONEY = nullable(mapping(OR_NUMBER))
"""Amounts or ratios by currency."""

OF_MONEY = dict.fromkeys(("revenue", "cost", "cost_per_conversion", "roi"), MONEY)
METRICS: dict[str, JsonSchema] = {
    **{name: nullable(COUNT) for name in ("visits", "new_visitors", "pageviews", "events")},
    **dict.fromkeys(("conversions", "from_trial", "unattributed"), NUMBER),
    **dict.fromkeys(("share", "conversion_rate", "pages_before", "pages_after"), OR_NUMBER),
    "time_to_convert": record(average=OR_NUMBER, fastest=OR_NUMBER, longest=OR_NUMBER),
    **OF_MONEY,
    **{name: record(**{"1d": COUNT, "7d": COUNT, "30d": COUNT}) for name in ACTIVE},
    "visit_duration": some(average=OR_NUMBER, longest=OR_NUMBER, **{"from": COUNT}, to=OR_NUMBER),
}
ORIGIN = dict.fromkeys(("source", "medium", "campaign", "content", "term"), OR_TEXT)
CLICK: dict[str, JsonSchema] = {
    "at": TIME,
    "channel": TEXT,
    **ORIGIN,
    "paid": FLAG,
    "landing_page": TEXT,
    "url": TEXT,
    "referrer_url": OR_TEXT,
    "click_ids": mapping(TEXT),
}
CONVERSION: dict[str, JsonSchema] = {
    **dict.fromkeys(("id", "event"), TEXT),
    "occurred_at": TIME,
    **dict.fromkeys(("order_id", "currency"), OR_TEXT),
    **dict.fromkeys(("value", "refunded", "time_to_convert"), OR_NUMBER),
    **{name: nullable(ref("Click")) for name in ("first_click", "last_click")},
    **dict.fromkeys(("visits_before", "pages_before", "pages_after", "revision"), COUNT),
    "changed_at": TIME,
    "touches": array_of(ref("Click")),
    "user_id": OR_TEXT,
    "fingerprint": OR_TEXT,
    "retracted": FLAG,
}
OF_LISTS = ("touches", "user_id", "fingerprint", "retracted")

ROWS = ("Group", "Person", "Conversion", "Visit", "SeenPage", "StoredEvent")
"""The names of the schemas of rows in `results`. Each kind of report has its own schema."""

SCHEMAS: dict[str, JsonSchema] = {
    "Group": some(
        **dict.fromkeys(ALL_DIMENSIONS, OR_TEXT) | {"paid": nullable(FLAG)},
        **METRICS,
        users=array_of(TEXT),
        users_total=COUNT,
    ),
    "Totals": some(**METRICS, ads=nullable(some(conversions=NUMBER, **OF_MONEY))),
    "Click": record(
        "seconds_before",
        "credit",
        **CLICK,
        seconds_before=NUMBER,
        credit=some(**dict.fromkeys(MODEL_NAMES, NUMBER)),
    ),
    "Conversion": record(*OF_LISTS, **CONVERSION),
    "Person": record(
        user_id=OR_TEXT,
        fingerprints=array_of(TEXT),
        state={"type": "string", "enum": ["visitor", "signup", "trial", "unsubscribe"]},
        visits=COUNT,
        pageviews=COUNT,
        first_seen=TIME,
        last_seen=TIME,
        first_visit=nullable(ref("Click")),
        conversions=array_of(ref("Conversion")),
    ),
    "Visit": record(
        id=TEXT,
        fingerprint=TEXT,
        user_id=OR_TEXT,
        status={"type": "string", "enum": ["open", "completed"]},
        last_at=TIME,
        duration=NUMBER,
        pageviews=COUNT,
        is_first=FLAG,
        country=OR_TEXT,
        **CLICK,
    ),
    "SeenPage": record(
        id=TEXT,
        created_at=TIME,
        fingerprint=TEXT,
        user_id=OR_TEXT,
        url=TEXT,
        referrer_url=OR_TEXT,
        country=OR_TEXT,
    ),
    "StoredEvent": record(
        **dict.fromkeys(("id", "name"), TEXT),
        created_at=TIME,
        **dict.fromkeys(("fingerprint", "user_id", "session_id", "order_id"), OR_TEXT),
        **dict.fromkeys(("category", "country", "currency"), OR_TEXT),
        value=OR_NUMBER,
        data=nullable(OBJECT),
    ),
    "Answer": record(
        "totals",
        "as_of",
        query=ref("Asked"),
        totals=ref("Totals"),
        results=array_of({"anyOf": [ref(name) for name in ROWS]}),
        as_of=nullable(TIME),
        next=OR_TEXT,
    ),
    "Asked": record(
        by=array_of(TEXT),
        **dict.fromkeys(("event", "from", "to"), OR_TEXT),
        **dict.fromkeys(("model", "timezone", "sort"), TEXT),
        filters=mapping(array_of(OR_TEXT)),
        limit=COUNT,
    ),
    "Receipt": record(
        "ignored",
        "skewed",
        "bots",
        stored=COUNT,
        duplicates=COUNT,
        rejected=array_of(ref("Reject")),
        ignored=array_of(TEXT),
        skewed=COUNT,
        bots=COUNT,
    ),
    "Erased": record(erased=COUNT, unknown=array_of(mapping({})), rejected=array_of(ref("Reject"))),
    "Reject": record(index=COUNT, errors=OBJECT),
    "Health": record("stale", "waiting_for", status=TEXT, stale=TEXT, waiting_for=TEXT),
    "Problem": {
        "type": "object",
        "description": "A problem (RFC 9457). In errors, each wrong field has a member. Errors"
        " about the item as a whole are under _schema.",
        "properties": {
            **dict.fromkeys(("type", "title", "detail", "reason", "request_id"), TEXT),
            "status": COUNT,
            "errors": OBJECT,
        },
        "required": ["type", "title", "status", "detail"],
    },
}
"""The schemas of answers, by their names."""
