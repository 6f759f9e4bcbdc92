"""Campaign evidence: the tags and click ids in a page's URL (rule 1)."""

from collections.abc import Sequence

from growth.attribution.rules import Rules
from growth.attribution.urls import Url, parameters
from growth.attribution.values import read_click_id, read_tag

Parameters = Sequence[tuple[str, str]]

REFERRALS = ("ref", "source")


def parameters_of(url: Url) -> Parameters:
    """Return the parameters of the query, then the parameters of the fragment.

    A fragment is read as a whole (`#utm_source=a`), or from its first `?` (`#/plans?utm_source=a`).
    """
    found = list(parameters(url.query)) if url.query else []
    if "=" in url.fragment:
        before, mark, after = url.fragment.partition("?")
        found += parameters(after if mark else before)
    return found


def campaign_of(sent: Parameters, rules: Rules) -> dict[str, str]:
    """Return the first meaningful value of each tag, click id, `ref` and `source`.

    The fragment counts only for names without a value in the query.
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
    """Rename the tags of other tools to ours. If both are there, ours wins."""
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
