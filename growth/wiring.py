"""Wires the ledger: what whoever writes begins with."""

from __future__ import annotations

from collections.abc import Callable

from growth.ledger import Ledger, now_us
from growth.ledger.persons import Attributor
from growth.rules import load_rules
from growth.settings import Settings, SettingsError


def create_ledger(settings: Settings, clock: Callable[[], int] = now_us) -> Ledger:
    """The ledger under the rules that the settings put in force. Raises SettingsError."""
    try:
        rules = load_rules(settings.sources, settings.site_hosts, settings.return_paths)
    except ValueError as ex:
        raise SettingsError(f"GROWTH_SOURCES or GROWTH_SITE_HOSTS: {ex}") from ex
    attributor = Attributor(rules, settings.conversions, settings.lookback_days)
    return Ledger(rules, attributor, clock, slots=settings.slots)
