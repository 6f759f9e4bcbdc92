"""The origin that the rules give to a page, and its short form in the tables of cases."""

from collections.abc import Mapping

import pytest

from growth.attribution.origin import Origin, origin_of
from growth.attribution.rules import Rules

PAGE = "https://www.example.com/en/books"

# The query and the referrer of a page, and the origin in the form of `said`.
Case = tuple[str, str | None, str]


def each_case(tables: Mapping[str, Mapping[str, Case]]) -> pytest.MarkDecorator:
    """Runs a spec for each case of the tables, with `query`, `referrer` and `expected`."""
    cases = {
        f"{table}: {name}": case for table, cases in tables.items() for name, case in cases.items()
    }
    names = ("query", "referrer", "expected")
    return pytest.mark.parametrize(names, cases.values(), ids=cases.keys())


def origin(query: str, rules: Rules, referrer: str | None = None) -> Origin:
    mark = "" if not query or query.startswith("#") else "?"
    return origin_of(f"{PAGE}{mark}{query}", referrer, rules)


def said(found: Origin) -> str:
    """An origin as `channel: source / medium`, with `, paid` if it is paid."""
    paid = ", paid" if found.paid else ""
    return f"{found.channel}: {found.source or '-'} / {found.medium or '-'}{paid}"
