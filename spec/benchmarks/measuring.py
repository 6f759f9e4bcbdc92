"""Helpers of all benchmarks: lines of output with limits, quantiles, and the use of processors."""

from __future__ import annotations

import os
from collections.abc import Sequence

ALLOWED = sorted(os.sched_getaffinity(0))
SERVED = ALLOWED[0]
"""The processor that runs the server that is measured."""

OTHERS = set(ALLOWED[1:]) or {SERVED}
"""The processors that run the benchmark itself. They include SERVED only if there is no other."""

ROUNDS = 5
SCALE = float(os.environ.get("SCALE") or 1)


def leave_the_processor() -> None:
    """Keep this process, and those that it starts, off the processor SERVED."""
    os.sched_setaffinity(0, OTHERS)


def quantile(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def heading(title: str) -> None:
    load = f"load average {os.getloadavg()[0]:.1f}"
    print(f"\n{title:<62} {'measured':>9} {'limit':>9}        {load}", flush=True)


def show(what: str, measured: float, limit: str = "", detail: str = "") -> None:
    """Print a measured figure and its limit, such as `<= 4`, and MISSED if it breaks the limit."""
    sign, _, bound = limit.partition(" ")
    is_kept = not limit or (measured <= float(bound) if sign == "<=" else measured >= float(bound))
    verdict = "" if is_kept else "MISSED"
    print(f"{what:<62} {measured:>9,.2f} {limit:>9} {verdict:<6} {detail}", flush=True)
