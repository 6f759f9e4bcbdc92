"""Adds the users of each group to an answer, for include=users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from growth.database.tables import CreditRecord, EventRecord
from growth.query.query import Query
from growth.reports.buckets import label
from growth.reports.columns import of_events
from growth.reports.credits import credit_columns, credited

MAX_USERS = 1_000

Group = tuple[Any, ...]


def users_by_credit(query: Query) -> Iterable[tuple[Any, ...]]:
    """Pairs (user, group), sorted by user. The group has credit for a conversion of the user."""
    columns, owner = credit_columns(query), CreditRecord.owner
    rows = credited(query, columns, owner).where(owner.startswith("u:"), *columns.kept(query))
    return ((row[-1][2:], row[:-1]) for row in rows.distinct().order_by(owner).tuples().iterator())


def users_by_event(rows: Any, query: Query) -> Iterable[tuple[Any, ...]]:
    """Pairs (user, group), sorted by user. The group has an event of the user.

    `rows` selects the events, grouped by the dimensions of `query`.
    """
    user_id = EventRecord.user_id
    rows = rows.select_extend(user_id).where(user_id.is_null(False), *of_events().kept(query))
    return ((row[-1], row[:-1]) for row in rows.distinct().order_by(user_id).tuples().iterator())


def add_users(
    results: list[dict[str, Any]], groups: list[Group], rows: Iterable[Any], query: Query
) -> None:
    """Add to each row of the page its first MAX_USERS users, and the number of all its users."""
    users: defaultdict[Group, list[str]] = defaultdict(list)
    latest: dict[Group, str] = {}
    totals: defaultdict[Group, int] = defaultdict(int)
    shown = set(groups)
    for user_id, keys in rows:
        group = tuple(map(label, query.by, keys))
        if group not in shown or latest.get(group) == user_id:
            continue  # not on the page, or counted before: a week has a pair for each of its days
        latest[group] = user_id
        totals[group] += 1
        if len(users[group]) < MAX_USERS:
            users[group].append(user_id)
    for row, group in zip(results, groups, strict=True):
        row |= {"users": users[group], "users_total": totals[group]}
