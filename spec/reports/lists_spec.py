"""A page of a list takes the same few statements for any number of rows."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from histories import DAYS, did, seen
from service import Service


def statements(caplog: pytest.LogCaptureFixture, service: Service, **params: Any) -> int:
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "peewee"):
        service.ask(**params)
    return sum(record.name == "peewee" for record in caplog.records)


def store_persons(service: Service, first: int, number: int) -> None:
    """Store users with two devices and a signup, and as many visitors without a user id."""
    names = range(first, first + number)
    known: Any = {each: {"user_id": f"u-{each}"} if each % 2 else {} for each in names}
    service.store(
        "/pageviews",
        *(seen(each, "ad", fingerprint=f"phone-{each}", **known[each]) for each in names),
        *(seen(each, "blog", fingerprint=f"laptop-{each}", **known[each]) for each in names),
    )
    service.store(
        "/events",
        *(did(DAYS + each, "signup", fingerprint=f"phone-{each}", **known[each]) for each in names),
    )


class DescribeAPage:
    @pytest.mark.parametrize("by", ["user", "conversion", "visit", "event"])
    def it_takes_few_statements(
        self, service: Service, caplog: pytest.LogCaptureFixture, by: str
    ) -> None:
        store_persons(service, 0, 4)
        few = statements(caplog, service, by=by, include="touches" if by == "user" else [])
        store_persons(service, 4, 120)

        many = statements(caplog, service, by=by, include="touches" if by == "user" else [])

        assert many == few <= 12

    def it_takes_few_statements_for_named_persons(
        self, service: Service, caplog: pytest.LogCaptureFixture
    ) -> None:
        store_persons(service, 0, 30)

        ids = {"user_id": ["u-1", "u-3"], "fingerprint": [f"phone-{each}" for each in range(30)]}

        assert len(service.ask(**ids)["results"]) == 30
        assert statements(caplog, service, **ids) <= 12
