"""Processes beside the server's own: each has the end of a pipe, and ends when that closes."""

from __future__ import annotations

import gc
import signal
import sys
from socket import socket
from subprocess import Popen, TimeoutExpired

END_SECONDS = 10
"""How long a process may take to end once nobody has work for it."""


def start(code: str, theirs: socket) -> Popen[bytes]:
    """Run the code in a process that finds its end of a pipe by `given`; here it is closed.

    The process gets no signals of the terminal, but shares the turns of this one's session.
    """
    with theirs:
        number = theirs.fileno()
        command = [sys.executable, "-P", "-c", code, str(number)]
        return Popen(command, pass_fds=[number], process_group=0)


def given() -> int:
    """In such a process: the number of its end of the pipe, which alone says when to end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    return int(sys.argv[1])


def settle() -> None:
    """Leave what starting made out of later collections, each of which would stop all for 30 ms."""
    gc.collect()
    gc.freeze()


def end(process: Popen[bytes]) -> int:
    """Wait until a process has ended whose pipe is closed; return its exit code."""
    try:
        return process.wait(END_SECONDS)
    except TimeoutExpired:
        process.kill()
        return process.wait()
