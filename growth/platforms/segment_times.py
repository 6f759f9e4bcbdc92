"""Corrects the times of messages of Segment's and RudderStack's libraries.

https://segment.com/docs/connections/spec/common/#timestamps
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from growth.attribution.facts import SECOND
from growth.schemas.times import format_time, parse_time


def happened_at(message: dict[str, Any], received_at: int) -> Any:
    """The time of a message by our clock: receivedAt - (sentAt - timestamp).

    A message with both `timestamp` and `originalTimestamp` comes from Segment or RudderStack, which
    have corrected its time already. The time of a message that arrives within a second after it was
    sent is not corrected, because this could reorder messages that were sent together.
    """
    stamp, original = message.get("timestamp"), message.get("originalTimestamp")
    own = stamp or original
    if (stamp and original) or not isinstance(own, str):
        return own
    sent, at = time_of_text(message.get("sentAt")), time_of_text(own)
    if sent is None or at is None or 0 <= received_at - sent <= SECOND:
        return own
    try:
        return format_time(received_at - (sent - at))
    except OverflowError as ex:
        raise ValidationError({"timestamp": ["Must be near sentAt."]}) from ex


def time_of_text(value: Any) -> int | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except ValueError:
        return None
