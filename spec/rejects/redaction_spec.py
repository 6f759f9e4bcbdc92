"""Redaction removes the values of fields that are named like secrets. JSON stays JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from growth.rejects.redaction import names_secret, redact

OURS = "write-token-0001"


class DescribeNames:
    @pytest.mark.parametrize(
        "name",
        [
            *("secret", "client_secret", "clientSecret", "CLIENT-SECRET", "token", "Access_Token"),
            *("accessToken", "password", "passwd", "password_confirmation", "passphrase", "pwd"),
            *("signature", "X-Hub-Signature-256", "authorization", "credentials"),
            *("api_key", "apiKey", "API Key", "x-api-key", "write_key", "writeKey", "google_key"),
        ],
    )
    def it_names_a_secret(self, name: str) -> None:
        assert names_secret(name)

    @pytest.mark.parametrize(
        "name",
        [
            *("sort_key", "key", "primary_key", "keyword", "monkey", "url", "user_id", "author"),
            *("pass", "passenger", "compass", "sign", "design", "session_id", "value"),
        ],
    )
    def it_names_none(self, name: str) -> None:
        assert not names_secret(name)


class DescribeJson:
    @pytest.mark.parametrize(
        ("value", "kept"),
        [
            ({"google_key": "s3"}, {"google_key": "(removed)"}),
            ({"secret": 123, "b": 1}, {"secret": "(removed)", "b": 1}),
            ({"password": {"old": "s3", "new": "s3"}}, {"password": "(removed)"}),
            ({"tokens": ["s3", "s3"]}, {"tokens": "(removed)"}),
            ({"token": None, "sort_key": "a"}, {"token": None, "sort_key": "a"}),
            ({"a": [{"b": {"api_key": "s3"}}]}, {"a": [{"b": {"api_key": "(removed)"}}]}),
            ([[{"pwd": True}], "x"], [[{"pwd": "(removed)"}], "x"]),
            ({"p\u0061ssword": "s3"}, {"password": "(removed)"}),
            ({"data": '{"token": "s3", "a": 1}'}, {"data": '{"token": "(removed)", "a": 1}'}),
            ({"data": '{"token": "s3'}, {"data": '{"token(removed)'}),
            (
                {"url": "https://e.com/?token=s3&b=1&api_key=s3#access_token=s3"},
                {
                    "url": "https://e.com/?token=(removed)&b=1&api_key=(removed)#access_token=(removed)"
                },
            ),
            ({"url": "https://e.com/?gclid=1"}, {"url": "https://e.com/?gclid=1"}),
            ({"name": "a token of love"}, {"name": "a token of love"}),
        ],
    )
    @pytest.mark.parametrize("is_ascii", [True, False])
    def it_stays_json(self, value: Any, kept: Any, is_ascii: bool) -> None:
        text = json.dumps(value, ensure_ascii=is_ascii)

        assert json.loads(redact(text)) == kept

    def it_is_read_with_its_escapes(self) -> None:
        assert json.loads(redact('{"p\\u0061ssword": "s3"}')) == {"password": "(removed)"}

    def it_can_be_encoded(self) -> None:
        assert redact('{"token": "s3", "a": "\\ud800"}') == (
            '{"token": "(removed)", "a": "\\ud800"}'
        )

    @pytest.mark.parametrize("text", ['{"a":  1}', '{"n": 18446744073709551616, "é": 1.10}', "7"])
    def it_is_left_as_it_is_without_a_secret(self, text: str) -> None:
        assert redact(text) == text

    @pytest.mark.parametrize("secret", [OURS, 'with"quote-0001', "mit-ümlaut-0001"])
    def it_holds_no_secret_of_ours(self, secret: str) -> None:
        text = json.dumps({"note": f"my {secret}!"}, ensure_ascii=False)

        assert json.loads(redact(text, [secret])) == {"note": "my (removed)!"}

    def it_keeps_a_short_secret_of_ours_which_may_be_any_word(self) -> None:
        assert redact('{"a": "summer"}', ["summer"]) == '{"a": "summer"}'


class DescribeTextThatIsNoJson:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ('{"password": "s3', '{"password(removed)'),
            ('{"a": 1, "Access_Token":"s3\\"s3", "b": 1', '{"a": 1, "Access_Token(removed)'),
            ("a=1&api-key=s3&b=2", "a=1&api-key(removed)"),
            ('{"p\\u0061ssword": "s3', '{"password(removed)'),
            ("to.k_en: s3", "(removed)"),
            ('{"é": "x", "pwd: s3', '{"é": "x", "pwd(removed)'),
            ("{", "{"),
            ('{"sort_key": 1', '{"sort_key": 1'),
            ("\x00{", "\ufffd{"),
            ("[" * 2_000 + '"token": 1', "[" * 2_000 + '"token(removed)'),
        ],
    )
    def it_is_cut_after_the_name_of_a_secret(self, text: str, kept: str) -> None:
        assert redact(text) == kept

    def it_holds_no_secret_of_ours(self) -> None:
        assert redact(f"x {OURS} y", [OURS]) == "x (removed) y"
