"""Reading the values of URL parameters, and telling which of them name nothing."""

import codecs
import re
from urllib.parse import unquote, unquote_plus

MAX_VALUE_LENGTH = 255  # of a tag: a name to group by, and what an index can hold

# Texts of templates that were not filled in, and the macros of ad platforms and mailing systems:
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
    """Decode the value of a tag; empty if it names nothing."""
    return _meaning(encoded, unquote_plus(encoded, errors=WINDOWS_1252))[:MAX_VALUE_LENGTH]


def read_click_id(encoded: str) -> str:
    """Decode a click id to the letter (a plus sign is a plus sign); empty if it names nothing."""
    return _meaning(encoded, unquote(encoded, errors=WINDOWS_1252))


def names_something(value: str) -> bool:
    """Whether a decoded value is a name, not a gap: False for `(not set)` or `{campaignid}`."""
    return bool(value) and _NOTHING.fullmatch(value) is None


def _meaning(encoded: str, decoded: str) -> str:
    value = decoded.replace("\0", "").strip()  # no database takes NUL
    # %campaign% is a macro as sent; decoded, its first letters are one byte.
    is_macro = encoded[:1] == "%" and not names_something(encoded)
    return value if names_something(value) and not is_macro else ""
