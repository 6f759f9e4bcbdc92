"""Removes secrets from refused input: our own, and the values of fields such as `api_key`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

REMOVED = "(removed)"

SHORTEST = 8
"""Our secrets with fewer characters are not removed, because they could be ordinary words."""

SEPARATORS = ("_", "-", ".", " ")
KEYS = ("api", "write", "access", "private", "google", "auth", "signing", "encryption")
WORDS = (
    *("secret", "token", "password", "passwd", "passphrase", "pwd"),
    *("signature", "authorization", "authorisation", "credential"),
)
SECRET_WORDS = (*WORDS, *(f"{kind}key" for kind in KEYS))
"""Words that name a secret, in lower case and without separators, such as `apikey`."""

SPELLINGS = [
    word.encode()
    for word in (*WORDS, *(f"{kind}{each}key" for kind in KEYS for each in ("", *SEPARATORS)))
]
"""The usual spellings of SECRET_WORDS, such as `apikey` and `api_key`, as bytes.

Searching for each word in turn is a hundred times as fast as one regular expression.
"""

PARAMETER = re.compile(r"([?&#;]([^=&#?;\s]{1,100})=)[^&#;\s]+")
ESCAPED = re.compile(r"\\u00([2-7][0-9a-fA-F])")
"""An escaped ASCII character in JSON."""


def redact(text: str, ours: Iterable[str] = ()) -> str:
    """The text without our secrets, and without the values of fields such as `api_key`.

    JSON stays JSON. Other text is cut after the first word that names a secret.
    """
    for secret in ours:
        if len(secret) >= SHORTEST:
            text = text.replace(secret, REMOVED).replace(json.dumps(secret)[1:-1], REMOVED)
    text = text.replace("\0", "\ufffd")
    if "\\u" not in text and not names_secret(text):
        return text  # most texts have no secret; this test is 20 times as fast as parsing
    try:
        kept = without_secrets(json.loads(text))
        # Escaped characters stay escaped, because UTF-8 cannot encode half of a surrogate pair.
        return json.dumps(kept, ensure_ascii="\\u" in text)
    except (ValueError, RecursionError):
        return cut(text)


def names_secret(text: str) -> bool:
    """Whether `text` contains a word that names a secret. Case and separators do not matter."""
    squeezed = text.lower()
    for separator in SEPARATORS:
        squeezed = squeezed.replace(separator, "")
    return any(word in squeezed for word in SECRET_WORDS)


def without_secrets(value: Any) -> Any:
    """The JSON value, with the values of secret fields replaced at any depth."""
    if isinstance(value, dict):
        return {
            name: REMOVED if each is not None and names_secret(name) else without_secrets(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    if isinstance(value, str) and names_secret(value):
        return redact(value) if value[:1] in ("{", "[") else without_parameters(value)
    return value


def without_parameters(text: str) -> str:
    """The text without the values of secret URL parameters such as `token`."""
    return PARAMETER.sub(lambda m: m[1] + REMOVED if names_secret(m[2]) else m[0], text)


def cut(text: str) -> str:
    """The text up to the end of the first word that names a secret, then REMOVED.

    If the word is spelled in an unusual way, such as `api__key`, nothing but REMOVED is left.
    """
    text = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    if not names_secret(text):
        return text
    written = text.encode("utf-8", "replace")
    lower = written.lower()
    ends = [lower.find(word) + len(word) for word in SPELLINGS if word in lower]
    return written[: min(ends, default=0)].decode("utf-8", "replace") + REMOVED
