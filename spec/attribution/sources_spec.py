"""The known sources: how a host or a name finds its source, and checks of the data."""

import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest

from growth.attribution.rules import Rules
from growth.attribution.sources import name_of_source, source_of_host

AT_LEAST = {
    "search": 150,
    "social": 350,
    "ai": 100,
    "email": 200,
    "video": 30,
    "shopping": 40,
    "affiliate": 20,
    "ads": 20,
    "excluded": 800,
}


def table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("growth.config").joinpath(name).read_text("utf-8"))


def kinds() -> dict[str, dict[str, list[str]]]:
    """The sources of each kind, with their names and patterns."""
    return {**table("sources.toml"), "excluded": table("excluded.toml")}


class DescribeSourceOfHost:
    @pytest.mark.parametrize(
        ("host", "name"),
        [
            ("google.com", "google"),
            ("google.com.br", "google"),
            ("news.google.co.in", "google"),
            ("mail.google.com", "gmail"),
            ("gemini.google.com", "gemini"),
            ("shopping.google.de", "google-shopping"),
            ("docs.google.com", "google-docs"),
            ("accounts.google.de", "google-accounts"),
            ("tieba.baidu.com", "tieba"),
            ("market.yandex.ru", "yandex-market"),
            ("mail.yandex.com.tr", "yandex-mail"),
            ("m.vk.com", "vk"),
            ("oauth.vk.com", "vk-login"),
            ("aws.amazon.com", "aws"),
            ("music.youtube.com", "youtube"),
            ("finance.yahoo.com", "yahoo-news"),
            ("google.github.io", None),
            ("google.uk.com", None),
            ("google.example.com", None),
            ("google.dev", None),
            ("google.org", None),
            ("amazon.jobs", None),
            ("google.ee", "google"),
            ("amazon.com.be", "amazon"),
            ("login.example.com", "login"),
            ("login.com", None),
            ("oauth2.example.co.uk", "login"),
            ("acs.example.com", "3-d-secure"),
            ("acs.org", None),
            ("two.mastodon.example.com", "mastodon"),
            ("mastodon.github.io", None),
            ("shop.myshopify.com", None),
            ("acme.okta.com", "okta"),
            ("mygoogle.com", None),
            ("com", None),
            ("localhost", None),
            ("10.0.0.1", None),
        ],
    )
    def it_is_the_most_specific(self, host: str, name: str | None, rules: Rules) -> None:
        found = source_of_host(host, rules)

        assert (found.name if found else None) == name


class DescribeSourceNamed:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("google", "google"),
            ("Google", "google"),
            ("adwords", "google"),
            ("google.com", "google"),
            ("www.google.de", "google"),
            ("fb", "facebook"),
            ("IG", "instagram"),
            ("l.facebook.com", "facebook"),
            ("t.co", "twitter"),
            ("x", "twitter"),
            ("chatgpt.com", "chatgpt"),
            ("hs_email", "hubspot"),
            ("com.google.android.gm", "gmail"),
            ("paypal", None),
            ("paypal.com", None),
            ("https://m.facebook.com/", "facebook"),
            ("facebook.com/groups/1", "facebook"),
            ("google_ads", "google"),
            ("Meta Ads", "facebook"),
            ("ads", None),
            ("_ads", None),
            ("google.dev", None),
            ("", None),
            ("..", None),
            ("a b.c", None),
            ("acme", None),
        ],
    )
    def it_knows_names_aliases_and_hosts(self, text: str, name: str | None, rules: Rules) -> None:
        found = name_of_source(text, rules).source

        assert (found.name if found else None) == name


class DescribeTheData:
    def it_knows_enough_of_every_kind(self) -> None:
        for kind, minimum in AT_LEAST.items():
            hosts = [each for them in kinds()[kind].values() for each in them]
            assert sum("." in host for host in hosts) >= minimum, kind

    def it_names_every_host_alias_and_source_once(self) -> None:
        texts = Counter(
            text
            for kind in kinds().values()
            for name, patterns in kind.items()
            for text in (name, *(each for each in patterns if each != name))
        )

        assert [text for text, times in texts.items() if times > 1] == []

    def it_lists_no_host_that_another_of_the_same_source_covers(self) -> None:
        for kind in kinds().values():
            for name, patterns in kind.items():
                covered = [
                    p for p in patterns for q in patterns if "." in q and p.endswith(f".{q}")
                ]
                assert covered == [], name

    def it_knows_enough_click_ids_and_every_source_they_name(self, rules: Rules) -> None:
        assert len(rules.click_ids) >= 35
        for name, click_id in rules.click_ids.items():
            for source in (click_id.source, *click_id.also):
                assert source in rules.names, name

    def it_does_not_treat_click_ids_of_shared_links_as_ads(self, rules: Rules) -> None:
        organic = {"fbclid", "igshid", "igsh", "mibextid", "srsltid", "ysclid"}

        assert not any(rules.click_ids[name].ad for name in organic)
        assert all(rules.click_ids[name].ad for name in ("gclid", "msclkid", "ttclid", "yclid"))
