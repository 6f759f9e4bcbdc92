"""Every statement of real work, held against what Citus refuses; spec/citus.py has the rules."""

from __future__ import annotations

import re
from typing import Any

import citus_story as story
import pytest
from citus import ALL, EVERY, NONE, ONE, SOME, RefusedError, label, reach
from conftest import Service

from growth.models.base import database

HOT_PATH = {
    "delete conversions by digest occurred_at owner": ONE,
    "delete conversions persons by owner": ONE,
    "delete credits by conversion owner": ONE,
    "delete earnings by credit currency day event model origin": ONE,
    "delete rejects by last_seen": NONE,
    "delete unsettled by owner": SOME,
    "insert claims": ONE,
    "insert conversions": ONE,
    "insert costs": NONE,
    "insert country_rollups": ONE,
    "insert credits": ONE,
    "insert devices": ONE,
    "insert earnings": ONE,
    "insert events": ONE,
    "insert marks": NONE,
    "insert origins": EVERY,
    "insert pageviews": SOME,
    "insert persons": ONE,
    "insert rejects": NONE,
    "insert rollups": ONE,
    "insert unsettled": ONE,
    "insert visits": SOME,
    "select ": NONE,
    "select claims by created_at fingerprint": ONE,
    "select claims by created_at fingerprint user_id": ONE,
    "select conversions": ALL,
    "select conversions by digest": ALL,
    "select conversions by event owner": ONE,
    "select conversions by occurred_at owner": ONE,
    "select conversions by owner": SOME,
    "select conversions credits by conversion digest is_conversion model occurred_at owner": ONE,
    "select costs by campaign content day medium source": NONE,
    "select credits by conversion model owner": ONE,
    "select credits by conversion owner": ONE,
    "select credits by currency day event model origin": ALL,
    "select credits by model owner": ALL,
    "select credits by owner": SOME,
    "select devices by fingerprint": SOME,
    "select devices by user_id": ALL,
    "select earnings by currency day event fastest longest model origin": ALL,
    "select events by created_at subject user_id": ONE,
    "select events by fact_id subject": ONE,
    "select origins by id": NONE,
    "select pageviews by created_at fingerprint is_bot": ONE,
    "select pageviews by fact_id fingerprint": ALL,
    "select persons by owner": SOME,
    "select persons unsettled by owner": ONE,
    "select rejects": NONE,
    "select remnants by kind subject": ONE,
    "select remnants by subject": SOME,
    "select unsettled": ALL,
    "select visits by fingerprint is_direct started_at user_id": ONE,
    "select visits by fingerprint started_at": ALL,
    "select visits by fingerprint started_at user_id": ONE,
    "select visits by fingerprint user_id": ONE,
    "select visits by is_direct started_at user_id": ALL,
    "select visits by last_at started_at user_id": ALL,
    "select visits by started_at user_id": ALL,
    "select visits by user_id": ALL,
    "update conversions by is_conversion occurred_at owner": ONE,
    "update conversions credits by conversion digest is_conversion model occurred_at owner": ONE,
    "update earnings by currency day event model origin": ONE,
    "update persons by owner": ONE,
}
"""How far the statements go that store facts, by what they ask for: of a batch at most."""

REFUSED = {
    "a join not on the distribution columns": (
        "SELECT 1 FROM credits AS a JOIN visits AS b ON b.fingerprint = a.fingerprint"
    ),
    "a join of other groups": "SELECT 1 FROM credits AS a JOIN earnings AS b ON b.day = a.day",
    "a table of the coordinator": (
        "SELECT 1 FROM visits AS a JOIN costs AS b ON b.source = a.source"
    ),
    "an outer join of what recurs": (
        "SELECT 1 FROM origins AS a LEFT JOIN credits AS b ON b.origin = a.id"
    ),
    "a subquery correlated on another column": (
        "SELECT 1 FROM visits AS a WHERE EXISTS("
        "SELECT 1 FROM visits AS b WHERE b.owner = a.owner AND b.started_at < a.started_at)"
    ),
    "a subquery correlated with VALUES": (
        "WITH asked (x) AS (VALUES ('a'), ('b')) SELECT asked.x FROM asked WHERE EXISTS("
        "SELECT 1 FROM claims AS a WHERE a.fingerprint = asked.x)"
    ),
    "one correlated by way of VALUES": (
        "WITH asked (x) AS (VALUES ('a')) SELECT 1 FROM asked JOIN visits AS a "
        "ON a.fingerprint = asked.x AND a.started_at = ("
        "SELECT MAX(b.started_at) FROM visits AS b WHERE b.fingerprint = asked.x)"
    ),
    "another distribution column": "UPDATE visits SET fingerprint = 'a' WHERE fingerprint = 'b'",
    "another one on conflict": (
        "INSERT INTO persons (owner, visits, pageviews) VALUES ('a', 1, 1) "
        "ON CONFLICT (owner) DO UPDATE SET owner = 'b'"
    ),
    "a change that reads another shard": (
        "UPDATE earnings SET longest = (SELECT MAX(a.credit) FROM credits AS a) WHERE day = 1"
    ),
    "a lock of rows of many shards": "SELECT 1 FROM persons WHERE visits = 1 FOR UPDATE",
    "recursion": (
        "WITH RECURSIVE a AS (SELECT owner FROM persons UNION SELECT owner FROM a) SELECT 1 FROM a"
    ),
    "grouping sets": "SELECT SUM(visits) FROM rollups GROUP BY GROUPING SETS ((day), ())",
    "a CTE that changes rows": (
        "WITH a AS (DELETE FROM unsettled RETURNING owner) SELECT owner FROM a"
    ),
    "INSERT from a query": "INSERT INTO persons SELECT owner, 1, 1 FROM conversions",
}

