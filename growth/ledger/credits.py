"""The credits as they are stored."""

from __future__ import annotations

from typing import Any, NamedTuple

from growth.attribution.conversions import Credit
from growth.attribution.credit import SINGLE_CLICK
from growth.ledger.sums import names_of, origin_id


class CreditRow(NamedTuple):
    """A row of the credits, its columns in their order."""

    owner: str
    conversion: str
    model: str
    position: int
    event: str
    occurred_at: int
    credit: int
    revenue: int | None
    fingerprint: str | None
    started_at: int | None
    click: str | None
    origin: int | None
    country: str | None
    currency: str | None
    from_trial: bool
    pages_before: int | None

    @property
    def sharing(self) -> tuple[Any, ...]:
        """Who gets which share of what; the rest repeats what reports need."""
        return self[: self._fields.index("click") + 1]


def row_of(conversion: Any, credit: Credit) -> CreditRow:
    """The row of a credit of a conversion."""
    click = credit.click
    named = None if click is None else (click.fingerprint, click.started_at, click.digest)
    fingerprint, started_at, digest = named or (None, None, None)
    return CreditRow(
        owner=conversion.owner,
        conversion=conversion.digest,
        model=credit.model,
        position=credit.position,
        event=conversion.event,
        occurred_at=conversion.occurred_at,
        credit=credit.credit,
        revenue=credit.revenue,
        fingerprint=fingerprint,
        started_at=started_at,
        click=digest,
        origin=None if click is None else origin_id(names_of(click)),
        country=None if click is None else click.country,
        currency=None if credit.revenue is None else conversion.currency,
        from_trial=conversion.from_trial,
        pages_before=conversion.pages_before if credit.model in SINGLE_CLICK else None,
    )
