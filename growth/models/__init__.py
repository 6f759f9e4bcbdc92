"""The peewee records: one concept a file, facts first, then what is derived from them."""

from growth.models.conversion import ConversionRecord, CreditRecord
from growth.models.cost import CostRecord
from growth.models.earning import EarningRecord, UnsettledRecord
from growth.models.event import EventRecord
from growth.models.identity import ClaimRecord, DeviceRecord
from growth.models.mark import MarkRecord
from growth.models.pageview import PageviewRecord
from growth.models.person import PersonRecord
from growth.models.reject import RejectRecord
from growth.models.remnant import RemnantRecord
from growth.models.rollup import CountryRollupRecord, OriginRecord, RollupRecord
from growth.models.visit import VisitRecord

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
    EarningRecord,
    UnsettledRecord,
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
    "EarningRecord",
    "EventRecord",
    "MarkRecord",
    "OriginRecord",
    "PageviewRecord",
    "PersonRecord",
    "RejectRecord",
    "RemnantRecord",
    "RollupRecord",
    "UnsettledRecord",
    "VisitRecord",
]
