"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(is_so: Callable[[], object], seconds: float, trouble: str = "it never is") -> None:
    """Return once it is so; fail with the trouble if that takes longer."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, trouble
        time.sleep(0.002)
