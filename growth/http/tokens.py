"""Bearer tokens with names for the log. Secrets are compared in constant time."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

SHORTEST_TOKEN = 16
NAMED = re.compile(r"([\w.-]{1,40}):(.*)", re.ASCII)


class Token(NamedTuple):
    """A token and its name. The name is '' if the token has none."""

    name: str
    secret: str


def parse_token(text: str) -> Token:
    """Parse `token` or `name:token`. Raises ValueError if the token is too short."""
    token = Token(*found.groups()) if (found := NAMED.fullmatch(text)) else Token("", text)
    if len(token.secret) < SHORTEST_TOKEN:
        raise ValueError(f"Each token must have at least {SHORTEST_TOKEN} characters.")
    return token


def bearer_in(authorization: str | None) -> str | None:
    """The token in an Authorization header. None if the header has no bearer token."""
    scheme, _, given = (authorization or "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def matching_token(given: str, tokens: Sequence[Token]) -> Token | None:
    """The token whose secret is `given`. None if no token has this secret."""
    # Does not stop at the first match, so that the time taken does not tell which token matches.
    found = [token for token in tokens if is_one_of(given, [token.secret])]
    return found[0] if found else None


def is_one_of(given: Any, secrets: Sequence[str]) -> bool:
    """Whether a value of any type is one of the secrets."""
    if not isinstance(given, str):
        return False
    sent = given.encode("utf-8", "surrogatepass")
    fits = [hmac.compare_digest(sent, each.encode()) for each in secrets]
    return any(fits)
