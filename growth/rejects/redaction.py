"""Takes secrets out of refused input: our own, and the values of what is named as one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

REMOVED = "(removed)"

SHORTEST = 8
"""Characters of a secret of ours that is looked for everywhere: a shorter one may be any word."""

SEPARATORS = ("_", "-", ".", " ")
KEYS = ("api", "write", "access", "private", "google", "auth", "signing", "encryption")
WORDS = (
    *("secret", "token", "password", "passwd", "passphrase", "pwd"),
    *("signature", "authorization", "authorisation", "credential"),
)
SQUEEZED = (*WORDS, *(f"{kind}key" for kind in KEYS))
"""What names of secrets have in them, in lower case and without separators."""

WRITTEN = [
    word.encode()
    for word in (*WORDS, *(f"{kind}{each}key" for kind in KEYS for each in ("", *SEPARATORS)))
]
"""The same as it is written. Finding them one by one takes a hundredth of a pattern's time."""

PARAMETER = re.compile(r"([?&#;]([^=&#?;\s]{1,100})=)[^&#;\s]+")
ESCAPED = re.compile(r"\\u00([2-7][0-9a-fA-F])")
"""A character of ASCII as JSON may escape it."""


def redact(text: str, ours: Iterable[str] = ()) -> str:
    """The text without our secrets and the values of names such as `api_key`.

    JSON stays JSON. Text that cannot be read as JSON ends where it first names a secret.
    """
    for secret in ours:
        if len(secret) >= SHORTEST:
            text = text.replace(secret, REMOVED).replace(json.dumps(secret)[1:-1], REMOVED)
    text = text.replace("\0", "\ufffd")
    if "\\u" not in text and not names_secret(text):
        return text  # most text, looked at twenty times as fast as it is read
    try:
        kept = without_secrets(json.loads(text))
        return json.dumps(kept, ensure_ascii="\\u" in text)  # half a letter stays escaped
    except (ValueError, RecursionError):
        return cut(text)


def names_secret(text: str) -> bool:
    """Whether a name is one of a secret; of a longer text, whether it may hold such a name."""
    squeezed = text.lower()
    for separator in SEPARATORS:
        squeezed = squeezed.replace(separator, "")
    return any(word in squeezed for word in SQUEEZED)


def without_secrets(value: Any) -> Any:
    """The value of JSON with the values of secrets replaced, however deep they are."""
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
    """The text, such as a URL, without the values of parameters that are secrets."""
    return PARAMETER.sub(lambda m: m[1] + REMOVED if names_secret(m[2]) else m[0], text)


def cut(text: str) -> str:
    """The text up to the first name of a secret; nothing, if that is not found."""
    text = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    if not names_secret(text):
        return text
    written = text.encode("utf-8", "replace")
    lower = written.lower()
    ends = [lower.find(word) + len(word) for word in WRITTEN if word in lower]
    return written[: min(ends, default=0)].decode("utf-8", "replace") + REMOVED
