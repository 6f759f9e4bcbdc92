"""Settings are read from the environment. A bad value is refused with a reason."""

from pathlib import Path

import pytest

from growth.settings import (
    FIELDS,
    LOOPBACK,
    Settings,
    SettingsError,
    SettingsSchema,
    defaults,
    load_settings,
)

HIDDEN = {name for name, each in FIELDS.items() if not each.repr}
TOKEN = "a-token-of-16-ch"
SECRET = "whsec_" + "a" * 32


def refusal(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    return str(caught.value)


class DescribeTheDefaults:
    def it_serves_a_file_on_loopback_under_the_usual_rules(self) -> None:
        settings = load_settings({})

        assert settings.database_url == "sqlite:///db/growth.db"
        assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 8000, 64)
        assert settings.conversions == ("signup", "trial", "purchase", "lead")
        assert (settings.lookback_days, settings.report_seconds) == (90, 10)
        assert (settings.site_hosts, settings.sources) == ((), None)
        assert (settings.write_tokens, settings.read_tokens) == ((), ())
        assert settings.host in LOOPBACK

    def it_has_one_line_for_every_setting_and_no_other(self) -> None:
        assert set(defaults()) == set(SettingsSchema().fields)
        assert {name.removeprefix("GROWTH_").lower() for name in defaults()} == set(
            Settings.__dataclass_fields__
        )

    def it_takes_an_empty_variable_for_its_default(self) -> None:
        assert load_settings({"PORT": "", "GROWTH_CONVERSIONS": ""}) == load_settings({})

    def it_ignores_what_is_not_ours(self) -> None:
        assert load_settings({"PATH": "/bin", "GROWTHS": "1"}) == load_settings({})


