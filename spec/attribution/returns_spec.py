"""The referrer of a page is no evidence if a log-in or a payment sent the visitor back to it."""

import pytest

from growth.attribution.evidence import evidence_of
from growth.attribution.origin import origin_of
from growth.rules import load_rules

PAGE = "https://shop.example/back"
FACEBOOK = "https://www.facebook.com/"
RULES = load_rules(return_paths=["/welcome", "/checkout/*", "/verify*"])


class DescribeAnAnswer:
    @pytest.mark.parametrize(
        "rest",
        [
            "?code=1&state=2",
            "?state=2&CODE=1&scope=email",
            "?error=access_denied&state=2",
            "?oauth_token=1&oauth_verifier=2",
            "?denied=1&oauth_token=2",
            "#id_token=ey&token_type=bearer",
            "#access_token=ya29&token_type=Bearer&expires_in=3600",
            "#/callback?code=1&state=2",
            "?SAMLResponse=PHNhbW&RelayState=x",
            "?samlresponse=PHNhbW",
            "?openid.mode=id_res",
            "?payment_intent=pi_1&payment_intent_client_secret=x&redirect_status=succeeded",
            "?setup_intent=seti_1",
            "?token=EC-1&PayerID=ABC",
            "?paymentId=PAY-1&token=EC-1&PayerID=ABC",
            "?redirectResult=X6XtfGC3",
            "?razorpay_payment_id=pay_1",
            "?trxref=1&reference=1",
            "?amazonCheckoutSessionId=1",
            "?collection_id=1&preference_id=2",
            "?Ds_SignatureVersion=1&Ds_MerchantParameters=ey&Ds_Signature=x",
            "?token_ws=01ab",
        ],
    )
    def it_disregards_the_referrer(self, rest: str) -> None:
        assert evidence_of(f"{PAGE}{rest}", FACEBOOK, RULES).is_direct

    @pytest.mark.parametrize(
        "rest",
        [
            "",
            "?code=SAVE10",
            "?state=berlin",
            "?code=&state=2",
            "?token=1",
            "?reference=1",
            "?q=code%3D1%26state%3D2",
            "?encode=1&estate=2",
            "?payment_intents=1",
            "?error=404",
        ],
    )
    def it_is_no_page_that_only_resembles_one(self, rest: str) -> None:
        assert evidence_of(f"{PAGE}{rest}", FACEBOOK, RULES).referrer == "facebook.com"

    def it_disregards_nothing_but_the_referrer(self) -> None:
        found = origin_of(
            f"{PAGE}?code=1&state=2&utm_source=news&utm_medium=email", FACEBOOK, RULES
        )

        assert (found.channel, found.source, found.referrer) == ("Email", "news", None)


class DescribeReturnPaths:
    @pytest.mark.parametrize(
        ("path", "counts"),
        [
            ("/welcome", False),
            ("/welcome?a=b", False),
            ("/welcome#top", False),
            ("/welcome/", True),
            ("/welcome/back", True),
            ("/Welcome", True),
            ("/en/welcome", True),
            ("/checkout/", False),
            ("/checkout/thanks/1", False),
            ("/checkout", True),
            ("/verify", False),
            ("/verify-mail", False),
            ("/", True),
            ("", True),
        ],
    )
    def it_disregards_the_referrer_of_the_paths_named(self, path: str, counts: bool) -> None:
        found = evidence_of(f"https://shop.example{path}", FACEBOOK, RULES)

        assert (found.referrer == "facebook.com") == counts

    def it_disregards_the_first_page_as_a_whole(self) -> None:
        rules = load_rules(return_paths=["/"])

        assert evidence_of("https://shop.example", FACEBOOK, rules).is_direct

    def it_changes_the_version_of_the_rules(self) -> None:
        assert load_rules(return_paths=["/a"]).version != load_rules().version
