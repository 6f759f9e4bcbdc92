"""What SQLite does for the processes beside its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from growth.database.engines import open_engine, sqlite

MANY = """
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000)
SELECT MAX(n) FROM counted
"""


class DescribeGivingWay:
    def it_is_often_while_a_statement_runs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        times = list[None]()
        monkeypatch.setattr(sqlite, "give_way", lambda: times.append(None))
        found = open_engine(f"sqlite:///{tmp_path}/growth.db")
        found.prove()
        assert not times

        found.give_way()
        assert found.execute_sql(MANY).fetchone() == (1000,)
        found.end()

        assert len(times) > 100
