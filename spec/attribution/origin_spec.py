"""The origin of a visit. Each case has the name that a marketer would give it."""

from string import ascii_letters

import pytest
from attribution.origins import Case, each_case, origin, said
from hypothesis import given
from hypothesis import strategies as st

from growth.attribution.evidence import evidence_of
from growth.attribution.origin import origin_of
from growth.attribution.rules import Rules
from growth.rules import load_rules

# Each case takes one or two lines.
# fmt: off
REFERRERS: dict[str, Case] = {
    "Google in Germany": ("", "https://www.google.de/", "Organic Search: google / organic"),
    "Google in Britain": ("", "https://www.google.co.uk/", "Organic Search: google / organic"),
    "the Google app": (
        "", "android-app://com.google.android.googlequicksearchbox/",
        "Organic Search: google / organic"),
    "Bing": ("", "https://www.bing.com/search?q=x", "Organic Search: bing / organic"),
    "Yahoo in Britain": ("", "https://uk.search.yahoo.com/", "Organic Search: yahoo / organic"),
    "DuckDuckGo": ("", "https://duckduckgo.com/", "Organic Search: duckduckgo / organic"),
    "Yandex in Turkey": ("", "https://yandex.com.tr/", "Organic Search: yandex / organic"),
    "Baidu": ("", "http://www.baidu.com/link?url=x", "Organic Search: baidu / organic"),
    "Naver": ("", "https://m.search.naver.com/", "Organic Search: naver / organic"),
    "Ecosia": ("", "https://www.ecosia.org/", "Organic Search: ecosia / organic"),
    "Brave": ("", "https://search.brave.com/", "Organic Search: brave / organic"),
    "a ChatGPT link": ("", "https://chatgpt.com/", "AI Assistants: chatgpt / ai"),
    "an old ChatGPT link": ("", "https://chat.openai.com/", "AI Assistants: chatgpt / ai"),
    "Perplexity": ("", "https://www.perplexity.ai/", "AI Assistants: perplexity / ai"),
    "Claude": ("", "https://claude.ai/", "AI Assistants: claude / ai"),
    "Gemini is not Google": ("", "https://gemini.google.com/", "AI Assistants: gemini / ai"),
    "Copilot": ("", "https://copilot.microsoft.com/", "AI Assistants: copilot / ai"),
    "Copilot in the Edge sidebar": (
        "", "https://edgeservices.bing.com/", "AI Assistants: copilot / ai"),
    "DeepSeek": ("", "https://chat.deepseek.com/", "AI Assistants: deepseek / ai"),
    "the Facebook link wrapper": (
        "", "https://l.facebook.com/l.php?u=x", "Organic Social: facebook / social"),
    "Facebook on a phone": ("", "http://m.facebook.com/", "Organic Social: facebook / social"),
    "the Facebook app": (
        "", "android-app://com.facebook.katana/", "Organic Social: facebook / social"),
    "Twitter's link wrapper": ("", "https://t.co/AbC", "Organic Social: twitter / social"),
    "X": ("", "https://x.com/", "Organic Social: twitter / social"),
    "LinkedIn's link wrapper": ("", "https://lnkd.in/", "Organic Social: linkedin / social"),
    "the LinkedIn app": (
        "", "android-app://com.linkedin.android", "Organic Social: linkedin / social"),
    "Reddit's link wrapper": ("", "https://out.reddit.com/", "Organic Social: reddit / social"),
    "VK's link wrapper": ("", "https://away.vk.com/", "Organic Social: vk / social"),
    "Pinterest in Germany": ("", "https://www.pinterest.de/", "Organic Social: pinterest / social"),
    "Hacker News": ("", "https://news.ycombinator.com/", "Organic Social: hackernews / social"),
    "Bluesky": ("", "https://go.bsky.app/", "Organic Social: bluesky / social"),
    "YouTube": ("", "https://www.youtube.com/", "Organic Video: youtube / video"),
    "the YouTube app": (
        "", "android-app://com.google.android.youtube/", "Organic Video: youtube / video"),
    "Vimeo": ("", "https://vimeo.com/", "Organic Video: vimeo / video"),
    "Amazon in Japan": ("", "https://www.amazon.co.jp/", "Organic Shopping: amazon / shopping"),
    "Idealo": ("", "https://www.idealo.de/", "Organic Shopping: idealo / shopping"),
    "Google Shopping is not search": (
        "", "https://shopping.google.com/", "Organic Shopping: google-shopping / shopping"),
    "Gmail is not Google": ("", "https://mail.google.com/", "Email: gmail / email"),
    "the Gmail app": ("", "android-app://com.google.android.gm/", "Email: gmail / email"),
    "Outlook": ("", "https://outlook.live.com/", "Email: outlook / email"),
    "Outlook's link checker": (
        "", "https://nam02.safelinks.protection.outlook.com/", "Email: outlook / email"),
    "Yahoo Mail is not Yahoo": ("", "https://mail.yahoo.com/", "Email: yahoo-mail / email"),
    "an archived Mailchimp issue": (
        "", "https://us1.campaign-archive.com/", "Email: mailchimp / email"),
    "an affiliate network": ("", "https://www.awin1.com/cread.php", "Affiliates: awin / affiliate"),
    "an ad network": (
        "", "https://googleads.g.doubleclick.net/", "Paid Other: google-display / cpc, paid"),
    "a shared Google document": (
        "", "https://docs.google.com/", "Referral: google-docs / referral"),
    "a blog": ("", "https://www.blog.org/post", "Referral: blog.org / referral"),
    "a blog's subdomain": ("", "https://news.blog.org/", "Referral: news.blog.org / referral"),
    "a blog with capitals, a port and a trailing dot": (
        "", "HTTPS://User:pw@WWW.Blog.ORG.:8443/x", "Referral: blog.org / referral"),
    "a blog with umlauts": ("", "https://www.bücher.de/", "Referral: xn--bcher-kva.de / referral"),
    "an app nobody knows": (
        "", "android-app://org.acme.reader/", "Referral: org.acme.reader / referral"),
    "a bare IP address": ("", "http://203.0.113.9:8080/", "Referral: 203.0.113.9 / referral"),
    "a site that ends like Google": (
        "", "https://notgoogle.com/", "Referral: notgoogle.com / referral"),
    "a site that begins like Google": (
        "", "https://google.evil.com/", "Referral: google.evil.com / referral"),
    "a blog named google on a blog host": (
        "", "https://google.blogspot.com/", "Referral: google.blogspot.com / referral"),
    "a bookmark": ("", None, "Direct: direct / -"),
    "the site itself": ("", "https://www.example.com/", "Direct: direct / -"),
    "a shop's own checkout subdomain": (
        "", "https://checkout.example.com/pay", "Direct: direct / -"),
    "PayPal in the middle": ("", "https://www.paypal.com/", "Direct: direct / -"),
    "Stripe's checkout": ("", "https://checkout.stripe.com/", "Direct: direct / -"),
    "Klarna's checkout": ("", "https://pay.klarna.com/", "Direct: direct / -"),
    "a 3-D Secure page": ("", "https://secure5.arcot.com/acspage", "Direct: direct / -"),
    "signing in with Google": ("", "https://accounts.google.com/", "Direct: direct / -"),
    "signing in with Google in Japan": ("", "https://accounts.google.co.jp/", "Direct: direct / -"),
    "signing in with Apple": ("", "https://appleid.apple.com/", "Direct: direct / -"),
    "signing in with Microsoft": ("", "https://login.microsoftonline.com/", "Direct: direct / -"),
    "signing in with Okta": ("", "https://acme.okta.com/", "Direct: direct / -"),
    "signing in with Auth0": ("", "https://acme.eu.auth0.com/", "Direct: direct / -"),
    "a gclid back from PayPal": (
        "gclid=1", "https://www.paypal.com/", "Paid Search: google / cpc, paid"),
    "about:blank": ("", "about:blank", "Direct: direct / -"),
    "the word null": ("", "null", "Direct: direct / -"),
    "the word $direct": ("", "$direct", "Direct: direct / -"),
    "an empty referrer": ("", "", "Direct: direct / -"),
    "a file": ("", "file:///home/me/page.html", "Direct: direct / -"),
    "a broken referrer": ("", "https://[::1/", "Direct: direct / -"),
    "a referrer without a host": ("", "https:///x", "Direct: direct / -"),
}

