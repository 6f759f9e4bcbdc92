"""Slots for the sums of visits, so that who writes at the same time adds to other rows."""

from peewee import BigIntegerField, CompositeKey, IntegerField, Model, TextField


class Rollup(Model):
    day = IntegerField()
    origin = BigIntegerField()
    slot = IntegerField()
    visits = BigIntegerField()
    new_visitors = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "rollups"
        primary_key = CompositeKey("day", "origin", "slot")
        without_rowid = True


class CountryRollup(Model):
    day = IntegerField()
    origin = BigIntegerField()
    country = TextField()
    slot = IntegerField()
    visits = BigIntegerField()
    new_visitors = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "country_rollups"
        primary_key = CompositeKey("day", "origin", "country", "slot")
        without_rowid = True


TABLES = (Rollup, CountryRollup)


def up(migrator, db):
    for table in TABLES:
        name = table._meta.table_name
        kept = ", ".join(f.name for f in table._meta.sorted_fields if f.name != "slot")
        db.execute_sql(f"ALTER TABLE {name} RENAME TO old_{name}")
        with db.bind_ctx([table]):
            db.create_tables([table])
        db.execute_sql(f"INSERT INTO {name} (slot, {kept}) SELECT 0, {kept} FROM old_{name}")
        db.execute_sql(f"DROP TABLE old_{name}")
