"""GET /attribution by dimensions: visits, conversions, costs and their ratios by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from growth.attribution.credit import WHOLE
from growth.query.query import Query
from growth.query.words import BY_TIME, COHORTS
from growth.reports.buckets import label
from growth.reports.credits import earned, earnings
from growth.reports.figures import METRICS, Figures, Whole
from growth.reports.paging import Order, page_of_groups
from growth.reports.spending import has_costs, spending
from growth.reports.timeline import add_timeline
from growth.reports.users import add_users, users_by_credit
from growth.reports.visits import visits

Group = tuple[Any, ...]

OF_VISITS = ("visits", "new_visitors", "pageviews")
OF_COSTS = ("cost", "cost_per_conversion", "roi")
OF_ADS = ("conversions", "revenue", *OF_COSTS)
PARTS: dict[Any, tuple[str, ...]] = {
    visits: (*OF_VISITS, "conversion_rate", *BY_TIME),
    earnings: tuple(name for name in METRICS if name not in (*OF_VISITS, "cost")),
    spending: OF_COSTS,
}
"""Each key is a function that loads figures. Its value names the metrics that need the function.

The metrics in BY_TIME need `visits`, because they are added to the rows of groups with visits.
"""


def groups(query: Query) -> dict[str, Any]:
    """The rows of all groups that have a visit, a conversion or a cost, and the totals."""
    found = gathered(query, parts_for(query))
    totals = total(found.values())
    if not has_costs(query):
        for figures in (totals, *found.values()):
            figures.cost = None
    whole = Whole(totals.credit, earned_in(totals, query))
    rows, following = page_of_groups(found, order_of(query, totals, whole), query)
    metrics = [name for name in METRICS if name in query.metrics]
    shown = totals.shown(metrics, whole)
    if "conversions" in metrics:
        shown["unattributed"] = totals.unattributed / WHOLE
    if not set(OF_COSTS).isdisjoint(metrics):
        shown["ads"] = ads(found, totals, metrics, whole)
    results = [{**labelled(query, group), **found[group].shown(metrics, whole)} for group in rows]
    if is_of_cohorts(query):
        for row in (shown, *results):
            row |= {name: None for name in row if name in (*OF_VISITS, "conversion_rate")}
    add_timeline(results, shown, query)
    if "users" in query.include:
        add_users(results, rows, users_by_credit(query), query)
    return {"totals": shown, "results": results, "next": following}


def parts_for(query: Query) -> list[Any]:
    """The functions of PARTS that the query needs.

    Reports by cohort need only `earnings`, because visits and costs have no cohort.
    """
    parts = {earnings: PARTS[earnings]} if is_of_cohorts(query) else PARTS
    return [part for part, metrics in parts.items() if query.needs(*metrics)]


def is_of_cohorts(query: Query) -> bool:
    return not query.dimensions.isdisjoint(COHORTS)


def earned_in(totals: Figures, query: Query) -> set[str]:
    """The currencies in which the event has revenue.

    For ROI, revenue counts even if it does not pass the filters.
    """
    found = {code for code, amount in totals.revenue.items() if amount}
    is_asked = query.filters and query.needs("roi") and set(totals.cost or ()) - found
    return found | earned(query) if is_asked else found


def ads(
    found: Mapping[Group, Figures], totals: Figures, metrics: Iterable[str], whole: Whole
) -> dict[str, Any] | None:
    """The totals of the groups that have a cost. None if `has_costs` is false for the query.

    A ratio in euros covers only groups with costs in euros, because revenue in euros from ads that
    were paid in dollars is not a return on euros.
    """
    if totals.cost is None:
        return None
    paid_for = [each for each in found.values() if any((each.cost or {}).values())]
    shown = total(paid_for).shown([name for name in metrics if name in OF_ADS], whole)
    for name in {"cost_per_conversion", "roi"} & shown.keys():
        for code in shown[name]:
            of_currency = total(each for each in paid_for if each.cost and each.cost.get(code))
            shown[name][code] = of_currency.metric(name, whole)[code]
    return shown


def total(some: Iterable[Figures]) -> Figures:
    """The sum of the figures of some groups."""
    found = Figures()
    for each in some:
        found.add(each)
    return found


def gathered(query: Query, parts: Iterable[Any]) -> dict[Group, Figures]:
    """Load the figures of each group with the functions `parts`. A group is a tuple of labels."""
    found: dict[Group, Figures] = {}
    for part in parts:
        for keys, figures in part(query):
            group = tuple(map(label, query.by, keys))
            if group in found:
                found[group].add(figures)
            else:
                found[group] = figures
    return found


def labelled(query: Query, group: Group) -> dict[str, Any]:
    """The labels of a group, by dimension."""
    return dict(zip(query.by, group, strict=True))


def order_of(query: Query, totals: Figures, whole: Whole) -> Order[Figures]:
    """The order of groups: by the query's sort, then most conversions first, then most visits."""
    name = query.sort.removeprefix("-")
    total = None if name in query.by else totals.metric(name, whole)

    def rank(group: Group, figures: Figures) -> list[Any]:
        if name in query.by:
            return [group[query.by.index(name)]]
        metric = figures.metric(name, whole)
        return [best_of(metric) if name == "roi" else number_of(metric, total)]

    def then(figures: Figures) -> list[Any]:
        return [-figures.credit, -figures.visits]

    assert name in METRICS or name in query.by  # QuerySchema refuses other names
    return Order(rank, then)


def best_of(roi: dict[str, float | None] | None) -> float | None:
    """The highest ROI in any currency. Unlike amounts, ratios in two currencies can be compared."""
    return max((each for each in (roi or {}).values() if each is not None), default=None)


def number_of(metric: Any, total: Any) -> Any:
    """The number by which groups are sorted if the query's sort is this metric.

    For `time_to_convert`, it is the average. For amounts of money, it is the amount in the first
    currency of the totals, in alphabetical order.
    """
    if not isinstance(metric, dict):
        return metric
    return metric.get("average" if "average" in metric else min(total, default=""))