REFS: dict[str, Case] = {
    "a ref of a known source": ("ref=producthunt", None, "Organic Social: producthunt / social"),
    "a ref with a host": ("ref=twitter.com", None, "Organic Social: twitter / social"),
    "a ref with a short host": ("ref=t.co", None, "Organic Social: twitter / social"),
    "a ref with a URL": (
        "ref=https%3A%2F%2Fnews.ycombinator.com%2Fitem", None,
        "Organic Social: hackernews / social"),
    "a ref with an unknown host": ("ref=partner.org", None, "Referral: partner.org / referral"),
    "a ref with an unknown host's URL": (
        "ref=https://www.partner.org/a", None, "Referral: partner.org / referral"),
    "a ref that says ads": ("ref=facebook-ads", None, "Paid Social: facebook / cpc, paid"),
    "a source parameter": ("source=Reddit", None, "Organic Social: reddit / social"),
    "ref before source": ("source=reddit&ref=bing", None, "Organic Search: bing / organic"),
    "a word in ref, and a source": (
        "ref=navbar&source=reddit", None, "Organic Social: reddit / social"),
    "a ref behind the hash": ("#ref=producthunt", None, "Organic Social: producthunt / social"),
    "a ref, with a blog as referrer": (
        "ref=producthunt", "https://blog.org/", "Organic Social: producthunt / social"),
    "a ref and a known referrer": (
        "ref=producthunt", "https://www.google.com/", "Organic Search: google / organic"),
    "a word of a partner": ("ref=Acme", None, "Direct: direct / -"),
    "a word of the page": ("ref=navbar", None, "Direct: direct / -"),
    "the start URL of an app": ("source=pwa", None, "Direct: direct / -"),
    "a word beside a known referrer": (
        "source=web", "https://www.google.com/", "Organic Search: google / organic"),
    "a word beside an unknown referrer": (
        "ref=top", "https://blog.org/", "Referral: blog.org / referral"),
    "a known name of two letters": ("source=hn", None, "Direct: direct / -"),
    "a known name of one letter": ("ref=x", None, "Direct: direct / -"),
    "a number": ("ref=12345", None, "Direct: direct / -"),
    "a file": ("ref=index.html", None, "Direct: direct / -"),
    "a version": ("source=v1.2", None, "Direct: direct / -"),
    "an IP address": ("ref=10.0.0.1", None, "Direct: direct / -"),
    "an address of a mailbox": ("ref=ann@blog.org", None, "Direct: direct / -"),
    "a payment page": ("ref=paypal.com", None, "Direct: direct / -"),
    "the site itself": ("ref=shop.example.com", None, "Direct: direct / -"),
    "undefined": ("ref=undefined", None, "Direct: direct / -"),
    "a ref on the site's own link": ("ref=bing", "https://www.example.com/", "Direct: direct / -"),
    "a source on a subdomain's link": (
        "source=reddit", "https://blog.example.com/", "Direct: direct / -"),
    "utm before ref": ("ref=bing&utm_source=march&utm_medium=email", None, "Email: march / email"),
    "a click id before ref": ("ref=reddit&gclid=1", None, "Paid Search: google / cpc, paid"),
    "utm on the site's own link": (
        "utm_source=banner&utm_medium=display", "https://www.example.com/",
        "Display: banner / display, paid"),
}
# fmt: on


