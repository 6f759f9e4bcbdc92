"""systemd-analyze, of Debian's package `systemd`, checks the units in config/systemd."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documents import ROOT

from growth.settings import load_settings

UNITS = ROOT / "config" / "systemd"
SERVICES = ["growth.service", "growth-backup.service"]
MOST_EXPOSED = 2.5
"""The highest allowed score of `systemd-analyze security`. A service without limits has 10."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the units, which run `growth` of this environment."""
    here = str(Path(sys.executable).parent / "growth")
    for path in UNITS.glob("growth*.*"):
        told = path.read_text().replace("/opt/growth/bin/growth", here)
        (tmp_path / path.name).write_text(told)
    return tmp_path


def analyze(*words: str) -> str:
    assert shutil.which("systemd-analyze"), "on Debian: apt-get install systemd"
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


class DescribeUnits:
    def it_is_understood_by_systemd(self, folder: Path) -> None:
        units = [str(folder / name) for name in (*SERVICES, "growth-backup.timer")]

        assert analyze("verify", *units) == ""

    @pytest.mark.parametrize("name", SERVICES)
    def it_is_kept_from_what_it_does_not_need(self, folder: Path, name: str) -> None:
        told = analyze("security", "--offline=true", str(folder / name))

        [exposure] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", told)
        assert float(exposure) <= MOST_EXPOSED

    def it_has_settings_that_fit(self) -> None:
        lines = (UNITS / "growth.env").read_text().splitlines()
        environ = dict(line.split("=", 1) for line in lines if line and line[0] != "#")
        tokens = {name: "t" * 16 for name in environ if name.endswith("_TOKENS")}

        settings = load_settings(environ | tokens)

        assert settings.database_url == "sqlite:////var/lib/growth/growth.db"
