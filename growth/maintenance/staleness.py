"""Finds out whether a rebuild is due: whether settings have changed since the last rebuild.

A mark (a named text in the database) holds the settings under which the stored rows were derived. A
rebuild writes this mark at its end.
"""

from __future__ import annotations

import logging
from typing import Protocol

import orjson
from peewee import PeeweeException

from growth.attribution.conversions import Terms
from growth.attribution.facts import DAY
from growth.attribution.rules import Rules
from growth.database.tables.mark import read_mark, write_mark
from growth.maintenance.keeping import adopt_days, has_deeds

log = logging.getLogger(__name__)

MARK = "derived"
OTHER_RULES = "GROWTH_SOURCES or the rules of this version"


class Deriving(Protocol):
    """The attributes of the ledger that this module reads."""

    rules: Rules
    terms: Terms


def settings_of(ledger: Deriving) -> dict[str, str]:
    """The values of the settings that derived rows depend on, keyed by environment variable.

    The value of OTHER_RULES is a hash that changes with any of these settings, and with any rule.
    """
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
    """The names of the settings that changed since the stored rows were derived.

    OTHER_RULES is named only if no other setting changed. The list is empty for a new database.
    """
    mark = read_mark(MARK)
    if mark is None:
        return []
    stored, now = orjson.loads(mark), settings_of(ledger)
    names = [name for name in now if stored.get(name) != now[name]]
    return [name for name in names if name != OTHER_RULES] or names


def is_due(ledger: Deriving) -> str:
    """The reason why a rebuild is due, in one line. The text is empty if no rebuild is due."""
    names = ", ".join(changed_settings(ledger))
    return f"growth rebuild is due: {names} changed" if names else ""


def keep_settings(ledger: Deriving) -> None:
    """Record that the stored rows were derived under the settings of this ledger."""
    write_mark(MARK, orjson.dumps(settings_of(ledger)).decode())


def adopt_settings(ledger: Deriving) -> None:
    """Record the settings of this ledger if none are recorded yet.

    If the database has no pageviews and events, record the settings in any case.
    """
    if not has_deeds() or read_mark(MARK) is None:
        keep_settings(ledger)


def tell_of_settings(ledger: Deriving, days: int) -> None:
    """If settings have changed since the stored rows were derived, log that a rebuild is due.

    In a new database, record the settings. Record the retention of `days`, unless it `is_shorter`.
    """
    try:
        adopt_settings(ledger)
        adopt_days(days)
    except PeeweeException as ex:  # GET /healthz shows the fault, too
        log.warning("the database takes no writes: %s", ex)
    if reason := is_due(ledger):
        log.warning(reason)
