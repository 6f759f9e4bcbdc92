"""GET /docs and its files: their headers, and what they may load."""

from __future__ import annotations

import gzip
import re

import pytest
from service import Service, problem

FILES = {
    "/docs": "text/html; charset=utf-8",
    "/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "/docs/swagger-ui.css": "text/css; charset=utf-8",
    "/assets/docs.js": "text/javascript; charset=utf-8",
    "/openapi.json": "application/json",
}


class DescribeThePage:
    @pytest.mark.parametrize(("path", "kind"), FILES.items())
    def it_goes_out_packed_and_once(self, service: Service, path: str, kind: str) -> None:
        plain = service.get(path)
        packed = service.get(path, headers={"Accept-Encoding": "gzip"})
        again = service.get(path, headers={"If-None-Match": plain.headers["etag"]})

        assert (plain.status_code, plain.headers["content-type"]) == (200, kind)
        assert gzip.decompress(packed.content) == plain.content
        assert again.status_code == 304

    @pytest.mark.parametrize("path", FILES)
    def it_may_load_nothing_from_elsewhere(self, service: Service, path: str) -> None:
        policy = service.get(path).headers["content-security-policy"]

        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "http" not in policy

    def it_loads_files_that_are_there(self, service: Service) -> None:
        named = re.findall(r'(?:src|href)="([^"]+)"', service.get("/docs").text)

        assert len(named) == 5
        assert [service.get(f"/{name}").status_code for name in named] == [200] * 5

    @pytest.mark.parametrize(
        "name", ["swagger-ui.js", "index.html", "..%2F__init__.py", "docs.html"]
    )
    def it_gives_out_no_other_file(self, service: Service, name: str) -> None:
        problem(service.get(f"/docs/{name}"), 404)
