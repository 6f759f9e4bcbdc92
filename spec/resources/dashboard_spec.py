"""GET / and /assets/…: the files of the dashboard, their headers, and what they may load."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest
from service import Service

from growth.attribution.credit import MODEL_NAMES
from growth.query.words import ORIGINS

PAGES = {each.name for each in files("growth.pages").iterdir() if each.name != "growth.js"}
ASSETS = sorted(name for name in PAGES if re.search(r"\.(css|js|svg)$", name))
PATHS = ["/", *(f"/assets/{name}" for name in ASSETS)]
MOST_BYTES = 100_000
SVG = "http://www.w3.org/2000/svg"
"""A namespace, which looks like a URL but is never fetched."""

PACKED = {"Accept-Encoding": "gzip"}


class DescribeTheDashboard:
    def it_needs_no_token_but_its_numbers_do(self, tmp_path: Path) -> None:
        service = Service(tmp_path, GROWTH_READ_TOKENS="a-token-of-16-ch")
        try:
            answers = [service.get(path).status_code for path in (*PATHS, "/attribution")]
        finally:
            service.close()

        assert answers == [200] * len(PATHS) + [401]

    def it_names_the_events_that_convert(self, tmp_path: Path) -> None:
        service = Service(tmp_path, GROWTH_CONVERSIONS='signup,order,"><script>')
        try:
            text = service.get("/").text
        finally:
            service.close()

        assert 'content="signup,order,&quot;&gt;&lt;script&gt;"' in text

    def it_offers_all_models_and_dimensions(self, service: Service) -> None:
        script = service.get("/assets/state.js").text
        models = re.findall(r"^  (\w+): \[", script.partition("MODELS = {")[2], re.M)
        fields = re.findall(r"'(\w+)'", script.partition("FIELDS = [")[2].partition("]")[0])

        assert set(models) == set(MODEL_NAMES)
        assert set(fields) == {*ORIGINS, "country"}

    def it_says_that_other_assets_do_not_exist(self, service: Service) -> None:
        for name in ("dashboard.html", "growth.js", "__init__.py", "..%2Fapp.py"):
            assert service.get(f"/assets/{name}").status_code == 404

    @pytest.mark.parametrize("path", PATHS)
    def it_may_load_nothing_from_elsewhere(self, service: Service, path: str) -> None:
        headers = service.get(path).headers
        policy = dict(
            each.strip().split(" ", 1) for each in headers["Content-Security-Policy"].split(";")
        )

        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert "unsafe" not in str(policy)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"

    @pytest.mark.parametrize("path", PATHS)
    def it_names_no_other_host(self, service: Service, path: str) -> None:
        text = service.get(path).text.replace(SVG, "")

        assert set(re.findall(r"https?://([\w.-]+)", text)) <= {"www.example.com"}

    def it_has_no_script_and_no_style_in_its_markup(self, service: Service) -> None:
        text = service.get("/").text

        assert re.findall(r"<script[^>]*>([^<]*)<", text) == [""]
        assert not re.search(r"<style|\sstyle=|\son\w+=", text)

    def it_is_small(self, service: Service) -> None:
        sizes = [len(service.get(path, headers=PACKED).content) for path in PATHS]

        assert sum(sizes) < MOST_BYTES / 2

    @pytest.mark.parametrize("path", PATHS)
    def it_is_packed_where_that_is_taken(self, service: Service, path: str) -> None:
        packed, plain = service.get(path, headers=PACKED), service.get(path)

        assert gzip.decompress(packed.content) == plain.content
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert "Accept-Encoding" in packed.headers["Vary"]

    @pytest.mark.parametrize("path", PATHS)
    def it_is_not_sent_again_while_it_is_the_same(self, service: Service, path: str) -> None:
        tag = service.get(path, headers=PACKED).headers["ETag"]
        again = service.get(path, headers={**PACKED, "If-None-Match": tag})

        assert (again.status_code, again.content) == (304, b"")

    def it_loads_every_module_that_it_has_and_no_other(self, service: Service) -> None:
        named = {"main.js"}
        for name in ASSETS:
            if name.endswith(".js"):
                named |= set(re.findall(r"from '\./([\w.]+)'", service.get(f"/assets/{name}").text))

        assert named == {name for name in ASSETS if name.endswith(".js")} - {"docs.js"}