class DescribeOrigin:
    @each_case({"referrer": REFERRERS, "ref": REFS})
    def it_says_where_a_visit_came_from(
        self, query: str, referrer: str | None, expected: str, rules: Rules
    ) -> None:
        found = origin(query, rules, referrer)

        assert said(found) == expected

    def it_keeps_campaign_content_and_term_as_sent(self, rules: Rules) -> None:
        found = origin("utm_campaign=+202301_US%20Neu+&utm_content=A%26B&utm_term=C%2B%2B", rules)

        assert (found.campaign, found.content, found.term) == ("202301_US Neu", "A&B", "C++")

    def it_takes_utm_id_for_a_missing_campaign(self, rules: Rules) -> None:
        assert origin("utm_id=17", rules).campaign == "17"
        assert origin("utm_id=17&utm_campaign=spring", rules).campaign == "spring"

    @pytest.mark.parametrize(
        ("query", "campaign"),
        [
            ("gad_source=1&gad_campaignid=2233&gclid=A", "2233"),
            ("gad_campaignid=2233", "2233"),
            ("gad_campaignid=2233&utm_id=17", "17"),
            ("gad_campaignid=2233&utm_campaign=spring", "spring"),
            ("gad_campaignid=2233&utm_campaign={campaignname}", "2233"),
            ("gad_campaignid={campaignid}&gclid=A", None),
            ("hsa_cam=88", "88"),
            ("hsa_cam=88&utm_campaign=spring", "spring"),
            ("#gad_campaignid=2233", "2233"),
        ],
    )
    def it_takes_the_campaign_id_of_an_ad(
        self, query: str, campaign: str | None, rules: Rules
    ) -> None:
        assert origin(query, rules).campaign == campaign

    def it_keeps_click_ids_to_the_letter(self, rules: Rules) -> None:
        found = origin("GCLID=Cj0K-aB_c&li_fat_id=a+b%2Bc%3D&fbclid=IwAR", rules)

        assert found.click_ids == (
            ("fbclid", "IwAR"),
            ("gclid", "Cj0K-aB_c"),
            ("li_fat_id", "a+b+c="),
        )

    def it_keeps_nothing_a_database_refuses(self, rules: Rules) -> None:
        found = origin("utm_campaign=a%00b&gclid=c%00d&utm_term=%FF\ud800", rules)

        assert (found.campaign, found.click_ids) == ("ab", (("gclid", "cd"),))
        found.term.encode()  # type: ignore[union-attr]

    def it_bounds_the_names_that_reports_group_by(self, rules: Rules) -> None:
        assert origin(f"utm_campaign={'x' * 8000}", rules).campaign == "x" * 255

    @pytest.mark.parametrize(
        ("url", "host", "landing_page"),
        [
            ("https://WWW.Example.com:443/En/Books/?a=b#c", "www.example.com", "/En/Books/"),
            ("https://example.com", "example.com", "/"),
            ("https://example.com?gclid=1", "example.com", "/"),
            ("https://user:pw@example.com./a%20b", "example.com", "/a%20b"),
            ("http://[2001:DB8::1]:8000/x", "2001:db8::1", "/x"),
            ("https://bücher.example/ä", "xn--bcher-kva.example", "/ä"),
            ("https://[::1/x", "", "/x"),
            ("", "", "/"),
        ],
        ids=["plain", "no path", "a query only", "userinfo", "IPv6", "umlauts", "broken", "empty"],
    )
    def it_names_the_landing_page_and_its_host(
        self, url: str, host: str, landing_page: str, rules: Rules
    ) -> None:
        found = origin_of(url, None, rules)

        assert (found.host, found.landing_page) == (host, landing_page)

    def it_keeps_the_external_referrer_only(self, rules: Rules) -> None:
        assert origin("", rules, "https://www.blog.org/x").referrer == "blog.org"
        assert origin("", rules, "https://shop.example.com/").referrer is None
        assert origin("", rules, "https://www.paypal.com/").referrer is None


