"""Runs a command with SPEC_DATABASE_URL set to the URL of a PostgreSQL server.

    python spec/postgres.py pytest spec

The server is the one of DATABASE_URL, or else one that is started for the command.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from live import free_port

INSTALLED = Path("/usr/lib/postgresql")
"""The folder where Debian installs the programs of each version."""

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # specs need no safety from power cuts
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
}

DURABLE = {"fsync": "on", "full_page_writes": "on"}
"""Options for benchmarks, which include the time to write to disk."""


def main(command: list[str]) -> int:
    if given := os.environ.get("DATABASE_URL"):
        return run(command, given)
    with TemporaryDirectory(prefix="growth-postgres-") as folder, serving(Path(folder)) as url:
        return run(command, url)


def run(command: list[str], url: str) -> int:
    return subprocess.run(command, env=os.environ | {"SPEC_DATABASE_URL": url}).returncode


@contextmanager
def serving(folder: Path, **other: str) -> Iterator[str]:
    """Run a PostgreSQL server with its data in `folder` and the options `other`; give its URL."""
    user, port = unprivileged(), free_port()
    os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    options = " ".join(f"-c {name}={value}" for name, value in (OPTIONS | other).items())
    options += f" -p {port} -c unix_socket_directories={folder}"
    act(user, "initdb", "-D", data, "-U", "growth", "-A", "trust", "--no-sync", "-E", "UTF8")
    act(user, "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    try:
        yield f"postgresql://growth@127.0.0.1:{port}/postgres"
    finally:
        act(user, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def act(user: pwd.struct_passwd, name: str, *options: object) -> None:
    """Run a program of PostgreSQL as `user`."""
    is_other = user.pw_uid != os.getuid()
    done = subprocess.run(
        [program(name), *map(str, options)],
        user=user.pw_uid if is_other else None,
        group=user.pw_gid if is_other else None,
        extra_groups=[] if is_other else None,
        cwd="/",
        stdout=subprocess.DEVNULL,  # the server would keep a pipe open forever
    )
    if done.returncode:
        sys.exit(f"{name} of PostgreSQL failed")


def program(name: str) -> str:
    """The path of a program of PostgreSQL, in the latest version installed."""
    debian = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = debian[-1] if debian else shutil.which(name)
    if found is None:
        sys.exit(f"there is no {name}: install PostgreSQL (Debian: apt-get install postgresql)")
    return str(found)


def unprivileged() -> pwd.struct_passwd:
    """The system user that runs the server, which refuses to run as root."""
    return pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
