"""Fixtures of the specs of the ledger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from histories import differences
from service import Service
from stories import sign_up


@pytest.fixture
def equal_to_its_facts(service: Service) -> Iterator[None]:
    """Whatever a spec stores, what is derived is what the facts say."""
    yield
    assert differences(service) == []


@pytest.fixture
def signed_up(service: Service) -> Service:
    return sign_up(service)
