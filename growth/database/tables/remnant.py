"""What purged facts leave behind, so that what stays is seen as it was."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, TextField

from growth.database.statements import Record


class RemnantRecord(Record):
    """One thing that is remembered of a subject after its facts went.

    kind          subject       user_id   created_at
    visit         v:b998…       6666bd…   when the last visit purged ended, and whose it was
    claim         v:b998…       6666bd…   when the user claimed the visitor
    signup, …     u:6666bd…     ''        when the person last did so

    `created_at` is in microseconds UTC.
    """

    table = "remnants"

    subject = TextField()
    kind = TextField()
    user_id = TextField()
    created_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("subject", "kind", "user_id", "created_at")
        without_rowid = True
