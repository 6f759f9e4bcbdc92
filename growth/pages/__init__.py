"""The script by which pages send what is seen and done on them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

COMMENT = "//"


@cache
def script() -> bytes:
    """The script as it is served: without its comments and indentation."""
    text = (files("growth.pages") / "growth.js").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(COMMENT)).encode()
