"""Fixtures of the specs of the ledger."""

from __future__ import annotations

import pytest
from service import Service
from stories import sign_up


@pytest.fixture
def signed_up(service: Service) -> Service:
    return sign_up(service)
