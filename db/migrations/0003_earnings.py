"""Credits summed by day and origin; visits summed without countries, beside those with them."""

from peewee import BigIntegerField, CompositeKey, IntegerField, Model, TextField


class Rollup(Model):
    day = IntegerField()
    origin = BigIntegerField()
    visits = BigIntegerField()
    new_visitors = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "rollups"
        primary_key = CompositeKey("day", "origin")
        without_rowid = True


class Earning(Model):
    model = TextField()
    event = TextField()
    day = IntegerField()
    origin = BigIntegerField()
    currency = TextField()
    credit = BigIntegerField()
    from_trial = BigIntegerField()
    waited = BigIntegerField()
    waited_rest = BigIntegerField()
    millions = BigIntegerField()
    rest = BigIntegerField()
    pages_before = BigIntegerField()
    pages_seen = BigIntegerField()
    fastest = BigIntegerField(null=True)
    longest = BigIntegerField(null=True)

    class Meta:
        table_name = "earnings"
        primary_key = CompositeKey("model", "event", "day", "origin", "currency")
        without_rowid = True
        indexes = ((("day",), False),)


class Unsettled(Model):
    owner = TextField(primary_key=True)
    pageviews = BigIntegerField()

    class Meta:
        table_name = "unsettled"
        without_rowid = True


TABLES = (Rollup, Earning, Unsettled)

SUM_VISITS = """
INSERT INTO rollups (day, origin, visits, new_visitors, pageviews)
SELECT day, origin, SUM(visits), SUM(new_visitors), SUM(pageviews)
FROM country_rollups GROUP BY day, origin
"""

# Elapsed times and amounts are divided before they are weighed or summed: 63 bits are few.
SUM_CREDITS = """
INSERT INTO earnings (model, event, day, origin, currency, credit, from_trial, waited,
                      waited_rest, millions, rest, pages_before, pages_seen, fastest, longest)
SELECT model, event, day, COALESCE(origin, 0), COALESCE(currency, ''), SUM(credit),
       SUM(CASE WHEN from_trial THEN credit ELSE 0 END),
       COALESCE(SUM(elapsed / 1000000 * credit + elapsed % 1000000 * credit / 1000000), 0),
       COALESCE(SUM(elapsed % 1000000 * credit % 1000000), 0),
       SUM((COALESCE(revenue, 0) - rest) / 1000000), SUM(rest),
       SUM(CASE WHEN is_single THEN credit * COALESCE(pages_before, 0) ELSE 0 END),
       SUM(CASE WHEN is_single THEN credit * seen ELSE 0 END), MIN(elapsed), MAX(elapsed)
FROM (SELECT credits.*, occurred_at - started_at AS elapsed,
             model IN ('first_click', 'last_click') AS is_single,
             (COALESCE(revenue, 0) % 1000000 + 1000000) % 1000000 AS rest,
             COALESCE(persons.pageviews, 0) AS seen
      FROM credits LEFT JOIN persons ON persons.owner = credits.owner) AS weighed
GROUP BY model, event, day, COALESCE(origin, 0), COALESCE(currency, '')
"""


def up(migrator, db):
    db.execute_sql("ALTER TABLE rollups RENAME TO country_rollups")
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    db.execute_sql(SUM_VISITS)
    db.execute_sql("UPDATE credits SET currency = NULL WHERE revenue IS NULL")
    db.cursor().execute(SUM_CREDITS)  # so that PostgreSQL takes no % for a parameter