class DescribeASetting:
    @pytest.mark.parametrize(
        ("name", "text", "attribute", "value"),
        [
            ("DATABASE_URL", "sqlite:////tmp/x.db", "database_url", "sqlite:////tmp/x.db"),
            ("HOST", "::1", "host", "::1"),
            ("PORT", "65535", "port", 65_535),
            ("GROWTH_THREADS", "1", "threads", 1),
            ("GROWTH_QUEUE_SIZE", "100000", "queue_size", 100_000),
            ("GROWTH_SLOTS", "16", "slots", 16),
            ("GROWTH_CONVERSIONS", " lead , demo,", "conversions", ("lead", "demo")),
            ("GROWTH_LOOKBACK_DAYS", "30", "lookback_days", 30),
            ("GROWTH_SITE_HOSTS", "a.example,b.example", "site_hosts", ("a.example", "b.example")),
            (
                "GROWTH_RETURN_PATHS",
                "/welcome, /checkout/*,",
                "return_paths",
                ("/welcome", "/checkout/*"),
            ),
            ("GROWTH_SOURCES", __file__, "sources", Path(__file__)),
            ("GROWTH_REPORT_SECONDS", "0.5", "report_seconds", 0.5),
            ("GROWTH_LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
            (
                "GROWTH_WRITE_TOKENS",
                f"{TOKEN}, shop-1:{TOKEN}2 ,a b:{TOKEN}",
                "write_tokens",
                (("", TOKEN), ("shop-1", f"{TOKEN}2"), ("", f"a b:{TOKEN}")),
            ),
            ("GROWTH_READ_TOKENS", TOKEN, "read_tokens", (("", TOKEN),)),
            ("GROWTH_WEBHOOK_SECRETS", SECRET, "webhook_secrets", (SECRET,)),
            ("GROWTH_REJECTS_DAYS", "0", "rejects_days", 0),
            ("GROWTH_GOOGLE_ADS_KEY", "a, b", "google_ads_key", "a, b"),
            ("GROWTH_META_APP_SECRET", "s", "meta_app_secret", "s"),
            ("GROWTH_META_VERIFY_TOKEN", "t", "meta_verify_token", "t"),
            ("GROWTH_SEGMENT_WRITE_KEYS", "k1,k2", "segment_write_keys", ("k1", "k2")),
            ("GROWTH_CPU", "3", "cpu", "3"),
            ("GROWTH_TRUSTED_PROXY", "10.0.0.1", "trusted_proxy", "10.0.0.1"),
            ("GROWTH_TRUSTED_PROXY", "*", "trusted_proxy", "*"),
            (
                "GROWTH_TRACKER_ORIGINS",
                "https://WWW.example.com/, http://127.0.0.1:8080,http://[::1]:80",
                "tracker_origins",
                ("https://www.example.com", "http://127.0.0.1:8080", "http://[::1]:80"),
            ),
        ],
    )
    def it_is_read(self, name: str, text: str, attribute: str, value: object) -> None:
        assert getattr(load_settings({name: text}), attribute) == value

    @pytest.mark.parametrize(
        ("name", "text", "allowed"),
        [
            ("PORT", "web", "Must be a whole number from 1 to 65535."),
            ("PORT", "80.5", "Must be a whole number from 1 to 65535."),
            ("PORT", "0", "Must be a whole number from 1 to 65535."),
            ("PORT", "65536", "Must be a whole number from 1 to 65535."),
            ("GROWTH_THREADS", "0", "to 256."),
            ("GROWTH_QUEUE_SIZE", "-1", "to 100000."),
            ("GROWTH_LOOKBACK_DAYS", "3651", "to 3650."),
            ("GROWTH_CPU", "all", "Must be auto, off, or the number of a processor."),
            ("GROWTH_TRUSTED_PROXY", "proxy.example", "Must be an IP address, or * for any."),
            ("GROWTH_CONVERSIONS", " , ", "Must name at least one event."),
            ("GROWTH_REJECTS_DAYS", "-1", "to 3650."),
            ("GROWTH_RETURN_PATHS", "welcome", "may end in *, such as /welcome*."),
            ("GROWTH_RETURN_PATHS", "/a,/b/*/c", "may end in *, such as /welcome*."),
            ("GROWTH_RETURN_PATHS", "https://a.example/", "may end in *, such as /welcome*."),
            ("GROWTH_SOURCES", "/nowhere.toml", "Must be the path of an existing file."),
            ("GROWTH_REPORT_SECONDS", "0", "to 3600."),
            (
                "GROWTH_REPORT_SECONDS",
                "nan",
                "Special numeric values (nan or infinity) are not permitted.",
            ),
            ("GROWTH_REPORT_SECONDS", "1s", "Must be a number from 0.001 to 3600."),
            ("GROWTH_LOG_LEVEL", "debug", "Must be one of: DEBUG, INFO, WARNING, ERROR."),
            *(
                ("GROWTH_TRACKER_ORIGINS", origin, "such as https://www.example.com.")
                for origin in (
                    "*",
                    "example.com",
                    "https://e.com/x",
                    "https://e.com,null",
                    "ftp://e",
                    "https://e:0",
                    "https://e:99999",
                    "https://e..com",
                    "https://[1:2]",
                )
            ),
        ],
    )
    def it_is_refused_with_its_name_its_value_and_what_is_allowed(
        self, name: str, text: str, allowed: str
    ) -> None:
        message = refusal(**{name: text})

        assert message.startswith(f"{name}={text!r}: ")
        assert message.endswith(allowed)

    def it_is_refused_together_with_all_others(self) -> None:
        lines = refusal(PORT="web", GROWTH_THREADS="many", GROWTH_LOG_LEVEL="loud").splitlines()

        assert [line.partition("=")[0] for line in lines] == [
            "GROWTH_LOG_LEVEL",
            "GROWTH_THREADS",
            "PORT",
        ]

    def it_is_refused_when_there_is_none_such(self) -> None:
        assert refusal(GROWTH_LOOKBACK="30") == (
            "GROWTH_LOOKBACK: there is no such setting; did you mean GROWTH_LOOKBACK_DAYS?"
        )
        assert "config/growth.env lists all settings" in refusal(GROWTH_XYZZY="1")


class DescribeATokensSetting:
    @pytest.mark.parametrize("name", ["GROWTH_WRITE_TOKENS", "GROWTH_READ_TOKENS"])
    @pytest.mark.parametrize("token", ["s3cret", "a-name-of-16-chars:s3cret", "a:"])
    def it_refuses_a_short_token_without_showing_it(self, name: str, token: str) -> None:
        message = refusal(**{name: f"{TOKEN},{token}"})

        assert message == f"{name}=(hidden): Each token must have at least 16 characters."

    def it_refuses_a_secret_that_is_none_without_showing_it(self) -> None:
        assert refusal(GROWTH_WEBHOOK_SECRETS=f"{SECRET},whsec_s3cret") == (
            "GROWTH_WEBHOOK_SECRETS=(hidden): "
            "Each secret must be base64 of 24 to 64 bytes, with or without the prefix whsec_."
        )

    @pytest.mark.parametrize("name", sorted(HIDDEN - {"GROWTH_WEBHOOK_SECRETS", "DATABASE_URL"}))
    def it_stays_out_of_the_representation(self, name: str) -> None:
        settings = load_settings({name: TOKEN})

        assert TOKEN not in repr(settings)
        assert settings.secrets == (TOKEN,)


class DescribeASecretInAFile:
    def it_is_read_from_the_file_that_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "tokens"
        file.write_text(f"{TOKEN}\nshop:{TOKEN}2\n", "utf-8")

        settings = load_settings({"GROWTH_WRITE_TOKENS_FILE": str(file)})

        assert settings.write_tokens == (("", TOKEN), ("shop", f"{TOKEN}2"))

    @pytest.mark.parametrize("name", sorted(HIDDEN))
    def it_is_any_secret(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text(f"{SECRET}\n", "utf-8")

        settings = load_settings({f"{name}_FILE": str(tmp_path / "secret")})

        assert SECRET in (*settings.secrets, settings.database_url)

    def it_is_refused_when_it_cannot_be_read(self) -> None:
        message = refusal(GROWTH_READ_TOKENS_FILE="/nowhere/tokens")

        assert message.startswith("GROWTH_READ_TOKENS_FILE='/nowhere/tokens': cannot be read: ")

    def it_is_refused_when_the_variable_is_set_too(self) -> None:
        assert refusal(GROWTH_READ_TOKENS_FILE="/x", GROWTH_READ_TOKENS=TOKEN) == (
            "GROWTH_READ_TOKENS and GROWTH_READ_TOKENS_FILE are both set; set one of them"
        )

    def it_is_refused_for_what_is_no_secret(self) -> None:
        assert "GROWTH_THREADS_FILE: there is no such setting" in refusal(GROWTH_THREADS_FILE="/x")


class DescribeBeyondLoopback:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "growth.example"])
    @pytest.mark.parametrize("tokens", [{}, {"GROWTH_READ_TOKENS": TOKEN}])
    def it_needs_tokens_of_both_kinds(self, host: str, tokens: dict[str, str]) -> None:
        assert refusal(HOST=host, **tokens) == (
            f"HOST={host!r}: set GROWTH_READ_TOKENS, and GROWTH_WRITE_TOKENS or "
            "GROWTH_WEBHOOK_SECRETS; without them HOST must be one of 127.0.0.1, localhost, ::1."
        )

    @pytest.mark.parametrize(
        "writing", [{"GROWTH_WRITE_TOKENS": TOKEN}, {"GROWTH_WEBHOOK_SECRETS": SECRET}]
    )
    def it_serves_with_them(self, writing: dict[str, str]) -> None:
        settings = load_settings({"HOST": "0.0.0.0", "GROWTH_READ_TOKENS": TOKEN, **writing})

        assert settings.host not in LOOPBACK


class DescribeServiceLinks:
    @pytest.mark.parametrize(
        "name", ["GROWTH_SERVICE_HOST", "GROWTH_PORT", "GROWTH_PORT_8000_TCP_ADDR"]
    )
    def it_passes_over_what_kubernetes_tells_of_a_service_called_growth(self, name: str) -> None:
        assert load_settings({name: "tcp://10.0.0.1:8000"}) == load_settings({})
