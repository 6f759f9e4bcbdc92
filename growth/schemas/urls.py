"""Removes secrets from URLs."""

from __future__ import annotations

import re

SECRETS = ("code", "state", "token", "access_token", "id_token", "SAMLResponse")
"""Parameters of answers to a log-in (RFC 6749, OpenID Connect, SAML 2.0)."""

SECRET = re.compile(rf"([?&#;](?:{'|'.join(SECRETS)})=)[^&#;]+", re.IGNORECASE)
REMOVED = "removed"


def without_codes(url: str) -> str:
    """The URL with the values of secrets replaced, in its query and its fragment.

    Their names stay, because they show that the page follows a log-in.

    >>> without_codes("https://e.com/cb?code=4%2F0A&state=x#top")
    'https://e.com/cb?code=removed&state=removed#top'
    """
    return SECRET.sub(rf"\1{REMOVED}", url) if "=" in url else url
