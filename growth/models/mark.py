"""What the service remembers of itself: a name and a text."""

from __future__ import annotations

from peewee import TextField

from growth.models.base import Record


class MarkRecord(Record):
    """For example the anchor of the seeds, or how far a rebuild came."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "marks"
