"""Serves growth.js, the script with which pages send pageviews and events."""

from __future__ import annotations

import gzip
import tomllib
from functools import cache
from importlib.resources import files

COMMENT = "//"
CLICK_IDS = "CLICK_IDS"
"""This word in the script is replaced by the names of the known click ids."""


@cache
def script() -> bytes:
    """The script as it is served, without comments and indentation."""
    text = (files("growth.pages") / "growth.js").read_text("utf-8")
    known = tomllib.loads((files("growth.config") / "click_ids.toml").read_text("utf-8"))
    lines = (line.strip() for line in text.replace(CLICK_IDS, "|".join(known)).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(COMMENT)).encode()


@cache
def packed() -> bytes:
    """The script compressed by gzip, which halves its size."""
    return gzip.compress(script(), mtime=0)
