"""growth serve in an empty folder."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from live import DIRECT, environ_for, free_port
from patience import wait_until

SERVE = [sys.executable, "-m", "growth.commands", "serve"]


@pytest.mark.sqlite
class DescribeServe:
    def it_says_which_folder_it_needs(self, tmp_path: Path) -> None:
        environ = environ_for(tmp_path) | {"DATABASE_URL": ""}

        done = subprocess.run(SERVE, env=environ, cwd=tmp_path, capture_output=True, text=True)

        assert done.returncode == 1
        needed = "there is no folder db; make it, name another file, or run: growth serve --init"
        assert needed in done.stderr
        assert not (tmp_path / "db").exists()

    def it_makes_the_folder_and_the_database_if_told_to(self, tmp_path: Path) -> None:
        port = str(free_port())
        environ = environ_for(tmp_path) | {"DATABASE_URL": "", "PORT": port}

        def answers() -> bool:
            with suppress(OSError), DIRECT.open(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return True
            return False

        with subprocess.Popen(
            [*SERVE, "--init"], env=environ, cwd=tmp_path, stdout=subprocess.DEVNULL
        ) as process:
            try:
                wait_until(answers, 30, "growth serve --init does not answer")
            finally:
                process.terminate()

        assert process.returncode == 0
        assert [each.name for each in (tmp_path / "db").iterdir()] == ["growth.db"]
