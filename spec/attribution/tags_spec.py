"""Rule 1: tags and click ids are found in query and fragment; some values count as absent."""

import pytest

from growth.attribution.evidence import evidence_of
from growth.rules import load_rules

PAGE = "https://shop.example/"
RULES = load_rules()


def campaign(rest: str) -> dict[str, str]:
    """The campaign evidence of a page: the values of its tags and click ids, by name."""
    return dict(evidence_of(f"{PAGE}{rest}", None, RULES).campaign)


class DescribeAValueThatNamesNothing:
    @pytest.mark.parametrize(
        "value",
        [
            "undefined",
            "Undefined",
            "null",
            "NULL",
            "none",
            "None",
            "(none)",
            "(NONE)",
            "(not set)",
            "(not+set)",
            "%28not%20set%29",
            "%20null%20",
            "%20",
            "{campaign}",
            "{}",
            "%7Bcampaign%7D",
            "{lpurl}",
            "{_campaign}_{adgroupid}",
            "{{campaign.name}}",
            "%7B%7Bad.id%7D%7D",
            "{{campaign.name}}-{{adset.name}}",
            "[CAMPAIGN_NAME]",
            "%5Bcid%5D",
            "[object%20Object]",
            "%campaign%",
            "%CAMPAIGN_ID%",
            "%25campaign%25",
            "%%emailname_%%",
            "__CAMPAIGN_ID__",
            "__cid__",
            "${CAMPAIGN}",
            "$%7BCAMPAIGN%7D",
            "*|UNIQID|*",
            "*%7CCAMPAIGN_UID%7C*",
            "%00",
        ],
    )
    @pytest.mark.parametrize(
        "name", ["utm_source", "utm_campaign", "mtm_medium", "gclid", "fbclid"]
    )
    def it_is_absent(self, name: str, value: str) -> None:
        assert campaign(f"?{name}={value}") == {}

    @pytest.mark.parametrize(
        ("value", "read"),
        [
            ("nonesuch", "nonesuch"),
            ("undefined_2026", "undefined_2026"),
            ("null-and-void", "null-and-void"),
            ("spring_{city}", "spring_{city}"),
            ("[Search]+Brand+[DE]", "[Search] Brand [DE]"),
            ("50%25", "50%"),
            ("100%", "100%"),
            ("__spring", "__spring"),
            ("_x_", "_x_"),
            ("$5", "$5"),
            ("*", "*"),
            ("not+set", "not set"),
            ("(direct)", "(direct)"),
            ("0", "0"),
        ],
    )
    def it_leaves_values_that_only_resemble_one(self, value: str, read: str) -> None:
        assert campaign(f"?utm_campaign={value}") == {"utm_campaign": read}

    def it_gives_way_to_the_next_value_of_the_same_name(self) -> None:
        assert campaign("?utm_source=null&utm_source=a#utm_source=b") == {"utm_source": "a"}

    def it_does_not_affect_other_names(self) -> None:
        assert campaign("?utm_source={source}&utm_medium=email&gclid=%%GCLID%%") == {
            "utm_medium": "email"
        }


class DescribeATagThatSaysDirect:
    @pytest.mark.parametrize(
        ("query", "left"),
        [
            ("utm_source=(direct)", {}),
            ("utm_source=%28Direct%29&utm_medium=(none)", {}),
            ("utm_source=direct", {}),
            ("utm_source=DIRECT&utm_medium=none", {}),
            ("utm_source=direct&utm_medium={medium}", {}),
            ("mtm_source=direct", {}),
            ("utm_source=direct&gclid=1", {"gclid": "1"}),
            ("utm_source=(direct)&utm_medium=email", {"utm_medium": "email"}),
            (
                "utm_source=direct&utm_medium=mail",
                {"utm_source": "direct", "utm_medium": "mail"},
            ),
            ("utm_source=direct-mail", {"utm_source": "direct-mail"}),
        ],
    )
    def it_is_absent(self, query: str, left: dict[str, str]) -> None:
        assert campaign(f"?{query}") == left


