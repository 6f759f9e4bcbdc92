"""Rules 2 and 5: which page begins a visit. In most cases one page follows another."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import pytest
from histories import ARRIVALS, DAYS, HOURS, MINUTES, NEWSLETTER, RULES, SITE, SPRING, visits_of
from histories import page as seen

from growth.attribution.facts import Pageview

GOOGLE = "https://www.google.com/"
Arrival = str | tuple[str, str | None]


def page(seconds: float, arrival: Arrival) -> Pageview:
    """A page, given by a named arrival, by a URL, or by a URL and a referrer."""
    url, referrer_url = (
        arrival if isinstance(arrival, tuple) else ARRIVALS.get(arrival, (arrival, None))
    )
    return seen(seconds, "direct", url=url, referrer_url=referrer_url)


def origins(pages: list[Pageview]) -> list[str]:
    """The source and campaign of each visit, such as `google/spring` or `direct/-`."""
    found = [visit.origin for visit in visits_of(pages)]
    return [f"{origin.source}/{origin.campaign or '-'}" for origin in found]


# TIMES: the seconds between two pages. STARTS and GOES_ON: the arrivals of two pages.
# fmt: off
TIMES = {
    "a second later": (1, False),
    "29 minutes later": (29 * MINUTES, False),
    "29 minutes 59 seconds later": (29 * MINUTES + 59, False),
    "a microsecond less than 30 minutes later": (30 * MINUTES - 0.000_001, False),
    "exactly 30 minutes later": (30 * MINUTES, True),
    "30 minutes and a second later": (30 * MINUTES + 1, True),
    "the next day": (1 * DAYS, True),
    "a year later": (365 * DAYS, True),
}

STARTS: dict[str, tuple[Arrival, Arrival]] = {
    "a newsletter click after a Google ad": ("ad", "newsletter"),
    "a Google ad after a newsletter click": ("newsletter", "ad"),
    "an ad after a direct visit": ("direct", "ad"),
    "an ad after a search": ("search", "ad"),
    "a search after an ad on another engine": ("ad", "bing"),
    "a search after a newsletter click": ("newsletter", "search"),
    "a search after a direct visit": ("direct", "search"),
    "a search on another engine": ("search", "bing"),
    "a search on the engine's site of another country":
        ("search", (SITE, "https://www.google.de/")),
    "a known social network in a Google visit": ("search", (SITE, "https://www.reddit.com/")),
    "a ChatGPT link in a Google visit": ("search", (SITE, "https://chatgpt.com/")),
    "a second ad of the same campaign with another gclid":
        (f"{SPRING}&gclid=One", f"{SPRING}&gclid=Two"),
    "a click id that differs in case only": (f"{SPRING}&gclid=One", f"{SPRING}&gclid=ONE"),
    "the same campaign with another utm_content":
        (f"{SPRING}&utm_content=red", f"{SPRING}&utm_content=blue"),
    "the same campaign with another utm_term":
        (f"{SPRING}&utm_term=books", f"{SPRING}&utm_term=novels"),
    "the same campaign with a utm_content": (SPRING, f"{SPRING}&utm_content=red"),
    "a gclid without any utm after a direct visit": ("direct", (f"{SITE}?gclid=One", None)),
    "a utm_campaign alone": ("direct", (f"{SITE}?utm_campaign=spring", None)),
    "a link with a ref": ("direct", (f"{SITE}?ref=producthunt", None)),
    "a campaign link on the site itself": ("search", (NEWSLETTER, SITE)),
    "tags behind a hash route": ("direct", (f"{SITE}#/pricing?utm_source=a", None)),
    "tags by Matomo's names": ("search", (f"{SITE}?mtm_campaign=spring", None)),
    "a host of another site in ref": ("direct", (f"{SITE}?ref=blog.example.org", None)),
    "a mailing system's link in a Google visit":
        ("search", (f"{SITE}?mc_cid=1", "https://mail.google.com/")),
    "a server of Mastodon in a Google visit": ("search", (SITE, "https://mastodon.club.example/")),
    "an app as the referrer": ("direct", (SITE, "android-app://com.google.android.gm/")),
}

GOES_ON: dict[str, tuple[Arrival, Arrival]] = {
    "the next page": ("ad", "inside"),
    "a URL typed in": ("ad", "direct"),
    "a URL typed in during a direct visit": ("direct", "direct"),
    "a reload of the campaign URL": ("ad", "ad"),
    "the campaign URL reached from the site itself": ("ad", (f"{SPRING}&gclid=One", SITE)),
    "the campaign URL without its click id": ("ad", (SPRING, None)),
    "the campaign URL with its parameters in another order": (
        (f"{SITE}?utm_source=a&utm_medium=b", None), (f"{SITE}?utm_medium=b&utm_source=a", None)),
    "utm in capitals": (
        (f"{SITE}?utm_source=a&utm_medium=b", None), (f"{SITE}?UTM_SOURCE=a&UTM_Medium=b", None)),
    "another page with the same campaign": ("newsletter", (f"{NEWSLETTER}&page=2", None)),
    "an empty utm_source": ("direct", (f"{SITE}?utm_source=", None)),
    "a page whose query only resembles a click id": ("direct", (f"{SITE}?notgclid=1", None)),
    "PayPal in the middle of a visit": ("ad", "paypal"),
    "PayPal in the middle of a direct visit": ("direct", "paypal"),
    "a bank's 3-D Secure page that nobody listed":
        ("ad", (f"{SITE}thanks", "https://3ds.unknownbank.example.net/")),
    "a login with Google": ("search", (f"{SITE}account", "https://accounts.google.com/signin")),
    "an unknown blog in a direct visit": ("direct", "blog"),
    "a bank's page that nobody listed, in a direct visit":
        ("direct", (f"{SITE}thanks", "https://confirm.some-bank.example/")),
    "an app that nobody listed, in a direct visit":
        ("direct", (SITE, "android-app://org.acme.reader/")),
    "an IP address as the referrer, in a direct visit": ("direct", (SITE, "http://203.0.113.9/")),
    "a partner's site after the answer to a log-in":
        ((f"{SITE}?code=1&state=2", GOOGLE), (SITE, "https://partner.example.net/")),
    "an unknown blog in a Google visit": ("search", "blog"),
    "an unknown blog in a newsletter visit": ("newsletter", "blog"),
    "another unknown blog in a blog's visit": ("blog", (SITE, "https://other.example.net/")),
    "the same blog again": ("blog", "blog"),
    "another article of the same blog": ("blog", (SITE, "https://blog.example.org/other")),
    "a single-page app that keeps its first document.referrer":
        ("search", (f"{SITE}pricing", GOOGLE)),
    "an unchanged document.referrer after an ad": ("ad", (f"{SITE}pricing", GOOGLE)),
    "a host of the site itself":
        ("ad", ("https://app.example.com/start", "https://shop.example.com/")),
    "a referrer that cannot be read": ("direct", (SITE, "https://[::1/")),
    "a ref on a link of the site itself": ("direct", (f"{SITE}?ref=producthunt", SITE)),
    "a word in ref": ("ad", (f"{SITE}plans?ref=navbar", None)),
    "a word in source": ("search", (f"{SITE}?source=pwa", None)),
    "a host of the site itself in ref": ("ad", (f"{SITE}?ref=www.example.com", None)),
    "utm_nooverride on the way back from PayPal":
        ("ad", (f"{SITE}thanks?utm_nooverride=1", "https://www.paypal.com/")),
    "utm_referrer": ("ad", (f"{SITE}?utm_referrer=https%3A%2F%2Fwww.bing.com%2F", None)),
    "a tag that names nothing": ("ad", (f"{SITE}?utm_source=undefined&utm_medium=null", None)),
    "a macro for a click id": ("ad", (f"{SITE}?gclid={{gclid}}", None)),
    "a tag that says direct": ("ad", (f"{SITE}?utm_source=(direct)&utm_medium=(none)", None)),
    "the answer to a log-in with Facebook":
        ("ad", (f"{SITE}auth/callback?code=1&state=2", "https://www.facebook.com/")),
    "the answer to a payment": ("ad", (f"{SITE}thanks?payment_intent=pi_1", GOOGLE)),
    "an anchor of the page": ("ad", (f"{SITE}#pricing", None)),
    "the same tags behind the hash": (
        (f"{SITE}?utm_source=a&utm_medium=b", None), (f"{SITE}#utm_source=a&utm_medium=b", None)),
    "the same tags by Matomo's names": (
        (f"{SITE}?utm_source=a&utm_medium=b", None), (f"{SITE}?mtm_source=a&mtm_medium=b", None)),
}

TIES: dict[str, tuple[list[Arrival], list[str]]] = {
    "an ad and a direct page": (["ad", "direct"], ["google/spring"]),
    "two ads": (
        [(f"{SITE}?utm_source=b", None), (f"{SITE}?utm_source=a", None)], ["a/-", "b/-"]),
    "two ads and a direct page": (
        ["direct", (f"{SITE}?utm_source=b", None), (f"{SITE}?utm_source=a", None)],
        ["a/-", "b/-"]),
    "two pages without evidence": ([(f"{SITE}b", None), (f"{SITE}a", None)], ["direct/-"]),
    "two referrers of one page": (
        [(SITE, GOOGLE), (SITE, "https://www.bing.com/")], ["bing/-", "google/-"]),
}
# fmt: on


def named(cases: Mapping[str, tuple[object, object]]) -> list[object]:
    return [pytest.param(*pair, id=name) for name, pair in cases.items()]


class DescribeStartsVisit:
    def it_is_true_of_the_first_page(self) -> None:
        [visit] = visits_of([page(0, "ad")])

        assert (visit.is_first, visit.pageviews, visit.tie) == (True, 1, 0)

    @pytest.mark.parametrize(("first", "following"), named(STARTS))
    def it_is_true_of_a_page_from_another_origin(self, first: Arrival, following: Arrival) -> None:
        assert len(visits_of([page(0, first), page(60, following)])) == 2

    @pytest.mark.parametrize(("first", "following"), named(GOES_ON))
    def it_is_false_of_other_pages(self, first: Arrival, following: Arrival) -> None:
        [visit] = visits_of([page(0, first), page(60, following)])

        assert visit.pageviews == 2
        assert visit.url == page(0, first).url

    @pytest.mark.parametrize(("seconds", "starts"), named(TIMES))
    @pytest.mark.parametrize("following", ["inside", "direct", "ad"])
    def it_is_true_after_half_an_hour(self, following: str, seconds: float, starts: bool) -> None:
        assert len(visits_of([page(0, "ad"), page(seconds, following)])) == 1 + starts

    def it_counts_the_half_hour_from_the_latest_page(self) -> None:
        pages = [page(minutes * MINUTES, "inside") for minutes in (0, 20, 40, 60, 80)]

        [visit] = visits_of(pages)

        assert (visit.pageviews, visit.last_at) == (5, pages[-1].created_at)

    def it_is_false_when_midnight_passes(self) -> None:
        before_midnight = 16 * HOURS - 60

        pages = [page(before_midnight, "ad"), page(before_midnight + 120, "inside")]

        assert len(visits_of(pages)) == 1

    def it_compares_a_page_with_the_start_of_the_visit(self) -> None:
        pages = [page(0, "ad"), page(60, "newsletter"), page(120, "ad"), page(180, "inside")]

        assert origins(pages) == ["google/spring", "newsletter/march", "google/spring"]


class DescribeInOrder:
    @pytest.mark.parametrize(("arrivals", "expected"), named(TIES))
    def it_puts_evidence_first_at_the_same_microsecond(
        self, arrivals: list[Arrival], expected: list[str]
    ) -> None:
        pages = [page(0, each) for each in arrivals]

        assert {tuple(origins(list(each))) for each in permutations(pages)} == {tuple(expected)}

    def it_numbers_the_visits_of_one_microsecond(self) -> None:
        pages = [page(0, (f"{SITE}?utm_source={name}", None)) for name in "abc"]

        found = visits_of([page(-60, "search"), *pages, page(60, "newsletter")])

        assert [visit.tie for visit in found] == [0, 0, 1, 2, 0]
        assert [visit.is_first for visit in found] == [True, False, False, False, False]


class DescribeStartVisit:
    def it_keeps_what_the_visit_started_with(self) -> None:
        first = seen(0, "ad", country="DE")

        [visit] = visits_of([first, page(60, "inside")])

        assert visit.digest == first.digest
        assert (visit.url, visit.referrer_url, visit.country) == (first.url, GOOGLE, "DE")
        assert (visit.started_at, visit.last_at) == (
            first.created_at,
            first.created_at + 60 * 10**6,
        )
        assert (visit.is_direct, visit.origin.channel) == (False, "Paid Search")
        assert (visit.rules, visit.owner) == (RULES.version, "v:phone")
