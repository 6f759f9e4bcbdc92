"""Visits are stored as rows and read back unchanged."""

import pytest
from service import Service

from growth.attribution.origin import Origin
from growth.attribution.visits import Visit
from growth.database.tables import VisitRecord
from growth.database.tables.visit import from_row, visit_columns
from growth.ledger.statements.visitors import DELETE_VISITS, UPSERT_VISITS

DIRECT = Visit(
    fingerprint="b998",
    started_at=-1,
    digest="a" * 32,
    tie=0,
    last_at=2**53 + 1,
    pageviews=1,
    is_first=True,
    owner="v:b998",
    url="https://www.example.com/",
    referrer_url=None,
    country=None,
    is_direct=True,
    rules="0123456789ab",
    origin=Origin(
        channel="Direct",
        source="direct",
        medium=None,
        campaign=None,
        content=None,
        term=None,
        paid=False,
        landing_page="/",
        host="www.example.com",
        referrer=None,
        click_ids=(),
    ),
)
AD = Visit(
    fingerprint="b998",
    started_at=1_674_223_341_168_080,
    digest="b" * 32,
    tie=1,
    last_at=1_674_223_341_168_081,
    pageviews=7,
    is_first=False,
    owner="u:ü'\"; --",
    url="https://www.example.com/ß?gclid=Ab-c_9",
    referrer_url="https://www.google.de/",
    country="DE",
    is_direct=False,
    rules="0123456789ab",
    origin=Origin(
        channel="Paid Search",
        source="google",
        medium="cpc",
        campaign="Résolutions 😀",
        content="1",
        term="a,b",
        paid=True,
        landing_page="/ß",
        host="www.example.com",
        referrer="google.de",
        click_ids=(("gclid", "Ab-c_9"), ("wbraid", '"x"')),
    ),
)


@pytest.mark.parametrize("visit", [DIRECT, AD], ids=["direct", "ad"])
class DescribeAVisitsRow:
    def it_is_read_back_as_it_was(self, service: Service, visit: Visit) -> None:
        UPSERT_VISITS.run([visit_columns(visit)])

        [row] = VisitRecord.select().tuples()

        found = from_row(row)
        assert found == visit
        assert (type(found.is_first), type(found.origin.paid)) == (bool, bool)

    def it_is_replaced_and_deleted_by_its_key(self, service: Service, visit: Visit) -> None:
        for pageviews in (1, 2):
            UPSERT_VISITS.run([visit_columns(visit.ending(visit.last_at, pageviews))])
        assert [each.pageviews for each in VisitRecord.select()] == [2]

        DELETE_VISITS.run([(visit.fingerprint, visit.started_at, visit.digest)])

        assert VisitRecord.select().count() == 0
