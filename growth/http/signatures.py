"""Makes and checks signatures of webhooks as specified by https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence

PREFIX = "whsec_"
TOLERANCE_SECONDS = 5 * 60
"""The most seconds between the time of a signature and now.

After this time, a request that somebody intercepted is refused if it is sent again.
"""

TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


def signing_key(secret: str) -> bytes:
    """The key: the secret, decoded from base64. It may lack the prefix `whsec_` and the padding.

    Raises ValueError for an invalid secret.
    """
    text = secret.removeprefix(PREFIX).rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        key = b""
    if not 24 <= len(key) <= 64:
        raise ValueError(
            "Each secret must be base64 of 24 to 64 bytes, with or without the prefix whsec_."
        )
    return key


def signing_secret(text: str) -> str:
    """Return the text. Raises ValueError if it is not a valid secret."""
    signing_key(text)
    return text


def sign(key: bytes, name: str, timestamp: str, body: bytes) -> bytes:
    """The signature of a webhook, as written in the header."""
    signed = f"{name}.{timestamp}.".encode() + body
    return b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))


def is_signed(
    keys: Sequence[bytes], now: int, body: bytes, name: str, timestamp: str, signatures: str
) -> bool:
    """Whether one of the signatures was made with one of the keys, at a time near `now`.

    `name` is the webhook's id. Times are in seconds since 1970.
    """
    if not (name.isascii() and name and TIMESTAMP.fullmatch(timestamp)):
        return False
    if not signatures.isascii() or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    given = signatures.encode().split()
    due = [sign(key, name, timestamp, body) for key in keys]
    fits = [hmac.compare_digest(each, one) for each in given for one in due]
    return any(fits)
