"""Runs a command with SPEC_DATABASE_URL: that of DATABASE_URL, or of a server of its own.

python spec/postgres.py pytest spec
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
"""Where Debian keeps the programs of each version."""

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # the specs are about what is committed, not about the disk
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
}

DURABLE = {"fsync": "on", "full_page_writes": "on"}
"""For benchmarks, which are about the disk, too."""


def main(command: list[str]) -> int:
    if given := os.environ.get("DATABASE_URL"):
        return run(command, given)
    with TemporaryDirectory(prefix="growth-postgres-") as folder, serving(Path(folder)) as url:
        return run(command, url)


def run(command: list[str], url: str) -> int:
    return subprocess.run(command, env=os.environ | {"SPEC_DATABASE_URL": url}).returncode


@contextmanager
def serving(folder: Path, **other: str) -> Iterator[str]:
    """A PostgreSQL server with its data in the folder, and other options; its URL."""
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
    """Run a program of PostgreSQL as the user."""
    is_other = user.pw_uid != os.getuid()
    done = subprocess.run(
        [program(name), *map(str, options)],
        user=user.pw_uid if is_other else None,
        group=user.pw_gid if is_other else None,
        extra_groups=[] if is_other else None,
        cwd="/",
        stdout=subprocess.DEVNULL,  # the server inherits it: a pipe would never end
    )
    if done.returncode:
        sys.exit(f"{name} of PostgreSQL failed")


def program(name: str) -> str:
    """The path of a program, of the latest version installed."""
    debian = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = debian[-1] if debian else shutil.which(name)
    if found is None:
        sys.exit(f"there is no {name}: install PostgreSQL (Debian: apt-get install postgresql)")
    return str(found)


def unprivileged() -> pwd.struct_passwd:
    """Whom the server runs as, for it refuses to run as root."""
    return pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
