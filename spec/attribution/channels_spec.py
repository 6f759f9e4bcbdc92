"""The rules in config/channels.toml give the default channel groups of Google Analytics."""

import pytest

from growth.attribution.channels import channel_of
from growth.attribution.rules import Rules

# The groups are defined at https://support.google.com/analytics/answer/9756891.
CHANNELS = {
    "Direct",
    "Organic Search",
    "Paid Search",
    "Organic Social",
    "Paid Social",
    "Email",
    "Affiliates",
    "Referral",
    "Display",
    "Organic Video",
    "Paid Video",
    "Organic Shopping",
    "Paid Shopping",
    "SMS",
    "Push",
    "Audio",
    "Cross-network",
    "Paid Other",
    "AI Assistants",
}


class DescribeChannel:
    def it_is_one_of_a_fixed_set(self, rules: Rules) -> None:
        assert {rule.channel for rule in rules.channels} == CHANNELS

    @pytest.mark.parametrize(
        ("source", "medium", "campaign", "kind", "paid", "channel"),
        [
            ("direct", None, None, None, False, "Direct"),
            ("(direct)", "(none)", None, None, False, "Direct"),
            ("direct", "mail", None, None, False, "Unassigned"),
            (None, None, None, None, False, "Unassigned"),
            ("google", "cpc", "x cross-network y", "search", True, "Cross-network"),
            ("google", "cpc", "Shop_DE", "search", True, "Paid Shopping"),
            ("google", "cpc", "eshop", "search", True, "Paid Shopping"),
            ("google", "cpc", "workshop", "search", True, "Paid Search"),
            ("amazon", "cpc", None, "shopping", True, "Paid Shopping"),
            ("google", "cpc", None, "search", True, "Paid Search"),
            ("facebook", "cpc", None, "social", True, "Paid Social"),
            ("youtube", "cpc", None, "video", True, "Paid Video"),
            ("google", "display", None, "search", True, "Display"),
            ("x", "interstitial", None, None, True, "Display"),
            ("x", "CPM", None, None, True, "Display"),
            ("google", "cpm", None, "search", True, "Paid Search"),
            ("x", "cpc", None, None, True, "Paid Other"),
            ("chatgpt", "cpc", None, "ai", True, "Paid Other"),
            ("awin", "cpc", None, "affiliate", True, "Paid Other"),
            ("chatgpt", "referral", None, "ai", False, "AI Assistants"),
            ("x", "ai-assistant", None, None, False, "AI Assistants"),
            ("chatgpt", None, "shopping", "ai", False, "AI Assistants"),
            ("amazon", None, None, "shopping", False, "Organic Shopping"),
            ("x", "email", "Shop news", None, False, "Organic Shopping"),
            ("facebook", "referral", None, "social", False, "Organic Social"),
            ("x", "social network", None, None, False, "Organic Social"),
            ("x", "SM", None, None, False, "Organic Social"),
            ("youtube", "referral", None, "video", False, "Organic Video"),
            ("x", "in-video-link", None, None, False, "Organic Video"),
            ("google", "referral", None, "search", False, "Organic Search"),
            ("x", "organic", None, None, False, "Organic Search"),
            ("x", "e_mail", None, None, False, "Email"),
            ("e-mail", "x", None, None, False, "Email"),
            ("gmail", None, None, "email", False, "Email"),
            ("x", "affiliates", None, None, False, "Affiliates"),
            ("awin", None, None, "affiliate", False, "Affiliates"),
            ("x", "app", None, None, False, "Referral"),
            ("x", "audio", None, None, False, "Audio"),
            ("sms", "x", None, None, False, "SMS"),
            ("x", "web-push", None, None, False, "Push"),
            ("x", "mobile", None, None, False, "Push"),
            ("firebase", "x", None, None, False, "Push"),
            ("x", "emailing", None, None, False, "Unassigned"),
            ("x", "organically", None, None, False, "Unassigned"),
        ],
    )
    def it_is_that_of_the_first_rule_that_holds(
        self,
        source: str | None,
        medium: str | None,
        campaign: str | None,
        kind: str | None,
        paid: bool,
        channel: str,
        rules: Rules,
    ) -> None:
        assert channel == channel_of(source, medium, campaign, kind=kind, paid=paid, rules=rules)
