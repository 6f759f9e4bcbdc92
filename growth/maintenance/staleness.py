"""Whether a rebuild is due: the settings that the database was derived with are not those in force.

They are kept in a mark, which a rebuild sets at its end.
"""

from __future__ import annotations

from typing import Protocol

import orjson

from growth.attribution.conversions import Terms
from growth.attribution.facts import DAY
from growth.attribution.rules import Rules
from growth.database.statements import replace
from growth.database.tables import EventRecord, MarkRecord, PageviewRecord

MARK = "derived"
OTHER_RULES = "GROWTH_SOURCES or the rules of this version"


class Deriving(Protocol):
    """What derives, by its rules and terms: the ledger."""

    rules: Rules
    terms: Terms


def settings_of(ledger: Deriving) -> dict[str, str]:
    """What decides about all that is derived, by variable; OTHER_RULES names the rest."""
    rules, terms = ledger.rules, ledger.terms
    returns = [*rules.return_paths, *(f"{start}*" for start in rules.return_starts)]
    return {
        "GROWTH_CONVERSIONS": ",".join(sorted(terms.converting)),
        "GROWTH_LOOKBACK_DAYS": str(terms.lookback // DAY),
        "GROWTH_SITE_HOSTS": ",".join(sorted(rules.site_hosts)),
        "GROWTH_RETURN_PATHS": ",".join(sorted(returns)),
        OTHER_RULES: f"{rules.version}-{terms.version}",
    }


def changed_settings(ledger: Deriving) -> list[str]:
    """The settings that are not those that the database was derived with; none if it is new."""
    mark = MarkRecord.get_or_none(MarkRecord.name == MARK)
    if mark is None:
        return []
    stored, now = orjson.loads(mark.value), settings_of(ledger)
    names = [name for name in now if stored.get(name) != now[name]]
    return [name for name in names if name != OTHER_RULES] or names


def is_due(ledger: Deriving) -> str:
    """Says in a line why a rebuild is due; empty if none is."""
    names = ", ".join(changed_settings(ledger))
    return f"growth rebuild is due: {names} changed" if names else ""


def keep_settings(ledger: Deriving) -> None:
    """Say that all was derived with these settings."""
    replace(MarkRecord, {"name": MARK, "value": orjson.dumps(settings_of(ledger)).decode()})


def adopt_settings(ledger: Deriving) -> None:
    """Say so of a database that has no facts yet, or that never said."""
    is_empty = not any(each.select().exists() for each in (PageviewRecord, EventRecord))
    if is_empty or MarkRecord.get_or_none(MarkRecord.name == MARK) is None:
        keep_settings(ledger)
