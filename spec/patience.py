"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(is_so: Callable[[], object], seconds: float, trouble: str = "it never is") -> None:
    """Wait until `is_so` returns true. Fail with the message `trouble` after `seconds`."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, trouble
        time.sleep(0.002)
