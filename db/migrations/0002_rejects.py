"""The table of refused input."""

from peewee import BigIntegerField, IntegerField, Model, TextField


class Reject(Model):
    digest = TextField(primary_key=True)
    path = TextField()
    kind = TextField()
    size = IntegerField()
    times_seen = BigIntegerField()
    first_seen = BigIntegerField()
    last_seen = BigIntegerField()
    reason = TextField()
    body = TextField()

    class Meta:
        table_name = "rejects"
        indexes = ((("last_seen", "size"), False),)


def up(migrator, db):
    with db.bind_ctx([Reject]):
        db.create_tables([Reject])
