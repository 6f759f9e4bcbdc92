"""Reads the values of URL parameters, and drops those that mean nothing."""

import codecs
import re
from urllib.parse import unquote, unquote_plus

MAX_VALUE_LENGTH = 255
"""Longer values of tags are cut, because reports group by tags and an index holds them."""

# Templates that were not filled in, and macros of ad platforms and mailing systems:
# {keyword}, {{campaign.name}}, [CAMPAIGN], %%emailname_%%, __CAMPAIGN_ID__, ${CAMPAIGN}, *|UID|*.
_NOTHING = re.compile(
    r"undefined|null|none|\(none\)|\(not[ +]set\)"
    r"|\$?\{.*\}|\[[^\[\]]*\]|%.+%|__.+__|\*\|.*\|\*",
    re.IGNORECASE | re.DOTALL,
)
WINDOWS_1252 = "windows-1252-for-what-is-no-utf-8"


def _read_as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # nothing is encoded with this handler
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(WINDOWS_1252, _read_as_windows_1252)


def read_tag(encoded: str) -> str:
    """Decode the value of a tag. Empty if the value means nothing."""
    return _meaning(encoded, unquote_plus(encoded, errors=WINDOWS_1252))[:MAX_VALUE_LENGTH]


def read_click_id(encoded: str) -> str:
    """Decode a click id. A plus sign stays a plus sign. Empty if the value means nothing."""
    return _meaning(encoded, unquote(encoded, errors=WINDOWS_1252))


def names_something(value: str) -> bool:
    """Whether a decoded value means something, unlike `(not set)` and `{campaignid}`."""
    return bool(value) and _NOTHING.fullmatch(value) is None


def _meaning(encoded: str, decoded: str) -> str:
    value = decoded.replace("\0", "").strip()  # databases refuse NUL
    # %campaign% is recognised before decoding, because decoding turns "%ca" into one byte.
    is_macro = encoded[:1] == "%" and not names_something(encoded)
    return value if names_something(value) and not is_macro else ""