TAKEN = {
    "SELECT 1 FROM visits WHERE fingerprint = 'a' ORDER BY started_at LIMIT 1 FOR UPDATE": ONE,
    "SELECT 1 FROM credits AS a WHERE a.owner = 'x' AND a.conversion IN ("
    "SELECT b.digest FROM conversions AS b WHERE b.owner = 'x')": ONE,
    "SELECT 1 FROM visits WHERE fingerprint IN ('a', 'b')": SOME,
    "SELECT SUM(a.visits) FROM rollups AS a JOIN origins AS b ON b.id = a.origin": ALL,
    "SELECT 1 FROM conversions AS a LEFT JOIN persons AS b ON b.owner = a.owner": ALL,
    "SELECT (SELECT b.visits FROM persons AS b WHERE b.owner = a.owner) FROM credits AS a": ALL,
    "DELETE FROM visits WHERE fingerprint = 'a' AND started_at = 1": ONE,
    "INSERT INTO rollups (day, origin, slot) VALUES (1, 2, 3), (2, 2, 3)": ONE,
    "INSERT INTO rollups (day, origin, slot) VALUES (1, 2, 3), (1, 2, 4)": SOME,
    "INSERT INTO origins (id) VALUES (1)": EVERY,
    "SELECT MAX(amount) FROM costs": NONE,
}


class DescribeTheRules:
    @pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
    def it_refuses(self, sql: str) -> None:
        with pytest.raises(RefusedError):
            reach(sql)

    @pytest.mark.parametrize("sql", TAKEN)
    def it_says_how_far_a_statement_goes(self, sql: str) -> None:
        assert reach(sql) == TAKEN[sql]


STATEMENT = re.compile(r"\(*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b")


class Recorded:
    """What was executed, with the first parameters of each, by stage; and the answers."""

    def __init__(self) -> None:
        self.stage = ""
        self.seen: dict[tuple[str, str], Any] = {}
        self.answers: list[list[Any]] = []

    def add(self, sql: Any, params: Any) -> None:
        if self.stage and STATEMENT.match(str(sql)):
            self.seen.setdefault((self.stage, str(sql)), params)

    def connected(self, connection: Any) -> Any:
        """A connection that tells what it executes."""
        add = self.add

        class Cursor(connection.cursor_factory):  # type: ignore[misc,name-defined]
            def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
                add(query, params)
                return super().execute(query, params, **options)

            def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
                rows = list(params_seq)
                for row in rows:
                    add(query, row)
                super().executemany(query, rows, **options)

        connection.cursor_factory = Cursor
        return connection


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """All the work on PostgreSQL, with the statements that a cluster would get."""
    from growth.engines.connections import Adapter

    found, make = Recorded(), Adapter.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Adapter, "connect", lambda *args, **o: found.connected(make(*args, **o)))
        service = Service(tmp_path_factory.mktemp("citus"))
        found.stage = "write"
        database.obj.is_cluster = True
        story.write(service)
        found.stage = "ask"
        found.answers.append(story.ask(service))
        found.stage = "ask one server"
        database.obj.is_cluster = False
        found.answers.append(story.ask(service))
        found.stage = "keep"
        database.obj.is_cluster = True
        story.keep(service)
        found.stage = ""
        service.close()
    return found


@pytest.mark.postgres
class DescribeRealWork:
    def it_is_refused_nothing(self, recorded: Recorded) -> None:
        refused = {}
        for (stage, sql), params in recorded.seen.items():
            try:
                if stage != "ask one server":
                    reach(sql, params)
            except RefusedError as ex:
                refused[stage, sql] = str(ex)

        assert refused == {}
        assert len(recorded.seen) > 200

    def it_writes_where_the_rows_are(self, recorded: Recorded) -> None:
        found: dict[str, str] = {}
        for (stage, sql), params in recorded.seen.items():
            if stage == "write":
                far, name = [NONE, ONE, SOME, ALL, EVERY], label(sql)
                found[name] = max(found.get(name, NONE), reach(sql, params), key=far.index)

        assert found == HOT_PATH

    def it_asks_for_the_same(self, recorded: Recorded) -> None:
        in_a_cluster, on_one_server = recorded.answers

        assert in_a_cluster == on_one_server
