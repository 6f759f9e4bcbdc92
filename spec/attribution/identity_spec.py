"""Rule 6: the owners of visits and events. Each case lists the logins on one device."""

from __future__ import annotations

from dataclasses import replace

import pytest
from histories import DAYS, HOURS, MINUTES, instant, page, visits_of

from growth.attribution.facts import Claim
from growth.attribution.identity import claimant, owner_of_event, owner_of_visit
from growth.attribution.visits import VISIT_TIMEOUT, Visit

Claims = list[tuple[float, str]]

EVERYBODY = frozenset({"ada", "bob", "cy"})
ENDS = 10 * MINUTES
"""The time of the visit's last page. Its first page is at 0."""

# The logins on the device, and the user who owns the visit.
# fmt: off
VISITS: dict[str, tuple[Claims, str | None]] = {
    "nobody ever logged in": ([], None),
    "a login in the visit": ([(5 * MINUTES, "ada")], "ada"),
    "a login with the first page": ([(0, "ada")], "ada"),
    "a signup with the last page": ([(ENDS, "ada")], "ada"),
    "a signup 29 minutes after the last page": ([(ENDS + 29 * MINUTES, "ada")], "ada"),
    "two logins in the visit": ([(1, "ada"), (2, "bob")], "ada"),
    "two logins at once": ([(1, "bob"), (1, "ada")], "ada"),
    "a login the day before": ([(-1 * DAYS, "ada")], "ada"),
    "logins of two users before": ([(-2 * DAYS, "ada"), (-1 * DAYS, "bob")], "bob"),
    "a login the day after": ([(1 * DAYS, "ada")], "ada"),
    "logins of two users after": ([(1 * DAYS, "ada"), (2 * DAYS, "bob")], "ada"),
    "one logged in before and another after": ([(-90 * DAYS, "ada"), (1 * DAYS, "bob")], "ada"),
    "B clicks an ad and signs up after A once logged in there": (
        [(-5 * DAYS, "ada"), (5 * MINUTES, "bob")], "bob"),
    "B signs up exactly 30 minutes after the last page, A logged in before": (
        [(-5 * DAYS, "ada"), (ENDS + 30 * MINUTES, "bob")], "bob"),
    "B signs up 30 minutes and a second after the last page, A logged in before": (
        [(-5 * DAYS, "ada"), (ENDS + 30 * MINUTES + 1, "bob")], "ada"),
    "B logs in after A did in the visit": ([(5 * MINUTES, "ada"), (1 * HOURS, "bob")], "ada"),
    "A logged in a second before, B in the visit": ([(-1, "ada"), (1, "bob")], "bob"),
}

MISTAKES: dict[str, tuple[Claims, frozenset[str], str | None]] = {
    "a shared terminal, nobody seen in the visit":
        ([(-60, "ada"), (1 * DAYS, "bob")], frozenset(), None),
    "a shared terminal, somebody seen in the visit":
        ([(-60, "ada"), (60, "bob")], frozenset(), "bob"),
    "the user everybody is sent as, seen before": ([(-60, "ada")], EVERYBODY - {"ada"}, None),
    "the user everybody is sent as, seen in the visit":
        ([(60, "ada")], EVERYBODY - {"ada"}, "ada"),
    "the user everybody is sent as, seen after somebody real":
        ([(-2 * DAYS, "bob"), (-60, "ada")], EVERYBODY - {"ada"}, "bob"),
    "the user everybody is sent as, seen before somebody real comes":
        ([(-60, "ada"), (2 * DAYS, "bob")], EVERYBODY - {"ada"}, "bob"),
}
# fmt: on


def in_order(claims: Claims) -> list[Claim]:
    return sorted(Claim(instant(seconds), user_id) for seconds, user_id in claims)


def visit(owner: str | None = None) -> Visit:
    [found] = visits_of([page(0, "ad"), page(ENDS, "inside")])
    return found if owner is None else replace(found, owner=owner)


class DescribeOwnerOfVisit:
    @pytest.mark.parametrize(
        ("claims", "user_id"), [pytest.param(*case, id=name) for name, case in VISITS.items()]
    )
    def it_follows_from_the_claims(self, claims: Claims, user_id: str | None) -> None:
        owner = owner_of_visit(visit(), in_order(claims), EVERYBODY)

        assert owner == (f"u:{user_id}" if user_id else "v:phone")

    @pytest.mark.parametrize(
        ("claims", "joining", "user_id"),
        [pytest.param(*case, id=name) for name, case in MISTAKES.items()],
    )
    def it_joins_a_shared_terminal_only_where_somebody_was_seen(
        self, claims: Claims, joining: frozenset[str], user_id: str | None
    ) -> None:
        owner = owner_of_visit(visit(), in_order(claims), joining)

        assert owner == (f"u:{user_id}" if user_id else "v:phone")

    def it_may_be_decided_by_a_claim_in_the_next_visit(self) -> None:
        searched, clicked = visits_of([page(0, "search"), page(5 * MINUTES, "ad")])
        claims = in_order([(-1 * DAYS, "ada"), (20 * MINUTES, "bob")])

        assert owner_of_visit(searched, claims, EVERYBODY) == "u:bob"
        assert owner_of_visit(clicked, claims, EVERYBODY) == "u:bob"


class DescribeOwnerOfEvent:
    def it_is_the_owner_of_the_latest_visit(self) -> None:
        claims = in_order([(1 * DAYS, "bob")])

        owner = owner_of_event("phone", instant(1 * DAYS), visit("u:ada"), claims, EVERYBODY)

        assert owner == "u:ada"

    @pytest.mark.parametrize(
        ("claims", "owner"),
        [
            pytest.param([], "v:phone", id="nobody ever logged in"),
            pytest.param([(0, "ada")], "u:ada", id="a login at the same instant"),
            pytest.param([(29 * MINUTES, "ada"), (-1, "bob")], "u:ada", id="a login soon after"),
            pytest.param([(31 * MINUTES, "ada"), (-1, "bob")], "u:bob", id="a login before"),
            pytest.param([(31 * MINUTES, "ada")], "u:ada", id="a login much later"),
        ],
    )
    def it_goes_by_the_claims_where_there_was_no_visit(self, claims: Claims, owner: str) -> None:
        assert owner_of_event("phone", instant(0), None, in_order(claims), EVERYBODY) == owner


class DescribeClaimant:
    def it_takes_the_latest_claim_before_the_start(self) -> None:
        claims = in_order([(n, "ada" if n % 2 else "bob") for n in range(1_000)])
        start = instant(998.5)

        assert claimant(start, start + VISIT_TIMEOUT, claims[:999], EVERYBODY) == "bob"
        assert claimant(start, start + VISIT_TIMEOUT, claims, EVERYBODY) == "ada"
