"""Writes a file for Google Ads: of conversions, or of adjustments.

Columns and rules: https://support.google.com/google-ads/answer/7014069 (conversions) and
https://support.google.com/google-ads/answer/7686280 (adjustments, which need an order id, and go in
a file of their own). Consent: https://support.google.com/google-ads/answer/14009635. Hashes:
https://developers.google.com/google-ads/api/docs/conversions/upload-identifiers.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from growth.transfer.export_clicks import Sale, Told, is_sold_otherwise

CONVERSIONS = (
    *("Google Click ID", "Conversion Name", "Conversion Time", "Conversion Value"),
    *("Conversion Currency", "Order ID", "Ad User Data", "Ad Personalization"),
)
IDENTIFIERS = ("Email", "Phone Number")
"""More columns, where they are asked for: the file takes no columns that the template lacks."""

ADJUSTMENTS = (
    *("Order ID", "Conversion Name", "Adjustment Time", "Adjustment Type"),
    *("Adjusted Value", "Adjusted Value Currency"),
)
HASHED = ("sha256_email_address", "sha256_phone_number")
"""Where `data` has the hashes for Google, by the names of its tag: of a phone number with its +."""

CONSENT = {"granted": "Granted", "denied": "Denied"}
CONSENTS = ("ad_user_data", "ad_personalization")
NO_CLICK = "no Google click id (gclid)"

Line = list[Any]


class GoogleAdsUpload:
    """`names` are the conversion actions of events; `zone` is the time zone of the file."""

    def __init__(self, names: Mapping[str, str], zone: str, has_identifiers: bool = False) -> None:
        self.names = names
        self.zone = zone
        self.has_identifiers = has_identifiers

    def write_conversions(self, found: Iterable[Sale], out: TextIO) -> Told:
        header = (*CONVERSIONS, *(IDENTIFIERS if self.has_identifiers else ()))
        return self.write(header, found, self.conversion_line, out)

    def write_adjustments(self, found: Iterable[Sale], out: TextIO) -> Told:
        return self.write(ADJUSTMENTS, found, self.adjustment_line, out)

    def write(
        self,
        header: Iterable[str],
        found: Iterable[Sale],
        line: Callable[[Sale], Line | str],
        out: TextIO,
    ) -> Told:
        """Write the conversions with a line; count the reasons of the others."""
        writer, told = csv.writer(out, lineterminator="\n"), Told()
        zone = "+0000" if self.zone == "UTC" else self.zone
        out.write(f"Parameters:TimeZone={zone}\n")
        writer.writerow(header)
        for sale in found:
            made = line(sale)
            if isinstance(made, str):
                told.left_out[made] += 1
            else:
                writer.writerow(made)
                told.written += 1
        return told

    def conversion_line(self, sale: Sale) -> Line | str:
        """The line of a conversion. It may be uploaded again: Google knows it by the order id."""
        click = sale.click("gclid")
        if not sale.record.is_conversion:
            return "taken back"
        if click is None:
            return NO_CLICK
        consent = [CONSENT.get(sale.text(name).lower(), "") for name in CONSENTS]
        hashes = [sale.hashed(name) for name in HASHED] if self.has_identifiers else []
        at = self.time(sale.record.occurred_at)
        return [click[0], self.name(sale), at, *money_cells(sale), sale.order_id, *consent, *hashes]

    def adjustment_line(self, sale: Sale) -> Line | str:
        """The line of an adjustment: a retraction, or a restatement of a changed conversion."""
        record = sale.record
        start = [sale.order_id, self.name(sale), self.time(record.changed_at)]
        if not record.is_conversion:
            return "counts otherwise" if is_sold_otherwise(sale) else [*start, "RETRACT", "", ""]
        if record.revision < 2:
            return "not changed since its upload"
        if sale.click("gclid") is None:
            return NO_CLICK
        if sale.value is None:
            return "no value to restate"
        return [*start, "RESTATE", *money_cells(sale)]

    def name(self, sale: Sale) -> str:
        event: str = sale.record.event
        return self.names.get(event, event)

    def time(self, at: int) -> str:
        """In the zone of the file, without an offset: the form that Google's template has."""
        local = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(ZoneInfo(self.zone))
        return local.strftime("%Y-%m-%d %H:%M:%S")


def money_cells(sale: Sale) -> Iterator[Any]:
    """Value and currency; both empty without a value."""
    yield from ("", "") if sale.value is None else (sale.value, sale.record.currency)
