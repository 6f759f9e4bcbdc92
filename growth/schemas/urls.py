"""Input fields that hold URLs. In a URL, the value of each secret parameter is removed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from growth.schemas.fields import Text

URL_LENGTH = 8_192
SECRETS = ("code", "state", "token", "access_token", "id_token", "SAMLResponse")
"""Secret parameters. A log-in adds them to the URL of the page to which it sends a visitor back.

Most of them are parameters of RFC 6749, OpenID Connect or SAML 2.0.
"""

SECRET = re.compile(rf"([?&#;](?:{'|'.join(SECRETS)})=)[^&#;]+", re.IGNORECASE)
REMOVED = "removed"


def without_codes(url: str) -> str:
    """The URL with `removed` as the value of each secret parameter in its query or fragment.

    The names of the parameters stay, because they show that the page follows a log-in.

    >>> without_codes("https://e.com/cb?code=4%2F0A&state=x#top")
    'https://e.com/cb?code=removed&state=removed#top'
    """
    return SECRET.sub(rf"\1{REMOVED}", url) if "=" in url else url


class Referrer(Text):
    """A URL of any kind. The values of secret parameters are removed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(URL_LENGTH, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return without_codes(super()._deserialize(value, *args, **kwargs))


class UrlField(Referrer):
    """An absolute http or https URL. The values of secret parameters are removed."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            parts = urlsplit(text)
            is_absolute = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_absolute = False
        if not is_absolute:
            raise ValidationError("Must be an absolute http or https URL with a host.")
        return text
