"""nginx, of Debian's `nginx-light`, uses config/nginx/growth.conf in front of a real server."""

from __future__ import annotations

import grp
import json
import os
import pwd
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest
from documents import ROOT
from live import Server, free_port, serving
from patience import wait_until
from service import pageview

CONFIGURED = ROOT / "config" / "nginx" / "growth.conf"
NAME = "growth.example.com"

MAIN = """
daemon off;
user {user} {group};
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@contextmanager
def proxied(server: Server, folder: Path) -> Iterator[tuple[int, int]]:
    """Run nginx with a new certificate; give its ports of HTTP and HTTPS."""
    assert shutil.which("nginx"), "nginx is missing; on Debian: apt-get install nginx-light"
    plain, tls = free_port(), free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    asked = f"-subj /CN={NAME} -addext subjectAltName=DNS:{NAME} -keyout {key} -out {certificate}"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 {asked}".split(),
        check=True,
        capture_output=True,
    )
    site = CONFIGURED.read_text()
    for written, here in (
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(certificate)),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(key)),
        ("127.0.0.1:8000", server.url.removeprefix("http://")),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{tls} ssl http2;"),
    ):
        assert written in site, written
        site = site.replace(written, here)
    (folder / "site.conf").write_text(site)
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user, group=group))
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: listens(tls), 10, "nginx does not start")
            yield plain, tls
        finally:
            process.terminate()
            process.wait(10)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def ports(folder: Path) -> Iterator[tuple[int, int]]:
    log = folder / "growth.log"
    options = ["--migrate"]
    with (
        serving(folder, log=log, options=options, GROWTH_TRUSTED_PROXY="127.0.0.1") as server,
        proxied(server, folder) as ports,
    ):
        yield ports


@pytest.fixture
def secure(folder: Path, ports: tuple[int, int]) -> Iterator[HTTPSConnection]:
    """A connection to nginx that trusts only its certificate."""
    context = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    context.check_hostname = False  # the address is an IP address
    with closing(HTTPSConnection("127.0.0.1", ports[1], context=context, timeout=60)) as secure:
        yield secure


class DescribeProxy:
    def it_passes_writes_and_reads_under_tls(self, secure: HTTPSConnection) -> None:
        headers = {"Content-Type": "application/json"}
        secure.request("POST", "/pageviews", json.dumps(pageview()), headers)
        stored = secure.getresponse()
        assert (stored.status, json.load(stored)["rejected"]) == (200, [])

        secure.request("GET", "/attribution?by=visit")
        read = secure.getresponse()

        assert read.status == 200
        assert json.load(read)["results"]
        assert read.headers["Strict-Transport-Security"]

    def it_sends_plain_http_to_tls(self, ports: tuple[int, int]) -> None:
        with closing(HTTPConnection("127.0.0.1", ports[0], timeout=60)) as plain:
            plain.request("GET", "/healthz", headers={"Host": NAME})
            answer = plain.getresponse()

        assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/healthz")

    def it_lets_growth_say_what_is_too_large(self, secure: HTTPSConnection) -> None:
        headers = {"Content-Type": "application/json"}
        secure.request("POST", "/pageviews", b" " * (2 * 1024 * 1024 + 1), headers)

        answer = secure.getresponse()

        assert answer.status == 413
        assert answer.headers["Content-Type"] == "application/problem+json"

    def it_keeps_metrics_to_this_machine(self, secure: HTTPSConnection) -> None:
        secure.request("GET", "/metrics")

        assert secure.getresponse().status == 404

    def it_tells_growth_the_client_and_names_the_request(
        self, secure: HTTPSConnection, folder: Path
    ) -> None:
        secure.request("GET", "/attribution?by=visit", headers={"X-Forwarded-For": "192.0.2.9"})
        answer = secure.getresponse()
        answer.read()
        name = answer.headers["X-Request-Id"]

        lines = [json.loads(line) for line in (folder / "growth.log").read_text().splitlines()]
        told = next(line for line in lines if line.get("request_id") == name)

        assert told["client"] == "127.0.0.1"  # nobody's own word
