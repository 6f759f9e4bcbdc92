"""Remnants of purged facts. Without them, the attribution of the remaining facts would change."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, TextField

from growth.database.statements import Record


class RemnantRecord(Record):
    """One thing to remember about a subject whose facts were purged.

    kind          subject       user_id                     created_at
    visit         v:b998…       user of the visit, or ''    end of the last purged visit
    claim         v:b998…       user of the claim           time of the claim
    signup, …     u:6666bd…     ''                          time of the last purged event so named

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