URLS = st.text() | st.builds(
    "{}://{}/{}?{}={}&{}={}".format,
    st.sampled_from(["http", "https", "android-app", "HTTPS", "about"]),
    st.text(max_size=20) | st.sampled_from(["www.google.de", "example.com", "t.co", "[::1]"]),
    st.text(max_size=10),
    st.sampled_from(["utm_source", "UTM_MEDIUM", "gclid", "ref", "fbclid", "utm_id"]),
    st.text(max_size=20) | st.text(ascii_letters),
    st.sampled_from(["utm_medium", "utm_campaign", "source", "msclkid"]),
    st.text(max_size=20),
)
RULES = load_rules()


class DescribeAnyText:
    @given(url=URLS, referrer=URLS | st.none())
    def it_never_raises_and_writes_source_and_medium_in_lower_case(
        self, url: str, referrer: str | None
    ) -> None:
        found = origin_of(url, referrer, RULES)

        for name in (found.source or "", found.medium or "", found.host):
            assert name == name.lower()
        for value in (found.source, found.medium, found.campaign, found.landing_page):
            assert "\0" not in (value or "")
            (value or "").encode()

    @given(url=URLS, referrer=URLS | st.none())
    def it_is_direct_exactly_when_there_is_no_evidence(
        self, url: str, referrer: str | None
    ) -> None:
        evidence = evidence_of(url, referrer, RULES)

        if evidence.is_direct:
            found = origin_of(url, referrer, RULES)
            assert (found.channel, found.source, found.medium) == ("Direct", "direct", None)
        else:
            assert evidence.campaign or evidence.referrer
