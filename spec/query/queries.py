"""Parsed queries of GET /attribution, and the errors of refused ones."""

from typing import Any

import pytest

from growth.http.errors import Problem
from growth.query.query import Query, load_query
from growth.schemas.times import parse_time

NOW = parse_time("2026-11-22T12:00:00Z")
CONVERSIONS = ("signup", "purchase")


def query_of(**params: Any) -> Query:
    named = {"from" if name == "start" else name: value for name, value in params.items()}
    return load_query(named, NOW, CONVERSIONS)


def errors_of(**params: Any) -> dict[str, list[str]]:
    with pytest.raises(Problem) as caught:
        query_of(**params)
    assert caught.value.status_code == 400
    errors: dict[str, list[str]] = caught.value.errors
    return errors
