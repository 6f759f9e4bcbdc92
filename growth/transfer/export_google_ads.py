"""Writes conversions, or adjustments of earlier conversions, as a file for Google Ads.

Google explains the columns and rules:
- conversions: https://support.google.com/google-ads/answer/7014069
- adjustments, which need an order id: https://support.google.com/google-ads/answer/7686280
- consent: https://support.google.com/google-ads/answer/14009635
- hashes: https://developers.google.com/google-ads/api/docs/conversions/upload-identifiers
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from growth.transfer.export_clicks import Sale, Tally, is_sold_otherwise

CONVERSIONS = (
    *("Google Click ID", "Conversion Name", "Conversion Time", "Conversion Value"),
    *("Conversion Currency", "Order ID", "Ad User Data", "Ad Personalization"),
)
IDENTIFIERS = ("Email", "Phone Number")
"""Columns that the option `--identifiers` adds. Only some of Google's templates have them."""

ADJUSTMENTS = (
    *("Order ID", "Conversion Name", "Adjustment Time", "Adjustment Type"),
    *("Adjusted Value", "Adjusted Value Currency"),
)
HASHED = ("sha256_email_address", "sha256_phone_number")
"""Fields of `data` with the hashes for the columns IDENTIFIERS. Google's tag uses the same names.

Senders make the hashes. A phone number has to begin with + before it is hashed.
"""

CONSENT = {"granted": "Granted", "denied": "Denied"}
CONSENTS = ("ad_user_data", "ad_personalization")
NO_CLICK = "no Google click id (gclid)"
SOLD_OTHERWISE = "retracted, but another conversion counts for its order"

Line = list[Any]


class GoogleAdsUpload:
    """Writes files for Google Ads. `names` maps events to conversion actions.

    `zone` is the time zone of the times in the files.
    """

    def __init__(self, names: Mapping[str, str], zone: str, has_identifiers: bool = False) -> None:
        self.names = names
        self.zone = zone
        self.has_identifiers = has_identifiers

    def write_conversions(self, found: Iterable[Sale], out: TextIO) -> Tally:
        header = (*CONVERSIONS, *(IDENTIFIERS if self.has_identifiers else ()))
        return self.write(header, found, self.conversion_line, out)

    def write_adjustments(self, found: Iterable[Sale], out: TextIO) -> Tally:
        return self.write(ADJUSTMENTS, found, self.adjustment_line, out)

    def write(
        self,
        header: Iterable[str],
        found: Iterable[Sale],
        line: Callable[[Sale], Line | str],
        out: TextIO,
    ) -> Tally:
        """Write a line for each conversion.

        `line` returns the cells of the line, or the reason why the conversion is left out.
        """
        writer, tally = csv.writer(out, lineterminator="\n"), Tally()
        zone = "+0000" if self.zone == "UTC" else self.zone
        out.write(f"Parameters:TimeZone={zone}\n")
        writer.writerow(header)
        for sale in found:
            made = line(sale)
            if isinstance(made, str):
                tally.left_out[made] += 1
            else:
                writer.writerow(made)
                tally.written += 1
        return tally

    def conversion_line(self, sale: Sale) -> Line | str:
        """The line of a conversion, or the reason why it is left out.

        If a line is uploaded twice, Google recognises the order id and counts the conversion once.
        """
        click = sale.click("gclid")
        if not sale.record.is_conversion:
            return "retracted"
        if click is None:
            return NO_CLICK
        consent = [CONSENT.get(sale.text(name).lower(), "") for name in CONSENTS]
        hashes = [sale.hashed(name) for name in HASHED] if self.has_identifiers else []
        at = self.time(sale.record.occurred_at)
        return [click[0], self.name(sale), at, *money_cells(sale), sale.order_id, *consent, *hashes]

    def adjustment_line(self, sale: Sale) -> Line | str:
        """The line that retracts a conversion or restates its value, or the reason for no line."""
        record = sale.record
        start = [sale.order_id, self.name(sale), self.time(record.changed_at)]
        if not record.is_conversion:
            return SOLD_OTHERWISE if is_sold_otherwise(sale) else [*start, "RETRACT", "", ""]
        if record.revision < 2:
            return "never changed, so there is nothing to restate"
        if sale.click("gclid") is None:
            return NO_CLICK
        if sale.value is None:
            return "no value to restate"
        return [*start, "RESTATE", *money_cells(sale)]

    def name(self, sale: Sale) -> str:
        event: str = sale.record.event
        return self.names.get(event, event)

    def time(self, at: int) -> str:
        """The time in the time zone of the file, without an offset, as in Google's template."""
        local = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(ZoneInfo(self.zone))
        return local.strftime("%Y-%m-%d %H:%M:%S")


def money_cells(sale: Sale) -> Iterator[Any]:
    """The cells of value and currency. Both are empty if there is no value."""
    yield from ("", "") if sale.value is None else (sale.value, sale.record.currency)
