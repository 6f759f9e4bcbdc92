"""Strategies for bodies: odd values, items with odd fields, good items with a few odd fields."""

from __future__ import annotations

from hypothesis import strategies as st
from service import event, pageview

from growth.schemas.facts import EventSchema, PageviewSchema

NAMES = sorted({*PageviewSchema().fields, *EventSchema().fields})
ODD = ["", "0", "\x00", "\ud800", "é" * 300, "1e400", "2023-02-30T00:00Z", "9999-12-31T23:59:60Z"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(
        [*ODD, "https://[::1", "http://e.com:99999/?utm_source=%ff", "0001-01-01T00:00+23:59"]
    )
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
ITEMS = st.dictionaries(st.sampled_from(NAMES), VALUES)
BODIES = (
    ITEMS
    | st.builds(lambda item: pageview(**item), ITEMS)
    | st.builds(lambda item: event(**item), ITEMS)
    | VALUES
)
