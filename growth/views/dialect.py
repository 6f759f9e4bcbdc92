"""Writes SQL expressions that show times, days and money in readable form, for each engine."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from growth.schemas.codes import currencies
from growth.schemas.money import NO_CURRENCY, UNKNOWN

DAY_US = 86_400_000_000

PERSON = "CASE WHEN user_id IS NULL THEN 'v:' || fingerprint ELSE 'u:' || user_id END"
"""SQL for the key of a row's person: `u:` and the user_id, or `v:` and the fingerprint."""

ORIGIN = "COALESCE(channel, 'Unattributed') AS channel, source, medium, campaign, paid"
"""SQL for the columns of a view that show the origin of the credited click."""


def user_in(owner: str) -> str:
    """SQL expression that extracts the user_id from a person's key. Null for a visitor's key."""
    return f"CASE WHEN SUBSTR({owner}, 1, 2) = 'u:' THEN SUBSTR({owner}, 3) END"


@dataclass(frozen=True)
class Dialect:
    """Writes SQL expressions over columns of the tables.

    The columns have times in microseconds UTC, never negative. SQLite has no types for times and
    decimals. On SQLite, a decimal is shown as a floating-point number. A time is shown as ISO 8601
    text of a fixed length, which sorts by time and which SQLite's functions accept.
    """

    is_postgres: bool

    def time(self, at: str) -> str:
        if self.is_postgres:
            return f"TIMESTAMPTZ 'epoch' + {at} * INTERVAL '1 microsecond'"
        second = f"strftime('%Y-%m-%dT%H:%M:%S', {at} / 1000000, 'unixepoch')"
        return f"{second} || printf('.%06dZ', {at} % 1000000)"

    def day(self, at: str) -> str:
        return self.date(f"{at} / {DAY_US}")

    def date(self, days: str) -> str:
        """A date, from a number of days since 1970-01-01."""
        if self.is_postgres:
            return f"DATE '1970-01-01' + CAST({days} AS INTEGER)"
        return f"date(({days}) * 86400, 'unixepoch')"

    def month(self, at: str) -> str:
        """A month as text, such as 2026-11."""
        if self.is_postgres:
            return f"to_char({self.day(at)}, 'YYYY-MM')"
        return f"strftime('%Y-%m', {at} / 1000000, 'unixepoch')"

    def millionths(self, number: str) -> str:
        return f"({number}) * 0.000001" if self.is_postgres else f"({number}) / 1000000.0"

    def money(self, units: str, currency: str) -> str:
        """An amount from a number of minor units, or of millionths if there is no currency.

        PostgreSQL multiplies, because a product of decimals is exact and a quotient is not.
        """
        codes = defaultdict[int, list[str]](list)
        for code, places in sorted(currencies().items()):
            codes[places].append(f"'{code}'")
        cases = [(f"{currency} IS NULL", NO_CURRENCY)] + [
            (f"{currency} IN ({', '.join(some)})", places)
            for places, some in sorted(codes.items())
            if places != UNKNOWN
        ]
        whens = " ".join(f"WHEN {case} THEN {self.unit(places)}" for case, places in cases)
        sign = "*" if self.is_postgres else "/"
        return f"({units} {sign} CASE {whens} ELSE {self.unit(UNKNOWN)} END)"

    def revenue(self) -> str:
        """The revenue of a credit; null without a currency."""
        return f"CASE WHEN currency IS NOT NULL THEN {self.money('revenue', 'currency')} END"

    def unit(self, places: int) -> str:
        """Turns minor units into an amount: a factor on PostgreSQL, a divisor on SQLite."""
        return f"{10**-places:.{places}f}" if self.is_postgres else f"{10**places}.0"

    def mapping(self, pairs: str) -> str:
        """A JSON object, from the JSON text of a list of pairs."""
        if self.is_postgres:
            each = f"jsonb_array_elements(CAST({pairs} AS JSONB)) AS pair"
            found = f"SELECT jsonb_object_agg(pair ->> 0, pair ->> 1) FROM {each}"
            return f"COALESCE(({found}), CAST('{{}}' AS JSONB))"
        name, value = (f"json_extract(value, '$[{place}]')" for place in (0, 1))
        return f"(SELECT json_group_object({name}, {value}) FROM json_each({pairs}))"
