"""Examples in the reference: requests and their answers. Specs send the requests in order."""

from __future__ import annotations

from typing import Any

SENT: dict[str, dict[str, Any]] = {
    "/pageviews": {
        "stored": {
            "fingerprint": "reader_1",
            "url": "https://shop.example/?utm_source=google&utm_medium=cpc&utm_campaign=spring",
            "created_at": "2025-06-02T09:00:00Z",
            "id": "p-1",
        },
        "refused": {"fingerprint": "reader_1", "url": "/plans"},
    },
    "/events": {
        "stored": {
            "name": "purchase",
            "fingerprint": "reader_1",
            "user_id": "u-9",
            "created_at": "2025-06-02T09:10:00Z",
            "id": "e-1",
            "value": "20.00",
            "currency": "EUR",
        },
        "batch": [
            {"name": "signup", "user_id": "u-10", "id": "e-2"},
            {"name": "purchase", "user_id": "u-10", "id": "e-3", "value": 5, "currency": "euro"},
        ],
        "refused": {"name": "signup", "curency": "EUR"},
    },
    "/costs": {
        "stored": {
            "day": "2025-06-02",
            "source": "google",
            "campaign": "spring",
            "amount": 8,
            "currency": "EUR",
        }
    },
}
"""The bodies of requests, by path and by name of the example."""

ASKED: dict[str, dict[str, Any]] = {
    "campaigns": {
        "by": ["campaign"],
        "event": "purchase",
        "from": "2025-06-02",
        "to": "2025-06-03",
        "metrics": ["conversions", "revenue", "cost", "roi"],
    },
    "unknown": {"model": "best"},
}
"""Parameters of GET /attribution, by name of the example."""

STORED = {"stored": 1, "duplicates": 0, "rejected": []}
MISFIT = {"type": "about:blank", "title": "Unprocessable Entity", "status": 422}
NO_CURRENCY = "'euro' is not a currency of ISO 4217; send a code such as EUR."
SUMS = {"conversions": 1.0, "revenue": {"EUR": 20.0}, "cost": {"EUR": 8.0}, "roi": {"EUR": 1.5}}

ANSWERED: dict[str, dict[str, tuple[int, Any]]] = {
    "/pageviews": {
        "stored": (200, STORED),
        "refused": (
            422,
            MISFIT
            | {
                "detail": "The input is invalid; see errors.",
                "errors": {"url": ["Must be an absolute http or https URL with a host."]},
            },
        ),
    },
    "/events": {
        "stored": (200, STORED),
        "batch": (
            200,
            STORED | {"rejected": [{"index": 1, "errors": {"currency": [NO_CURRENCY]}}]},
        ),
        "refused": (
            422,
            MISFIT
            | {
                "detail": "The input is invalid; see errors.",
                "errors": {"fingerprint": ["Must be given if user_id and session_id are missing."]},
                "ignored": ["curency"],
            },
        ),
    },
    "/costs": {"stored": (200, STORED)},
    "/attribution": {
        "campaigns": (
            200,
            {
                "query": {
                    "by": ["campaign"],
                    "event": "purchase",
                    "model": "last_click",
                    "from": "2025-06-02T00:00:00Z",
                    "to": "2025-06-03T00:00:00Z",
                    "timezone": "UTC",
                    "filters": {},
                    "sort": "-conversions",
                    "limit": 100,
                },
                "totals": {**SUMS, "unattributed": 0.0, "ads": SUMS},
                "results": [{"campaign": "spring", **SUMS}],
                "next": None,
            },
        ),
        "unknown": (
            400,
            {
                "type": "about:blank",
                "title": "Bad Request",
                "status": 400,
                "detail": "The query is invalid; see errors.",
                "errors": {
                    "model": [
                        "'best' is not one of: first_click, last_click, linear, position_based,"
                        " time_decay, acquisition."
                    ]
                },
            },
        ),
    },
}
"""The status and the body of each answer, by path and by name of the example."""
