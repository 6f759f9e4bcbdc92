"""A cost has the same channel, source and medium as a visit with the same tags."""

import pytest

from growth.attribution.facts import Cost
from growth.attribution.origin import origin_of, origin_of_cost
from growth.rules import load_rules

RULES = load_rules()


def cost(source: str, medium: str = "", campaign: str = "", content: str = "") -> Cost:
    return Cost(20_000, source, medium, campaign, content, 100, "EUR", None, None)


class DescribeOriginOfCost:
    @pytest.mark.parametrize(
        ("source", "medium", "said"),
        [
            ("google", "cpc", "Paid Search: google / cpc, paid"),
            ("google", "", "Paid Search: google / cpc, paid"),
            ("Google Ads", "", "Paid Search: google / cpc, paid"),
            ("adwords", "CPC", "Paid Search: google / cpc, paid"),
            ("google_ads", "display", "Display: google / display, paid"),
            ("facebook.com", "cpc", "Paid Social: facebook / cpc, paid"),
            (
                "https://www.facebook.com/",
                "paid_social",
                "Paid Social: facebook / paid_social, paid",
            ),
            ("fb", "(not set)", "Paid Social: facebook / cpc, paid"),
            ("IG", "none", "Paid Social: instagram / cpc, paid"),
            ("microsoft ads", "{medium}", "Paid Search: bing / cpc, paid"),
            ("youtube", "", "Paid Video: youtube / cpc, paid"),
            ("newsletter", "email", "Email: newsletter / email"),
            ("some-partner", "", "Paid Other: some-partner / cpc, paid"),
            ("100% & more", "", "Paid Other: 100% & more / cpc, paid"),
        ],
    )
    def it_is_that_of_a_visit_with_the_same_tags(self, source: str, medium: str, said: str) -> None:
        found = origin_of_cost(cost(source, medium), RULES)

        paid = ", paid" if found.paid else ""
        assert f"{found.channel}: {found.source} / {found.medium}{paid}" == said

    def it_keeps_campaign_and_content_as_sent(self) -> None:
        found = origin_of_cost(cost("google", "cpc", "Spring #1 & more", "A+B"), RULES)

        assert (found.campaign, found.content) == ("Spring #1 & more", "A+B")

    def it_has_no_campaign_where_the_platform_had_none(self) -> None:
        assert origin_of_cost(cost("google", "cpc", "(not set)"), RULES).campaign is None

    @pytest.mark.parametrize("source", ["fb", "Facebook", "facebook.com", "l.facebook.com", "meta"])
    def it_meets_the_visits_of_any_spelling(self, source: str) -> None:
        spent = origin_of_cost(cost("facebook", "cpc", "a"), RULES)
        visit = origin_of(
            f"https://a.example/?utm_source={source}&utm_medium=cpc&utm_campaign=a", None, RULES
        )

        names = ("source", "medium", "campaign", "channel", "paid")
        assert [getattr(visit, name) for name in names] == [getattr(spent, name) for name in names]
