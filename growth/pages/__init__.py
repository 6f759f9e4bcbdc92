"""The script by which pages send what is seen and done on them."""

from __future__ import annotations

import gzip
import tomllib
from functools import cache
from importlib.resources import files

COMMENT = "//"
CLICK_IDS = "CLICK_IDS"
"""What stands in the script for the names of known click ids."""


@cache
def script() -> bytes:
    """The script as it is served: without its comments and indentation."""
    text = (files("growth.pages") / "growth.js").read_text("utf-8")
    known = tomllib.loads((files("growth.config") / "click_ids.toml").read_text("utf-8"))
    lines = (line.strip() for line in text.replace(CLICK_IDS, "|".join(known)).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(COMMENT)).encode()


@cache
def packed() -> bytes:
    """The script in gzip: half its size."""
    return gzip.compress(script(), mtime=0)
