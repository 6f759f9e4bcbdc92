"""Loads the rules, and the file of an operator that overrides them."""

import subprocess
import sys
from pathlib import Path

import pytest

from growth.attribution.evidence import evidence_of
from growth.attribution.origin import Origin, origin_of
from growth.rules import load_rules

PAGE = "https://example.com/"


def origin(tmp_path: Path, toml: str, query: str = "", referrer: str | None = None) -> Origin:
    path = tmp_path / "sources.toml"
    path.write_text(toml, "utf-8")
    return origin_of(f"{PAGE}?{query}", referrer, load_rules(path))


class DescribeAnOperatorsFile:
    def it_adds_a_source(self, tmp_path: Path) -> None:
        found = origin(
            tmp_path, '[sources.social]\nacme = ["Acme.example"]', referrer="https://m.acme.example"
        )

        assert (found.channel, found.source) == ("Organic Social", "acme")

    def it_moves_a_source_to_another_kind(self, tmp_path: Path) -> None:
        toml = '[sources.email]\nreddit = ["reddit.com"]'

        assert origin(tmp_path, toml, referrer="https://reddit.com/").channel == "Email"

    def it_takes_a_host_from_one_of_our_sources(self, tmp_path: Path) -> None:
        toml = '[sources.ai]\nassistant = ["mail.google.com"]'

        assert origin(tmp_path, toml, referrer="https://mail.google.com/").source == "assistant"
        assert origin(tmp_path, toml, referrer="https://www.google.com/").source == "google"

    def it_excludes_a_host_and_readmits_another(self, tmp_path: Path) -> None:
        toml = '[excluded]\nacme = ["pay.acme.example"]\npaypal = []'

        assert origin(tmp_path, toml, referrer="https://pay.acme.example/").source == "direct"
        assert origin(tmp_path, toml, referrer="https://www.paypal.com/").source == "paypal.com"

    def it_knows_a_host_by_a_label(self, tmp_path: Path) -> None:
        toml = '[sources.social]\nclub = ["club.**", "meet*.**"]'

        for host in ("club.acme.example", "de.club.acme.example", "meetup2.acme.example"):
            assert origin(tmp_path, toml, referrer=f"https://{host}/").source == "club", host
        for host in ("club.example", "clubs.acme.example", "club-meet.acme.example"):
            assert origin(tmp_path, toml, referrer=f"https://{host}/").source == host

    def it_takes_a_host_from_our_labels(self, tmp_path: Path) -> None:
        toml = '[sources.referral]\npartner = ["login.partner.example"]'

        assert origin(tmp_path, toml, referrer="https://login.partner.example/").source == "partner"
        assert origin(tmp_path, toml, referrer="https://login.other.example/").source == "direct"

    def it_makes_a_word_in_ref_a_source(self, tmp_path: Path) -> None:
        toml = '[sources.affiliate]\nacme = ["acme-club"]'

        assert origin(tmp_path, toml, "ref=Acme-Club").channel == "Affiliates"
        assert origin(tmp_path, toml, "ref=acme-clubs").channel == "Direct"

    def it_refines_a_click_id_by_the_referrer(self, tmp_path: Path) -> None:
        toml = """
            [click_ids.acme_id]
            platform = "Acme"
            source = "acme"
            medium = "cpc"
            ad = true
            also = ["youtube"]
            frames = ["taboola"]
        """

        assert origin(tmp_path, toml, "acme_id=1", "https://youtu.be/").source == "youtube"
        assert origin(tmp_path, toml, "acme_id=1", "https://taboola.com/").medium == "display"

    def it_adds_and_redefines_click_ids(self, tmp_path: Path) -> None:
        toml = """
            [click_ids.ACME_id]
            platform = "Acme"
            source = "Acme"
            medium = "cpc"
            ad = true
            [click_ids.epik]
            platform = "Pinterest"
            source = "pinterest"
            medium = "social"
            ad = false
        """

        assert origin(tmp_path, toml, "acme_id=1").source == "acme"
        assert origin(tmp_path, toml, "epik=1").channel == "Organic Social"

    def it_asks_a_new_channel_first(self, tmp_path: Path) -> None:
        toml = '[[channels]]\nname = "Podcasts"\nsource = "spotify|acast"'

        found = origin(tmp_path, toml, "utm_source=Spotify&utm_medium=cpc")

        assert (found.channel, found.paid) == ("Podcasts", True)

    def it_replaces_a_channel_in_its_place(self, tmp_path: Path) -> None:
        toml = '[[channels]]\nname = "Display"\nmedium = "poster"'

        assert origin(tmp_path, toml, "utm_medium=poster").channel == "Display"
        assert origin(tmp_path, toml, "utm_medium=banner").channel == "Paid Other"

    @pytest.mark.parametrize(
        ("toml", "words"),
        [
            ("sources = [", ("cannot be read as TOML",)),
            ("[source.ai]\nx = []", ("source", "sources, excluded, click_ids, channels")),
            ("[sources.robots]\nx = []", ("robots", "search", "social")),
            ('[sources.ai]\nx = "x.com"', ("[ai] x", "list of texts")),
            ("[sources.ai]\nx = [1]", ("[ai] x", "list of texts")),
            ('[sources.ai]\nx = ["https://x.com/"]', ("[ai] x", "is not a host", "example.com")),
            ('[sources.ai]\nx = ["a.b.**"]', ("[ai] x", "is not a host", "label.**")),
            ('[sources.ai]\nx = ["goo*.*"]', ("[ai] x", "is not a host", "example.*")),
            ("[sources.ai]\nx = []\n[sources.email]\nX = []", ("[email] X", "already in [ai]")),
            ("[sources]\nai = 1", ("[ai]", "must be a table")),
            ("excluded = 1", ("[excluded]", "must be a table")),
            ("[click_ids]\nx = 1", ("[x]", "must be a table")),
            ("[click_ids.x]\nad = 1", ("[x] ad", "true")),
            ("[click_ids.x]\nad = true", ("[x] platform", "text")),
            ("[click_ids.x]\nadd = true", ("add", "platform, source, medium, ad")),
            ("[channels]\nx = 1", ("[[channels]]",)),
            ("[[channels]]\nkind = 'ai'", ("name", "text")),
            ("[[channels]]\nname = 'X'", ("'X'", "kind, paid, source, medium, campaign")),
            ("[[channels]]\nname = 'X'\nkind = 'robots'", ("'X' kind", "search, shopping")),
            ("[[channels]]\nname = 'X'\npaid = 'yes'", ("'X' paid", "true or false")),
            ("[[channels]]\nname = 'X'\nmedium = '('", ("'X' medium", "regular expression")),
            ("[[channels]]\nname = 'X'\nregex = '.'", ("regex", "name, kind, paid")),
        ],
    )
    def it_says_what_is_wrong_and_what_is_allowed(
        self, toml: str, words: tuple[str, ...], tmp_path: Path
    ) -> None:
        with pytest.raises(ValueError, match=r"sources\.toml") as caught:
            origin(tmp_path, toml)

        assert [word for word in words if word not in str(caught.value)] == []

    def it_has_to_exist(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"missing\.toml"):
            load_rules(tmp_path / "missing.toml")


