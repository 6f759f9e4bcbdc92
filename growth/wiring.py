"""Makes the ledger from the settings."""

from __future__ import annotations

from collections.abc import Callable

from growth.attribution.conversions import Terms
from growth.attribution.facts import DAY
from growth.ledger.ledger import Ledger
from growth.rules import load_rules
from growth.schemas.money import places_of
from growth.schemas.times import now_us
from growth.settings import Settings, SettingsError


def create_ledger(settings: Settings, clock: Callable[[], int] = now_us) -> Ledger:
    """Create the ledger as the settings say. Raises SettingsError if the rules cannot be loaded."""
    try:
        rules = load_rules(settings.sources, settings.site_hosts, settings.return_paths)
    except ValueError as ex:
        names = "GROWTH_SOURCES, GROWTH_SITE_HOSTS or GROWTH_RETURN_PATHS"
        raise SettingsError(f"{names}: {ex}") from ex
    terms = Terms(settings.conversions, settings.lookback_days * DAY)
    return Ledger(rules, terms, places_of, clock, slots=settings.slots)
