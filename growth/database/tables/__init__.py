"""The peewee records of facts, derived rows, marks and rejects: one file for each concept."""

from growth.database.tables.conversion import ConversionRecord, CreditRecord
from growth.database.tables.cost import CostRecord
from growth.database.tables.event import EventRecord
from growth.database.tables.identity import ClaimRecord, DeviceRecord
from growth.database.tables.mark import MarkRecord
from growth.database.tables.pageview import PageviewRecord
from growth.database.tables.person import PersonRecord
from growth.database.tables.reject import RejectRecord
from growth.database.tables.remnant import RemnantRecord
from growth.database.tables.rollup import CountryRollupRecord, OriginRecord, RollupRecord
from growth.database.tables.visit import VisitRecord

FACTS = (PageviewRecord, EventRecord, CostRecord, RemnantRecord)
DERIVED = (
    ClaimRecord,
    DeviceRecord,
    VisitRecord,
    PersonRecord,
    ConversionRecord,
    CreditRecord,
    OriginRecord,
    RollupRecord,
    CountryRollupRecord,
)
RECORDS = (*FACTS, *DERIVED, MarkRecord, RejectRecord)

__all__ = [
    "DERIVED",
    "FACTS",
    "RECORDS",
    "ClaimRecord",
    "ConversionRecord",
    "CostRecord",
    "CountryRollupRecord",
    "CreditRecord",
    "DeviceRecord",
    "EventRecord",
    "MarkRecord",
    "OriginRecord",
    "PageviewRecord",
    "PersonRecord",
    "RejectRecord",
    "RemnantRecord",
    "RollupRecord",
    "VisitRecord",
]
