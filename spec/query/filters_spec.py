"""Values of filters are normalized like stored values."""

from __future__ import annotations

from typing import Any

import pytest

from growth.attribution.rules import Rules
from growth.http.errors import Problem
from growth.query.query import load_query
from growth.rules import load_rules


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


def read(rules: Rules, name: str, value: Any) -> Any:
    return load_query({name: value}, 0, ("signup",), rules).filters[name]


def error(rules: Rules, name: str, value: str) -> str:
    with pytest.raises(Problem) as caught:
        read(rules, name, value)
    (told,) = caught.value.errors[name]
    return str(told)


class DescribeValues:
    @pytest.mark.parametrize(
        ("name", "sent", "stored"),
        [
            ("source", "Google", "google"),
            ("source", " fb ", "facebook"),
            ("source", "facebook.com", "facebook"),
            ("source", "https://m.facebook.com/", "facebook"),
            ("source", "t.co", "twitter"),
            ("source", "My Newsletter", "my newsletter"),
            ("source", "direct", "direct"),
            ("source", "(not set)", "(not set)"),
            ("source", "blog.example.org", "blog.example.org"),
            ("source", "taboola", "taboola"),
            ("source!", "FB", "facebook"),
            ("source", "", None),
            ("medium", "CPC", "cpc"),
            ("channel", "paid search", "Paid Search"),
            ("channel", "SMS", "SMS"),
            ("channel", "unattributed", "Unattributed"),
            ("channel", "UNASSIGNED", "Unassigned"),
            ("channel!", "direct", "Direct"),
            ("channel", "", None),
            ("host", "Shop.Example", "shop.example"),
            ("host", "www.shop.example", "www.shop.example"),
            ("host", "https://Shop.example/en", "shop.example"),
            ("host", "bücher.example", "xn--bcher-kva.example"),
            ("referrer", "www.Google.de", "google.de"),
            ("referrer", "https://www.google.de/search", "google.de"),
            ("country", "de", "DE"),
            ("country", "uk", "GB"),
            ("country", "zz", "ZZ"),
            ("paid", "TRUE", True),
            ("campaign", "Spring Sale", "Spring Sale"),
            ("landing_page", "/En", "/En"),
        ],
    )
    def it_is_read_as_it_is_stored(
        self, rules: Rules, name: str, sent: str, stored: str | None
    ) -> None:
        assert read(rules, name, sent) == (stored,)

    def it_counts_once_if_two_names_mean_the_same(self, rules: Rules) -> None:
        assert read(rules, "source", ["fb", "Facebook", "x"]) == ("facebook", "twitter")

    @pytest.mark.parametrize("name", ["google_ads", "Google Ads", "adwords", "facebook-ads"])
    def it_says_how_to_ask_for_ads(self, rules: Rules, name: str) -> None:
        source = "facebook" if "facebook" in name else "google"

        assert error(rules, "source", name) == (
            f"Visits from '{name.lower()}' count as paid visits from {source}; "
            f"ask for source={source}&paid=true."
        )
        assert "source=" in error(rules, "source!", name)

    @pytest.mark.parametrize(
        ("name", "value", "end"),
        [
            ("channel", "Paid Serch", "Unattributed; did you mean Paid Search?"),
            ("channel!", "TV", "Unattributed."),
            ("channel", "emial", "did you mean Email?"),
            ("paid", "treu", "did you mean true?"),
        ],
    )
    def it_is_refused_if_it_is_none_of_the_known_values(
        self, rules: Rules, name: str, value: str, end: str
    ) -> None:
        assert error(rules, name, value).endswith(end)
