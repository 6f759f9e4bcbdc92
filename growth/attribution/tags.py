"""Campaign evidence: the tags and click ids in a page's URL (rule 1)."""

import codecs
import re
from collections.abc import Sequence
from urllib.parse import unquote, unquote_plus

from growth.attribution.rules import Rules
from growth.attribution.urls import Url, parameters

MAX_VALUE_LENGTH = 255
"""Longer values of tags are cut, because reports group by them and a database index has them."""

# Placeholders that a template, an ad platform or a mailing system did not fill in, such as
# {keyword}, {{campaign.name}}, [CAMPAIGN], %%emailname_%%, __CAMPAIGN_ID__, ${CAMPAIGN}, *|UID|*.
_NOTHING = re.compile(
    r"undefined|null|none|\(none\)|\(not[ +]set\)"
    r"|\$?\{.*\}|\[[^\[\]]*\]|%.+%|__.+__|\*\|.*\|\*",
    re.IGNORECASE | re.DOTALL,
)
WINDOWS_1252 = "windows-1252-for-what-is-no-utf-8"


def _read_as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # the handler is only used to decode
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(WINDOWS_1252, _read_as_windows_1252)


def read_tag(encoded: str) -> str:
    """Decode the value of a tag. Empty for a placeholder such as `(not set)` or `{campaignid}`."""
    return _meaning(encoded, unquote_plus(encoded, errors=WINDOWS_1252))[:MAX_VALUE_LENGTH]


def read_click_id(encoded: str) -> str:
    """Decode a click id. A plus sign stays a plus sign. Empty for a placeholder like `{gclid}`."""
    return _meaning(encoded, unquote(encoded, errors=WINDOWS_1252))


def names_something(value: str) -> bool:
    """Whether a value is neither empty nor a placeholder such as `(not set)` or `{campaignid}`."""
    return bool(value) and _NOTHING.fullmatch(value) is None


def _meaning(encoded: str, decoded: str) -> str:
    value = decoded.replace("\0", "").strip()  # databases refuse NUL
    # %campaign% is recognised before decoding, because decoding turns "%ca" into one byte.
    is_macro = encoded[:1] == "%" and not names_something(encoded)
    return value if names_something(value) and not is_macro else ""


Parameters = Sequence[tuple[str, str]]

REFERRALS = ("ref", "source")


def parameters_of(url: Url) -> Parameters:
    """Return the parameters of the query, then the parameters of the fragment.

    If the fragment has a `?`, only the part after it is read: `#/plans?utm_source=a`. If it has
    none, the whole fragment is read: `#utm_source=a`.
    """
    found = list(parameters(url.query)) if url.query else []
    if "=" in url.fragment:
        before, mark, after = url.fragment.partition("?")
        found += parameters(after if mark else before)
    return found


def campaign_of(sent: Parameters, rules: Rules) -> dict[str, str]:
    """Return the first meaningful value of each tag, click id, `ref` and `source`.

    A value in the fragment counts only if the query has no meaningful value under the same name.
    """
    found: dict[str, str] = {}
    for name, encoded in sent:
        if not encoded or name in found:
            continue
        if name in rules.click_ids:
            value = read_click_id(encoded)
        elif name in rules.tags or name in REFERRALS:
            value = read_tag(encoded)
        else:
            continue
        if value:
            found[name] = value
    return _without_direct(_under_own_names(found, rules))


def _under_own_names(found: dict[str, str], rules: Rules) -> dict[str, str]:
    """Rename the tags of other tools to ours. If a URL has a tag under both names, ours counts."""
    for name in [name for name in found if rules.tags.get(name, name) != name]:
        value = found.pop(name)
        found.setdefault(rules.tags[name], value)
    return found


def _without_direct(found: dict[str, str]) -> dict[str, str]:
    """Drop a `utm_source` of `(direct)`, or of `direct` without a medium. Keep the other tags."""
    source = found.get("utm_source", "").lower()
    if source == "(direct)" or (source == "direct" and "utm_medium" not in found):
        del found["utm_source"]
    return found
