"""promtool, of Debian's package `prometheus`, checks the alerts and the dashboard in config/."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from documents import ROOT
from service import Service, event, pageview

PROMETHEUS = ROOT / "config" / "prometheus"
DASHBOARD = ROOT / "config" / "grafana" / "growth.json"
OURS = re.compile(r"growth_\w+")


def promtool(*words: str, given: str = "") -> str:
    """The output of promtool. Asserts that it is installed and succeeds."""
    assert shutil.which("promtool"), "promtool is missing; on Debian: apt-get install prometheus"
    done = subprocess.run(
        ["promtool", *words], input=given, cwd=PROMETHEUS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def asked_by_dashboard() -> list[str]:
    """The queries of the dashboard's panels, as Grafana sends them to Prometheus."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    return [query.replace("$__rate_interval", "1m") for query in queries]


class DescribeAlerts:
    def it_is_read_with_the_rules_and_the_scraping(self) -> None:
        promtool("check", "rules", "alerts.yml")
        promtool("check", "config", "--syntax-only", "prometheus.yml")

    def it_fires_when_it_should_and_not_before(self) -> None:
        assert "SUCCESS" in promtool("test", "rules", "alerts_test.yml")

    def it_is_tested_each(self) -> None:
        alerts = re.findall(r"alert: (\w+)", (PROMETHEUS / "alerts.yml").read_text())
        tested = re.findall(r"alertname: (\w+)", (PROMETHEUS / "alerts_test.yml").read_text())

        assert set(alerts) == set(tested)


class DescribeDashboard:
    def it_asks_what_prometheus_understands(self, tmp_path: Path) -> None:
        rules = [
            {"record": f"panel_{place}", "expr": query}
            for place, query in enumerate(asked_by_dashboard())
        ]
        path = tmp_path / "rules.yml"
        path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))

        promtool("check", "rules", str(path))


class DescribeMetrics:
    def it_follows_the_conventions_of_prometheus(self, service: Service) -> None:
        text = served(service)

        assert promtool("check", "metrics", given=text) == ""

    @pytest.mark.sqlite
    def it_has_all_that_alerts_and_dashboard_ask_for(self, service: Service) -> None:
        asked = " ".join([*asked_by_dashboard(), (PROMETHEUS / "alerts.yml").read_text()])

        missing = set(OURS.findall(asked)) - set(OURS.findall(served(service)))

        assert missing == set()


def served(service: Service) -> str:
    service.store("/pageviews", pageview())
    service.post("/events", [event(), event(curency="EUR"), event(name="")])
    service.recorder.queue_size = 0
    service.post("/events", event())
    text: str = service.get("/metrics").text
    return text
