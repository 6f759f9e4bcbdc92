"""What counts as evidence of where a visitor came from, and what does not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth.attribution.evidence import Evidence, evidence_of
from growth.attribution.rules import Rules
from growth.rules import load_rules

PAGE = "https://www.example.com/"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(site_hosts=["example-pay.net", "login.partner.org"])


class DescribeCampaignEvidence:
    @pytest.mark.parametrize(
        ("query", "campaign"),
        [
            ("", ()),
            ("q=books&page=2", ()),
            ("utm_source=a", (("utm_source", "a"),)),
            ("UTM_Source=A", (("utm_source", "A"),)),
            ("utm_source=+a+", (("utm_source", "a"),)),
            ("utm_source=", ()),
            ("utm_source=&utm_source=b&utm_source=c", (("utm_source", "b"),)),
            ("utm_id=7&utm_source_platform=dv", (("utm_id", "7"),)),
            ("utm_source=z&gclid=1", (("gclid", "1"), ("utm_source", "z"))),
            ("gclid=1&utm_source=z", (("gclid", "1"), ("utm_source", "z"))),
            ("GclId=AbC", (("gclid", "AbC"),)),
            ("gclid=%20", ()),
            ("gclid=a+b", (("gclid", "a+b"),)),
            ("xgclid=1&gclidx=2&next=gclid%3D3", ()),
            ("referrer=bing&sources=bing", ()),
            ("utm_source=%ZZ", (("utm_source", "%ZZ"),)),
            ("utm_source=a;utm_medium=b", (("utm_source", "a;utm_medium=b"),)),
            ("&&&=&utm_source=a&", (("utm_source", "a"),)),
            ("utm_source=a=b", (("utm_source", "a=b"),)),
        ],
    )
    def it_is_a_tag_or_a_click_id_in_the_url(
        self, query: str, campaign: tuple[tuple[str, str], ...], rules: Rules
    ) -> None:
        assert evidence_of(f"{PAGE}?{query}", None, rules) == Evidence(campaign, None, False)

    def it_is_no_ref_on_a_link_of_the_site_itself(self, rules: Rules) -> None:
        url = f"{PAGE}?ref=bing&source=reddit&utm_term=x"

        assert evidence_of(url, PAGE, rules).campaign == (("utm_term", "x"),)
        assert evidence_of(url, "https://www.paypal.com/", rules).campaign[0] == ("ref", "bing")

    def it_reads_the_query_of_a_url_without_a_host(self, rules: Rules) -> None:
        assert evidence_of("/books?gclid=1", None, rules).campaign == (("gclid", "1"),)


class DescribeReferrerEvidence:
    @pytest.mark.parametrize(
        ("referrer", "host", "is_known"),
        [
            ("https://www.google.de/", "google.de", True),
            ("https://l.facebook.com/l.php", "l.facebook.com", True),
            ("android-app://com.google.android.gm/", "com.google.android.gm", True),
            ("android-app://com.Slack/", "com.slack", False),
            ("https://Blog.Example.ORG:81/", "blog.example.org", False),
            ("https://blog.org.", "blog.org", False),
            ("http://a@b@blog.org/", "blog.org", False),
            ("http://[2001:db8::1]/", "2001:db8::1", False),
            ("http://localhost:3000/", "localhost", False),
            ("https://www.straße.de/", "strasse.de", False),
            ("https://xn--bcher-kva.de/", "xn--bcher-kva.de", False),
            ("  https://blog.org/\n", "blog.org", False),
            ("https://blog_1.org/", "blog_1.org", False),
        ],
    )
    def it_is_the_host_of_another_site(
        self, referrer: str, host: str, is_known: bool, rules: Rules
    ) -> None:
        assert evidence_of(PAGE, referrer, rules) == Evidence((), host, is_known)

    @pytest.mark.parametrize(
        "referrer",
        [
            None,
            "",
            " ",
            "null",
            "undefined",
            "$direct",
            "(direct)",
            "about:blank",
            "about:srcdoc",
            "javascript:void(0)",
            "data:text/html,x",
            "file:///tmp/x.html",
            "chrome-extension://abc/",
            "https://",
            "https:///x",
            "https://.",
            "https://...",
            "https://[::1/",
            "https://]/",
            "https://[x]/",
            "https://a b/",
            "https://a..b/",
            "https://%zz/",
            "https://exa%6dple.org/",
            "https://:80/",
            "https://a:b:c/",
            "//",
            "https://\u2100.com/\ud800" * 2,
            f"https://{'a' * 300}.com/",
            f"https://{'ä' * 70}.com/",
            "www.google.com",
            "google",
        ],
    )
    def it_is_not_a_text_that_cannot_be_read(self, referrer: str | None, rules: Rules) -> None:
        assert evidence_of(PAGE, referrer, rules).is_direct

    @pytest.mark.parametrize(
        ("page", "referrer", "is_own"),
        [
            ("https://example.com/", "https://example.com/x", True),
            ("https://www.example.com/", "http://shop.example.com:8080/", True),
            ("https://shop.example.co.uk/", "https://www.example.co.uk/", True),
            ("https://a.co.uk/", "https://b.co.uk/", False),
            ("https://one.github.io/", "https://two.github.io/", False),
            ("https://one.myshopify.com/", "https://two.myshopify.com/", False),
            ("https://www.one.blogspot.com/", "https://one.blogspot.com/", True),
            ("http://10.0.0.1/", "http://10.0.0.1:81/", True),
            ("http://10.0.0.1/", "http://11.0.0.1/", False),
            ("http://[::1]/", "http://[::1]:8000/", True),
            ("http://localhost:8000/", "http://localhost:3000/", True),
            ("http://app.corp.internal/", "http://wiki.corp.internal/", True),
            ("http://app.internal/", "http://wiki.internal/", False),
            ("https://example.com/", "https://notexample.com/", False),
            ("https://example.com/", "https://example.com.evil.org/", False),
            ("https://bücher.de/", "https://www.xn--bcher-kva.de/", True),
            ("https://google.com/", "https://mail.google.com/", True),
            ("https://example.com/", "https://example-pay.net/", True),
            ("https://example.com/", "https://secure.example-pay.net/", True),
            ("https://example.com/", "https://login.partner.org/", True),
            ("https://example.com/", "https://www.partner.org/", False),
            ("https://[::1/", "https://[::1/", False),
        ],
    )
    def it_is_none_from_the_site_itself(
        self, page: str, referrer: str, is_own: bool, rules: Rules
    ) -> None:
        # A `ref` counts unless the link to the page is on the site itself.
        found = evidence_of(f"{page}?ref=bing", referrer, rules)

        assert (not found.campaign) == is_own
        if is_own:
            assert found.is_direct

    @pytest.mark.parametrize(
        "host",
        [
            "www.paypal.com",
            "checkout.stripe.com",
            "hooks.stripe.com",
            "pay.klarna.com",
            "live.adyen.com",
            "accounts.google.com",
            "accounts.google.fr",
            "appleid.apple.com",
            "login.microsoftonline.com",
            "acme.okta.com",
            "acme.eu.auth0.com",
            "centinelapi.cardinalcommerce.com",
            "secure7.arcot.com",
            "passport.yandex.ru",
            "login.yahoo.com",
            "pay.google.com",
            "www.mollie.com",
        ],
    )
    def it_is_none_from_a_gateway_or_a_login(self, host: str, rules: Rules) -> None:
        assert evidence_of(PAGE, f"https://{host}/return", rules).is_direct


class DescribeHostileInput:
    def it_reads_ten_thousand_parameters_quickly(self, rules: Rules) -> None:
        query = "&".join(["utm_source="] * 5000 + ["gclid=1"] * 5000)
        started = time.perf_counter()

        assert evidence_of(f"{PAGE}?utm_medium=email&{query}", None, rules).campaign == (
            ("utm_medium", "email"),
        )
        assert time.perf_counter() - started < 0.5

    @pytest.mark.parametrize(
        "text",
        [
            "@" * 32_000,
            "@:" * 16_000,
            ":" * 32_000,
            "[" * 32_000,
            "a." * 16_000,
            "%" * 32_000,
            "ä" * 32_000,
            "&" * 32_000,
            "utm_source=%C3" * 2_000,
            "?" * 32_000,
            "\ud800" * 32_000,
        ],
        ids=lambda text: text[:4].encode("ascii", "backslashreplace").decode(),
    )
    def it_reads_pathological_urls_quickly(self, text: str, rules: Rules) -> None:
        started = time.perf_counter()

        evidence_of(f"https://{text}", f"https://{text}", rules)
        evidence_of(f"https://example.com/?{text}", text, rules)

        assert time.perf_counter() - started < 0.5

    @given(url=st.text(), referrer=st.text() | st.none())
    def it_never_raises(self, url: str, referrer: str | None) -> None:
        found = evidence_of(url, referrer, RULES)

        assert found.is_direct == (not found.campaign and found.referrer is None)
        assert list(found.campaign) == sorted(found.campaign)


RULES = load_rules()
