"""Runs a real `growth serve` process, and sends it requests such as the curls of documents."""

from __future__ import annotations

import json
import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from databases import database_of
from documents import HEREDOC, ROOT
from patience import wait_until

WRITTEN_URL = "http://127.0.0.1:8000"
"""The address of the service in the documents."""

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens URLs directly, even if the environment names a proxy."""

VARYING = {"changed_at", "as_of"}
"""Fields that depend on the time of the answer; documents show another time. `from` is one, too, if
the query has `last`."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a curl command makes it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a service. The body is parsed JSON, or else text."""

    status: int
    body: Any
    url: str = ""


def parse_curl(command: str) -> Call:
    """The request of a curl command. The options -H, -d and --data-binary are allowed.

    `-d @-` sends the here-document of the command.
    """
    heredoc = HEREDOC.search(command)
    name, *words = shlex.split(HEREDOC.sub("", command).replace("\\\n", " "))
    assert name == "curl", command
    urls: list[str] = []
    headers: dict[str, str] = {}
    body: str | None = None
    rest = iter(words)
    for word in rest:
        if word == "-H":
            header, _, value = next(rest).partition(":")
            headers[header] = value.strip()
        elif word in ("-d", "--data-binary"):
            body = next(rest)
        else:
            assert not word.startswith("-"), f"curl {word} is not translated"
            urls.append(word)
    assert len(urls) == 1, f"one URL in: {command}"
    if body == "@-":
        assert heredoc is not None, f"what is sent by: {command}"
        body = heredoc[2]
    if body is not None:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return Call(
        "GET" if body is None else "POST", urls[0], headers, None if body is None else body.encode()
    )


def send(call: Call, url: str) -> Reply:
    """Send a request to the service at `url` instead of the address in the documents."""
    assert call.url.startswith(WRITTEN_URL), call.url
    request = urllib.request.Request(
        url + call.url.removeprefix(WRITTEN_URL),
        data=call.body,
        headers=call.headers,
        method=call.method,
    )
    try:
        with DIRECT.open(request, timeout=30) as response:
            return Reply(response.status, read(response), call.url)
    except urllib.error.HTTPError as ex:
        with ex:
            return Reply(ex.code, json.load(ex), call.url)


def read(response: Any) -> Any:
    """The body of a response: parsed JSON, or text with `\\n` as line ends."""
    text = response.read().decode()
    is_json = "json" in response.headers["Content-Type"]
    return json.loads(text) if is_json else text.replace("\r\n", "\n")


def steady(answer: Any, url: str = "") -> Any:
    """An answer in which fields that vary from run to run are masked."""
    varying = VARYING | {"from"} if "last=" in url else VARYING
    if isinstance(answer, list):
        return [steady(each, url) for each in answer]
    if isinstance(answer, dict):
        return {
            name: "varies" if name in varying and value else steady(value, url)
            for name, value in answer.items()
        }
    return answer


@dataclass(frozen=True, slots=True)
class Server:
    """A `growth serve` process on a database of its own."""

    url: str
    environ: dict[str, str]
    process: subprocess.Popen[bytes]

    @property
    def database_url(self) -> str:
        return self.environ["DATABASE_URL"]

    def memory(self, figure: str) -> int:
        """The memory of the process in KiB. `VmRSS` is the current size, `VmHWM` the peak."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(told.partition(f"{figure}:")[2].split()[0])

    def growth(self, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a growth command on the same database, with other settings if they are given."""
        return growth(self.environ | environ, *args)

    def is_stopping(self) -> bool:
        """Whether the process has received SIGTERM. It ignores further ones from then on."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        ignored = int(status.partition("SigIgn:")[2].split()[0], 16)
        return bool(ignored >> (signal.SIGTERM - 1) & 1)

    def stop(self) -> int:
        """End the process by SIGTERM; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def connection(server: Server, timeout: float = 60) -> HTTPConnection:
    """A connection that stays open from request to request."""
    return HTTPConnection(urlsplit(server.url).netloc, timeout=timeout)


def post(at: HTTPConnection, path: str, body: Any) -> tuple[int, Any]:
    return ask(at, "POST", path, json.dumps(body))


def post_once(server: Server, path: str, body: Any) -> tuple[int, Any]:
    """Post a body on a new connection."""
    with closing(connection(server)) as at:
        return post(at, path, body)


def get(server: Server, path: str) -> Reply:
    return send(Call("GET", WRITTEN_URL + path), server.url)


def ask(at: HTTPConnection, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
    """Send a request, with a body of JSON if given; return the status and JSON of the answer."""
    at.request(method, path, body, {} if body is None else {"Content-Type": "application/json"})
    answer = at.getresponse()
    return answer.status, json.load(answer)


def growth(environ: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "growth.commands", *args],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def environ_for(folder: Path, **settings: str) -> dict[str, str]:
    """An environment with the database of the folder, a free port, and these settings only."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GROWTH_") and name != "HOST"
    }
    return kept | {"DATABASE_URL": database_of(folder), "PORT": str(free_port())} | settings


@contextmanager
def serving(
    folder: Path,
    file_limit: int | None = None,
    log: Path | None = None,
    options: Sequence[str] = (),
    under: Sequence[str] = (),
    **settings: str,
) -> Iterator[Server]:
    """Run a server on the database of `folder`; stop it at the end.

    `under` is a command that runs the server, such as `setpriv`. `file_limit` is the largest size
    in bytes that the system allows for files of the server.
    """
    environ = environ_for(folder, **settings)
    limits = (file_limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    with (
        (log or Path(os.devnull)).open("ab") as out,
        subprocess.Popen(
            [*under, sys.executable, "-m", "growth.commands", "serve", *options],
            env=environ,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            preexec_fn=file_limit and (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits)),
        ) as process,
    ):
        server = Server(f"http://127.0.0.1:{environ['PORT']}", environ, process)
        try:
            wait_until_up(server)
            yield server
        finally:
            if process.poll() is None:
                server.stop()


def free_port() -> int:
    """A free loopback port, below the range that the system gives to outgoing connections."""
    draw = Random()
    while True:
        port = draw.randrange(20_000, 32_000)
        with socket.socket() as candidate:
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until_up(server: Server) -> None:
    def answers() -> bool:
        assert server.process.poll() is None, "growth serve ended"
        try:
            with DIRECT.open(server.url + "/healthz", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    wait_until(answers, 30, "growth serve does not answer")


def wait_until_healthy(server: Server) -> None:
    wait_until(lambda: get(server, "/healthz").status == 200, 10, "it does not recover")
