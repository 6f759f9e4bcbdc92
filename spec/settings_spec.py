"""Settings: read from the environment, one variable each, and refused with a reason."""

from pathlib import Path

import pytest

from growth.settings import SECRET as SECRETS
from growth.settings import Settings, SettingsError, SettingsSchema, defaults, load_settings

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
        assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 8000, 32)
        assert settings.conversions == ("signup", "trial", "purchase", "lead")
        assert (settings.lookback_days, settings.report_seconds) == (90, 10)
        assert (settings.site_hosts, settings.sources) == ((), None)
        assert (settings.write_tokens, settings.read_tokens) == ((), ())
        assert settings.is_loopback

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
            ("GROWTH_WRITE_TOKENS", f"{TOKEN},{TOKEN}2", "write_tokens", (TOKEN, f"{TOKEN}2")),
            ("GROWTH_READ_TOKENS", TOKEN, "read_tokens", (TOKEN,)),
            ("GROWTH_WEBHOOK_SECRETS", SECRET, "webhook_secrets", (SECRET,)),
            ("GROWTH_REJECTS_DAYS", "0", "rejects_days", 0),
            ("GROWTH_GOOGLE_ADS_KEY", "a, b", "google_ads_key", "a, b"),
            ("GROWTH_META_APP_SECRET", "s", "meta_app_secret", "s"),
            ("GROWTH_META_VERIFY_TOKEN", "t", "meta_verify_token", "t"),
            ("GROWTH_SEGMENT_WRITE_KEYS", "k1,k2", "segment_write_keys", ("k1", "k2")),
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
            (
                "DATABASE_URL",
                "mysql://x",
                "Must be sqlite:///path, sqlite:////absolute/path or postgresql://….",
            ),
            (
                "DATABASE_URL",
                "sqlite:///",
                "Must be sqlite:///path, sqlite:////absolute/path or postgresql://….",
            ),
            ("PORT", "web", "Must be a whole number from 1 to 65535."),
            ("PORT", "80.5", "Must be a whole number from 1 to 65535."),
            ("PORT", "0", "Must be greater than or equal to 1 and less than or equal to 65535."),
            ("PORT", "65536", "less than or equal to 65535."),
            ("GROWTH_THREADS", "0", "less than or equal to 256."),
            ("GROWTH_QUEUE_SIZE", "-1", "less than or equal to 100000."),
            ("GROWTH_LOOKBACK_DAYS", "3651", "less than or equal to 3650."),
            ("GROWTH_CONVERSIONS", " , ", "Must name at least one event."),
            ("GROWTH_REJECTS_DAYS", "-1", "less than or equal to 3650."),
            ("GROWTH_RETURN_PATHS", "welcome", "may end in *, such as /welcome*."),
            ("GROWTH_RETURN_PATHS", "/a,/b/*/c", "may end in *, such as /welcome*."),
            ("GROWTH_RETURN_PATHS", "https://a.example/", "may end in *, such as /welcome*."),
            ("GROWTH_SOURCES", "/nowhere.toml", "Must be the path of a file that is there."),
            ("GROWTH_REPORT_SECONDS", "0", "less than or equal to 3600."),
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
        assert "config/growth.env lists them all" in refusal(GROWTH_XYZZY="1")


class DescribeATokensSetting:
    @pytest.mark.parametrize("name", ["GROWTH_WRITE_TOKENS", "GROWTH_READ_TOKENS"])
    def it_refuses_a_short_token_without_showing_it(self, name: str) -> None:
        message = refusal(**{name: f"{TOKEN},s3cret"})

        assert message == f"{name}=(hidden): Each token must have at least 16 characters."

    def it_refuses_a_secret_that_is_none_without_showing_it(self) -> None:
        assert refusal(GROWTH_WEBHOOK_SECRETS=f"{SECRET},whsec_s3cret") == (
            "GROWTH_WEBHOOK_SECRETS=(hidden): "
            "Each secret must be whsec_ and base64 of 24 to 64 bytes."
        )

    @pytest.mark.parametrize("name", sorted(SECRETS - {"GROWTH_WEBHOOK_SECRETS"}))
    def it_stays_out_of_the_representation(self, name: str) -> None:
        settings = load_settings({name: TOKEN})

        assert TOKEN not in repr(settings)
        assert settings.secrets == (TOKEN,)


class DescribeBeyondLoopback:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "growth.example"])
    @pytest.mark.parametrize("tokens", [{}, {"GROWTH_READ_TOKENS": TOKEN}])
    def it_needs_tokens_of_both_kinds(self, host: str, tokens: dict[str, str]) -> None:
        assert refusal(HOST=host, **tokens) == (
            f"HOST={host!r}: beyond loopback GROWTH_WRITE_TOKENS or GROWTH_WEBHOOK_SECRETS, and "
            "GROWTH_READ_TOKENS must be set; without them only 127.0.0.1, localhost, ::1 are "
            "allowed."
        )

    @pytest.mark.parametrize(
        "writing", [{"GROWTH_WRITE_TOKENS": TOKEN}, {"GROWTH_WEBHOOK_SECRETS": SECRET}]
    )
    def it_serves_with_them(self, writing: dict[str, str]) -> None:
        settings = load_settings({"HOST": "0.0.0.0", "GROWTH_READ_TOKENS": TOKEN, **writing})

        assert not settings.is_loopback


class DescribeServiceLinks:
    @pytest.mark.parametrize(
        "name", ["GROWTH_SERVICE_HOST", "GROWTH_PORT", "GROWTH_PORT_8000_TCP_ADDR"]
    )
    def it_passes_over_what_kubernetes_tells_of_a_service_called_growth(self, name: str) -> None:
        assert load_settings({name: "tcp://10.0.0.1:8000"}) == load_settings({})
