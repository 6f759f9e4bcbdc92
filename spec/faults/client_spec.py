"""Events that a backend sends while the service is restarted or killed are stored once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from databases import Other
from live import free_port, serving
from patience import wait_until

EVENTS = 10_000

BACKEND = """
import sys
from growth.client import EventSender
sender = EventSender(sys.argv[1], spool=sys.argv[2])
for number in range({events}):
    sender.event("purchase", user_id=f"u-{{number % 500}}", order_id=f"o-{{number}}", value=1)
sender.close(60)
"""


class DescribeABackend:
    @pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
    def it_sends_each_event_once(self, tmp_path: Path, end: signal.Signals) -> None:
        port = str(free_port())
        backend = [sys.executable, "-c", BACKEND.format(events=EVENTS), f"http://127.0.0.1:{port}"]

        with subprocess.Popen([*backend, str(tmp_path / "spool.db")]) as process:
            for turn in (1, 2):
                with serving(tmp_path, PORT=port) as server, Other(server.database_url) as other:
                    wait_until(
                        lambda few=EVENTS * turn // 3, other=other: stored(other) > few,  # type: ignore[misc]
                        120,
                    )
                    server.process.send_signal(end)
                    server.process.wait(30)
            with serving(tmp_path, PORT=port) as server, Other(server.database_url) as other:
                assert process.wait(120) == 0
                found = stored(other)
                [(orders,)] = other.rows("SELECT COUNT(DISTINCT order_id) FROM conversions")

        assert (found, orders) == (EVENTS, EVENTS)


def stored(other: Other) -> int:
    [(count,)] = other.rows("SELECT COUNT(*) FROM events")
    return int(count)