class DescribeSiteHosts:
    @pytest.mark.parametrize(
        "host", ["shop.org", "*.shop.org", ".shop.org", "https://www.SHOP.org/x", " Shop.org. "]
    )
    def it_takes_them_as_people_write_them(self, host: str) -> None:
        rules = load_rules(site_hosts=[host])

        assert evidence_of(PAGE, "https://pay.shop.org/", rules).is_direct

    @pytest.mark.parametrize("host", ["", "a b", "https://"])
    def it_refuses_what_is_no_host(self, host: str) -> None:
        with pytest.raises(ValueError, match="site hosts"):
            load_rules(site_hosts=[host])


class DescribeVersion:
    def it_is_the_same_in_every_process(self) -> None:
        code = "from growth.rules import load_rules; print(load_rules(site_hosts='ab').version)"
        versions = {
            subprocess.run(
                [sys.executable, "-c", code],
                env={"PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for seed in ("1", "2")
        }

        assert versions == {load_rules(site_hosts=["b", "a", "a"]).version}

    def it_changes_with_the_data(self, tmp_path: Path) -> None:
        path = tmp_path / "sources.toml"
        versions = {load_rules().version, load_rules(site_hosts=["a.org"]).version}
        for toml in ("[sources.ai]\nx=[]", "[excluded]\nx=[]", "[[channels]]\nname='A'\npaid=true"):
            path.write_text(toml)
            versions.add(load_rules(path).version)

        assert len(versions) == 5


class DescribeCost:
    def it_fetches_nothing_and_writes_nothing(self, tmp_path: Path) -> None:
        code = (
            "import socket; socket.socket.connect = None\n"
            "from growth.rules import load_rules\n"
            "from growth.attribution.origin import origin_of\n"
            "print(origin_of('https://a.co.uk/', 'https://www.google.co.uk/', load_rules()).source)"
        )
        done = subprocess.run(
            [sys.executable, "-B", "-c", code],
            env={"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.stdout.strip(), done.stderr) == ("google", "")
        assert list(tmp_path.iterdir()) == []
