"""Counts requests, their durations, and what happened to their items."""

from __future__ import annotations

import time
from typing import Any

import falcon

from growth import metrics
from growth.http.context import Request

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
OTHER = "other"
"""The label of all unknown methods and paths.

Without it, clients could create any number of time series.
"""


class Metering:
    """Middleware that counts requests. It sees a response last, so it knows the whole duration."""

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        context = req.context
        route = req.uri_template or OTHER
        method = req.method if req.method in METHODS else OTHER
        seconds = time.perf_counter() - context.began
        metrics.requests_of(method, route, resp.status_code).observe(seconds)
        if context.fault is not None:
            metrics.UNAVAILABLE.labels(context.fault[0]).inc()
        if context.lost_rejects:
            metrics.LOST_REJECTS.inc(context.lost_rejects)
        if receipt := context.receipt:
            self.count_items(route, receipt)

    def count_items(self, route: str, receipt: dict[str, Any]) -> None:
        """Count refused items, ignored fields, times in the future, and pageviews of bots."""
        if rejected := receipt["rejected"]:
            metrics.REJECTED.labels(route).inc(len(rejected))
        if ignored := receipt.get("ignored"):
            metrics.IGNORED.labels(route).inc(len(ignored))
        if skewed := receipt.get("skewed"):
            metrics.SKEWED.inc(skewed)
        if bots := receipt.get("bots"):
            metrics.BOTS.inc(bots)