class DescribeNames:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (
                "utm_id=1&utm_term=a&utm_content=b",
                {"utm_id": "1", "utm_term": "a", "utm_content": "b"},
            ),
            ("mtm_source=a&mtm_medium=b", {"utm_source": "a", "utm_medium": "b"}),
            ("MTM_Campaign=Spring", {"utm_campaign": "Spring"}),
            ("mtm_kwd=shoes", {"utm_term": "shoes"}),
            ("mtm_keyword=shoes&mtm_content=red", {"utm_term": "shoes", "utm_content": "red"}),
            ("mtm_cid=7", {"utm_id": "7"}),
            ("pk_campaign=spring&pk_kwd=shoes", {"utm_campaign": "spring", "utm_term": "shoes"}),
            (
                "pk_source=a&pk_medium=b&pk_content=c",
                {"utm_source": "a", "utm_medium": "b", "utm_content": "c"},
            ),
            ("piwik_campaign=spring", {"utm_campaign": "spring"}),
            ("matomo_campaign=spring", {"utm_campaign": "spring"}),
            ("hsa_cam=123", {"utm_id": "123"}),
            ("mtm_campaign=a&utm_campaign=b", {"utm_campaign": "b"}),
            ("utm_campaign=b&pk_campaign=a", {"utm_campaign": "b"}),
            ("pk_campaign=a&utm_campaign=null", {"utm_campaign": "a"}),
        ],
    )
    def it_reads_tags_by_the_names_of_other_tools(self, query: str, found: dict[str, str]) -> None:
        assert campaign(f"?{query}") == found

    @pytest.mark.parametrize(
        "query",
        [
            "utm_nooverride=1",
            "utm_referrer=https%3A%2F%2Fwww.bing.com%2F",
            "utm_source_platform=dv360",
            "utm_marketing_tactic=x",
            "utm_creative_format=x",
            "utm_expid=1",
            "utm_=x",
            "utm_sources=x",
            "xutm_source=x",
            "mtm_group=x&mtm_placement=y",
            "hsa_acc=1&hsa_grp=2&hsa_ad=3",
            "pk_vid=1",
            "q=utm_source%3Dx",
        ],
    )
    def it_reads_no_other_parameter_as_a_tag(self, query: str) -> None:
        assert campaign(f"?{query}") == {}


class DescribeTheFragment:
    @pytest.mark.parametrize(
        ("rest", "found"),
        [
            ("#utm_source=a&utm_medium=b", {"utm_source": "a", "utm_medium": "b"}),
            ("#?utm_source=a", {"utm_source": "a"}),
            ("#/pricing?utm_source=a&gclid=Cj0", {"utm_source": "a", "gclid": "Cj0"}),
            ("#!/pricing?utm_source=a", {"utm_source": "a"}),
            ("#top&utm_source=a", {"utm_source": "a"}),
            ("#/a?utm_source=b?c", {"utm_source": "b?c"}),
            ("#mtm_campaign=spring", {"utm_campaign": "spring"}),
            ("#fbclid=IwAR", {"fbclid": "IwAR"}),
            ("#UTM_SOURCE=a", {"utm_source": "a"}),
            ("?page=2#/x?utm_source=a", {"utm_source": "a"}),
            ("?utm_source=a#utm_source=b&utm_medium=c", {"utm_source": "a", "utm_medium": "c"}),
            ("?utm_source=undefined#utm_source=b", {"utm_source": "b"}),
            ("?utm_source=a#mtm_source=b", {"utm_source": "a"}),
            ("#utm_source={source}", {}),
            ("#pricing", {}),
            ("#/utm_source", {}),
            ("#", {}),
            ("#=&=", {}),
            ("#a=b?utm_source=c", {"utm_source": "c"}),
        ],
    )
    def it_adds_tags_that_the_query_lacks(self, rest: str, found: dict[str, str]) -> None:
        assert campaign(rest) == found


class DescribeBytesThatAreNoUtf8:
    @pytest.mark.parametrize(
        ("encoded", "read"),
        [
            ("%E9t%E9", "été"),
            ("%C3%A9t%C3%A9", "été"),
            ("caf%E9", "café"),
            ("%FCber+uns", "über uns"),
            ("10%80", "10€"),
            ("a%96b", "a\u2013b"),
            ("%93quoted%94", "\u201cquoted\u201d"),
            ("%E9t%C3%A9", "été"),
            ("été%20%E9t%E9", "été été"),
            ("%D8%A7", "\u0627"),
            ("%81", "\ufffd"),
        ],
    )
    @pytest.mark.parametrize("name", ["utm_campaign", "utm_content", "utm_term"])
    def it_is_read_as_windows_1252(self, name: str, encoded: str, read: str) -> None:
        assert campaign(f"?{name}={encoded}") == {name: read}

    def it_is_read_so_in_click_ids_too(self) -> None:
        assert campaign("?gclid=a+%E9") == {"gclid": "a+é"}
