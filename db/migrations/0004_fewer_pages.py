"""Fewer pages of the disk to write for each pageview: visits that are nobody's are in no index of
users, and only persons with conversions have sums."""

from peewee import BigIntegerField, BooleanField, CompositeKey, Model, SmallIntegerField, TextField


class Visit(Model):
    fingerprint = TextField()
    started_at = BigIntegerField()
    digest = TextField()
    tie = SmallIntegerField()
    last_at = BigIntegerField()
    pageviews = BigIntegerField()
    is_first = BooleanField()
    user_id = TextField(null=True)
    url = TextField()
    referrer_url = TextField(null=True)
    country = TextField(null=True)
    is_direct = BooleanField()
    rules = TextField()
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    content = TextField(null=True)
    term = TextField(null=True)
    paid = BooleanField()
    landing_page = TextField()
    host = TextField()
    referrer = TextField(null=True)
    click_ids = TextField()

    class Meta:
        table_name = "visits"
        primary_key = CompositeKey("fingerprint", "started_at", "digest")
        without_rowid = True
        indexes = ((("started_at", "last_at", "user_id", "digest"), False),)


for columns in (
    (Visit.user_id, Visit.is_direct, Visit.started_at),
    (Visit.user_id, Visit.started_at, Visit.pageviews),
    (Visit.user_id, Visit.last_at, Visit.started_at),
):
    Visit.add_index(Visit.index(*columns).where(Visit.user_id.is_null(False)))

NAMES = [field.name for field in Visit._meta.sorted_fields]
KEPT = [
    "CASE WHEN owner LIKE 'u:%' THEN SUBSTR(owner, 3) END" if name == "user_id" else name
    for name in NAMES
]

FORGET_IDLE = "DELETE FROM persons WHERE owner NOT IN (SELECT owner FROM conversions)"
BEGIN_UNSEEN = """
INSERT INTO persons (owner, visits, pageviews)
SELECT DISTINCT owner, 0, 0 FROM conversions WHERE owner NOT IN (SELECT owner FROM persons)
"""


# Ids that grow with time go to the end of an index that they lead.
FIND_BY_ID = """
CREATE UNIQUE INDEX "pageviews_fact_id" ON "pageviews" ("fact_id", "fingerprint")
WHERE ("fact_id" IS NOT NULL)
"""


def up(migrator, db):
    db.execute_sql("DROP INDEX pageviews_fact_id")
    db.execute_sql(FIND_BY_ID.strip().replace("\n", " "))
    db.execute_sql(FORGET_IDLE)
    db.execute_sql(BEGIN_UNSEEN)
    db.execute_sql("ALTER TABLE visits RENAME TO old_visits")
    with db.bind_ctx([Visit]):
        db.create_tables([Visit])
    names = ", ".join(NAMES)
    db.cursor().execute(f"INSERT INTO visits ({names}) SELECT {', '.join(KEPT)} FROM old_visits")
    db.execute_sql("DROP TABLE old_visits")
