"""The base of all schemas. It drops unknown and absent fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, pre_load

from growth.schemas.fields import Country

MOST_IGNORED, LONGEST_IGNORED = 20, 100
"""An answer names at most 20 ignored fields, and cuts each name to 100 characters."""


class ItemSchema(Schema):
    """A JSON object. A field whose value counts as absent, such as null, is left out."""

    class Meta:
        unknown = EXCLUDE

    error_messages = {"type": "Must be a JSON object."}  # noqa: RUF012

    @pre_load
    def leave_out_absent(self, item: Any, **kwargs: Any) -> Any:
        return self.present(item) if isinstance(item, dict) else item

    def present(self, item: Mapping[str, Any]) -> dict[str, Any]:
        known: Any = self.fields
        return {
            name: value
            for name, value in item.items()
            if name in known and not known[name].is_absent(value)
        }

    def ignored(self, item: Any) -> set[str]:
        """The names of fields that were sent but are not read."""
        if not isinstance(item, dict):
            return set()
        unread = item.keys() - self.fields.keys()
        country = self.fields.get("country")
        if isinstance(country, Country) and country.is_unknown(item.get("country")):
            unread.add("country")
        return unread


@dataclass
class Notes:
    """What an answer says about the accepted items of a request.

    ignored  names of fields that are not read
    skewed   number of items with a time too far in the future
    bots     number of pageviews by known crawlers
    """

    ignored: set[str] = field(default_factory=set)
    skewed: int = 0
    bots: int = 0

    def shown(self) -> dict[str, Any]:
        """The notes that are not empty, as members of an answer."""
        names = [name[:LONGEST_IGNORED] for name in sorted(self.ignored)[:MOST_IGNORED]]
        found = {"ignored": names, "skewed": self.skewed, "bots": self.bots}
        return {name: value for name, value in found.items() if value}
