"""Counts requests, their time, and the outcomes of their items."""

from __future__ import annotations

import time
from typing import Any

import falcon

from growth.http.context import Request
from growth.metrics import counters

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
OTHER = "other"
"""The label of all unknown methods and paths. With it, clients cannot create time series."""


class Metering:
    """Middleware that counts requests. Responses pass it last, after all other middleware."""

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        context = req.context
        route = req.uri_template or OTHER
        method = req.method if req.method in METHODS else OTHER
        seconds = time.perf_counter() - context.began
        counters.requests_of(method, route, resp.status_code).observe(seconds)
        if context.fault is not None:
            counters.UNAVAILABLE.labels(context.fault[0]).inc()
        if context.lost_rejects:
            counters.LOST_REJECTS.inc(context.lost_rejects)
        if receipt := context.receipt:
            self.count_items(route, receipt)

    def count_items(self, route: str, receipt: dict[str, Any]) -> None:
        """Count refused items, ignored fields, items ahead of the clock, and bots."""
        if rejected := receipt["rejected"]:
            counters.REJECTED.labels(route).inc(len(rejected))
        if ignored := receipt.get("ignored"):
            counters.IGNORED.labels(route).inc(len(ignored))
        if skewed := receipt.get("skewed"):
            counters.SKEWED.inc(skewed)
        if bots := receipt.get("bots"):
            counters.BOTS.inc(bots)
