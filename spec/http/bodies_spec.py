"""Request bodies: their formats, their limits, and what is refused."""

import gzip
import json
import zlib
from collections.abc import Callable

import pytest
from service import Service, event, pageview, problem

from growth.database.tables import EventRecord, PageviewRecord
from growth.http.bodies import MAX_ANONYMOUS_BODY, MAX_BODY, MAX_ITEMS
from growth.http.strict_json import MAX_ITEM

NDJSON = "application/x-ndjson"
TOKEN, ORIGIN = "a-token-of-16-characters", "https://www.shop.example"
GOOD = json.dumps(pageview())
OTHER = json.dumps(pageview(url="https://www.example.com/other"))


def padded(size: int) -> str:
    """A good pageview of exactly `size` bytes."""
    text = json.dumps(pageview(more=""))
    return text[:-2] + "x" * (size - len(text)) + '"}'


class DescribeTheBody:
    @pytest.mark.parametrize(
        ("body", "kind", "stored"),
        [
            pytest.param(GOOD, "application/json", 1, id="object"),
            pytest.param(GOOD, "Application/JSON; charset=utf-8", 1, id="with-charset"),
            pytest.param(f"\n {GOOD}\r\n", "application/json", 1, id="padded"),
            pytest.param(f"[{GOOD},{OTHER}]", "application/json", 2, id="array"),
            pytest.param(f"{GOOD}\n{OTHER}", NDJSON, 2, id="ndjson"),
            pytest.param(f"\n{GOOD}\r\n\n{OTHER}\r\n", NDJSON, 2, id="ndjson-with-blank-lines"),
            pytest.param("[]", "application/json", 0, id="nothing"),
        ],
    )
    def it_holds_one_item_or_many(
        self, service: Service, body: str, kind: str, stored: int
    ) -> None:
        result = service.send("/pageviews", body, kind)

        assert result.json == {"stored": stored, "duplicates": 0, "rejected": []}
        assert service.facts() == stored

    @pytest.mark.parametrize(
        ("more", "detail"),
        [
            ('"value":NaN', "Not JSON: unexpected character, expected a JSON value"),
            ('"value":' + "9" * 5_000, "Not JSON: number is infinity when parsed as double"),
            ('"value":18446744073709551616', "A number is past 64 bits, or not finite."),
            ('"x":{"a":[-9223372036854775809]}', "A number is past 64 bits, or not finite."),
            (r'"x":["a\u0000"]', "A string holds a NUL character."),
            (r'"x":{"\u0000":1}', "A string holds a NUL character."),
            ('"x":' + "[" * 300 + "]" * 300, "An item nests more than 250 deep"),
        ],
    )
    def it_is_told_what_is_wrong(self, service: Service, more: str, detail: str) -> None:
        told = problem(service.send("/pageviews", f"{GOOD[:-1]},{more}}}"), 400)

        assert told["detail"].startswith(detail)

    def it_counts_the_last_of_two_keys_alike(self, service: Service) -> None:
        body = GOOD[:-1] + ',"x":{"a":1,"a":1},"url":"https://e.com/last"}'

        assert service.send("/pageviews", body).json["stored"] == 1
        assert PageviewRecord.get().url == "https://e.com/last"

    @pytest.mark.parametrize("number", ["18446744073709551615", "-9223372036854775808", "1e18"])
    def it_takes_numbers_of_64_bits(self, service: Service, number: str) -> None:
        body = json.dumps(event())[:-1] + f',"data":{{"a":{number}}}}}'

        assert service.send("/events", body).json["stored"] == 1
        assert json.loads(EventRecord.get().data) == {"a": json.loads(number)}

    def it_is_not_parsed_when_it_has_too_many_lines(self, service: Service) -> None:
        told = problem(service.send("/pageviews", "{\n" * 501, NDJSON), 413)

        assert told["detail"] == "A request has at most 500 items; it had 501."

    @pytest.mark.parametrize("kind", ["text/html", "application/xml", "multipart/form-data"])
    def it_is_json(self, service: Service, kind: str) -> None:
        told = problem(service.send("/pageviews", GOOD, kind), 415)

        assert told["detail"] == "Send application/json or application/x-ndjson."

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b" \n", id="blank"),
            pytest.param(b"{", id="cut-short"),
            pytest.param(GOOD.encode() + b"x", id="trailing-garbage"),
            pytest.param(GOOD.encode() * 2, id="two-objects"),
            pytest.param(GOOD.encode()[:-1] + b',"value":NaN}', id="nan"),
            pytest.param(GOOD.encode()[:-1] + b',"value":-Infinity}', id="infinity"),
            pytest.param(GOOD.encode()[:-1] + b',"value":1e999}', id="float-past-64-bits"),
            pytest.param(GOOD.encode()[:-1] + b',"value":' + b"9" * 5_000 + b"}", id="5000-digits"),
            pytest.param(b"[" * 100_000, id="bomb-of-arrays"),
            pytest.param(b'{"a":' * 100_000, id="bomb-of-objects"),
            pytest.param(b"[" * 100_000 + b"]" * 100_000, id="closed-bomb"),
            pytest.param(GOOD.replace("b998", r"b\ud83d998").encode(), id="lone-surrogate"),
            pytest.param(GOOD.replace("b998", r"b\u0000998").encode(), id="escaped-nul"),
            pytest.param(GOOD.replace("b998", r"b\\\u0000998").encode(), id="backslash-and-nul"),
            pytest.param(GOOD.replace("b998", "b\x00998").encode(), id="nul"),
            pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="bom"),
            pytest.param(GOOD.encode("utf-16"), id="utf-16"),
            pytest.param(GOOD.replace("b998", "bü998").encode("latin-1"), id="latin-1"),
            pytest.param(GOOD.encode()[:-1] + b',"x":"\xed\xa0\x80"}', id="surrogate-in-utf-8"),
            pytest.param(GOOD.replace('"', "'").encode(), id="single-quotes"),
            pytest.param(b"// hi\n" + GOOD.encode(), id="comment"),
        ],
    )
    def it_is_strict(self, service: Service, body: bytes) -> None:
        problem(service.send("/pageviews", body), 400)

        assert service.facts() == 0

    @pytest.mark.parametrize("body", [b"1", b'"text"', b"null", b"true"])
    def it_is_an_object(self, service: Service, body: bytes) -> None:
        told = problem(service.send("/pageviews", body), 422)

        assert told["errors"] == {"_schema": ["Must be a JSON object."]}

    @pytest.mark.parametrize("text", [r"\\u0000", r"\ud83d\ude00", "😀"])
    def it_keeps_what_only_looks_wrong(self, service: Service, text: str) -> None:
        assert service.send("/pageviews", GOOD.replace("b998", text)).status_code == 200


class DescribeAnItemOfABatch:
    @pytest.mark.parametrize(
        ("item", "message"),
        [
            pytest.param('{"url":"\\u0000"}', "A string holds a NUL character.", id="nul"),
            pytest.param('{"id":99999999999999999999}', "A number is past 64 bits", id="number"),
            pytest.param("[" * 300 + "]" * 300, "An item nests more than 250 deep", id="deep"),
            pytest.param("null", "Must be a JSON object.", id="null"),
        ],
    )
    def it_is_rejected_alone(self, service: Service, item: str, message: str) -> None:
        result = service.send("/pageviews", f"[{GOOD},{item},{OTHER}]")

        assert (result.status_code, result.json["stored"]) == (200, 2)
        (rejected,) = result.json["rejected"]
        assert rejected["index"] == 1
        assert rejected["errors"]["_schema"][0].startswith(message)

    def it_is_counted_before_any_is_looked_at(self, service: Service) -> None:
        large = json.dumps("x" * 3_000)

        told = problem(service.send("/pageviews", f"[{','.join([large] * 501)}]"), 413)

        assert told["detail"] == "A request has at most 500 items; it had 501."


class DescribeALineOfNdjson:
    @pytest.mark.parametrize(
        ("line", "message"),
        [
            pytest.param("{bad}", "Not JSON: ", id="not-json"),
            pytest.param('{"value":NaN}', "Not JSON: unexpected character", id="nan"),
            pytest.param("[" * 2_000, "Not JSON: depth limit exceeded", id="nested"),
            pytest.param(padded(MAX_ITEM + 1), "An item has at most 32768 bytes.", id="large"),
            pytest.param("[]", "Must be a JSON object.", id="array"),
        ],
    )
    def it_is_rejected_alone(self, service: Service, line: str, message: str) -> None:
        result = service.send("/pageviews", f"{GOOD}\n{line}\n{OTHER}\n", NDJSON)

        assert result.status_code == 200
        assert result.json["stored"] == 2
        (rejected,) = result.json["rejected"]
        assert rejected["index"] == 1
        assert rejected["errors"]["_schema"][0].startswith(message)


class DescribeTheLimits:
    def it_takes_an_item_of_32_kib(self, service: Service) -> None:
        assert service.send("/pageviews", padded(MAX_ITEM)).status_code == 200

    def it_refuses_a_larger_item(self, service: Service) -> None:
        told = problem(service.send("/pageviews", padded(MAX_ITEM + 1)), 413)

        assert told["detail"] == "An item has at most 32768 bytes."

    def it_rejects_a_larger_item_of_a_batch_alone(self, service: Service) -> None:
        result = service.send("/pageviews", f"[{GOOD},{padded(MAX_ITEM + 10)}]")

        assert result.json["stored"] == 1
        assert result.json["rejected"] == [
            {"index": 1, "errors": {"_schema": ["An item has at most 32768 bytes."]}}
        ]

    def it_takes_500_items(self, service: Service) -> None:
        items = [pageview(id=str(place + 1)) for place in range(MAX_ITEMS)]

        assert service.store("/pageviews", *items)["stored"] == 500

    @pytest.mark.parametrize("glue", [",", "\n"])
    def it_refuses_one_more(self, service: Service, glue: str) -> None:
        lines = glue.join([GOOD] * (MAX_ITEMS + 1))
        kind, body = ("application/json", f"[{lines}]") if glue == "," else (NDJSON, lines)

        told = problem(service.send("/pageviews", body, kind), 413)

        assert told["detail"] == "A request has at most 500 items; it had 501."
        assert service.facts() == 0

    def it_takes_a_body_of_2_mib(self, service: Service) -> None:
        body = GOOD + "\n" * (MAX_BODY - len(GOOD))

        assert service.send("/pageviews", body, NDJSON).status_code == 200

    def it_refuses_a_larger_body(self, service: Service) -> None:
        problem(service.send("/pageviews", GOOD.ljust(MAX_BODY + 1), NDJSON), 413)

        assert service.facts() == 0

    def it_takes_64_kib_where_the_origin_of_a_page_is_all_that_lets_it_in(
        self, make_service: Callable[..., Service]
    ) -> None:
        service = make_service(GROWTH_WRITE_TOKENS=TOKEN, GROWTH_TRACKER_ORIGINS=ORIGIN)
        body = GOOD + "\n" * (MAX_ANONYMOUS_BODY - len(GOOD))

        for more, status in (("", 200), ("\n", 413)):
            answer = service.send("/pageviews", body + more, NDJSON, Origin=ORIGIN)
            assert answer.status_code == status
        trusted = service.send(
            "/pageviews", body + "\n", NDJSON, Authorization=f"Bearer {TOKEN}", Origin=ORIGIN
        )
        assert trusted.status_code == 200


class DescribeGzip:
    def it_is_understood(self, service: Service) -> None:
        body = gzip.compress(GOOD.encode())

        assert service.send("/pageviews", body, Content_Encoding="gzip").json["stored"] == 1

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"", id="empty"),
            pytest.param(GOOD.encode(), id="plain"),
            pytest.param(zlib.compress(GOOD.encode()), id="zlib"),
            pytest.param(gzip.compress(GOOD.encode())[:-4], id="cut-short"),
            pytest.param(gzip.compress(GOOD.encode()) + b"x", id="trailing-garbage"),
            pytest.param(gzip.compress(GOOD.encode()) * 2, id="two-objects"),
            pytest.param(gzip.compress(b" ") + gzip.compress(b"{}")[:-4], id="second-cut-short"),
            pytest.param(gzip.compress(b""), id="of-nothing"),
        ],
    )
    def it_is_strict(self, service: Service, body: bytes) -> None:
        problem(service.send("/pageviews", body, Content_Encoding="gzip"), 400)

        assert service.facts() == 0

    @pytest.mark.parametrize("size", [1, 7, 50, 1_000])
    def it_may_have_many_members(self, service: Service, size: int) -> None:
        body = f"{GOOD}\n{OTHER}".encode()
        parts = [body[start : start + size] for start in range(0, len(body), size)]

        result = service.send(
            "/pageviews", b"".join(map(gzip.compress, parts)), NDJSON, Content_Encoding="gzip"
        )

        assert result.json["stored"] == 2

    @pytest.mark.parametrize("inflated", [MAX_BODY + 1, 20 * MAX_BODY])
    def it_is_bounded_after_inflating(self, service: Service, inflated: int) -> None:
        bomb = gzip.compress(b" " * inflated)

        for body in (bomb, gzip.compress(b" ") + bomb):
            told = problem(service.send("/pageviews", body, Content_Encoding="gzip"), 413)
            assert told["detail"] == "A request has at most 2097152 bytes after inflating."

    @pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
    def it_is_the_only_encoding(self, service: Service, encoding: str) -> None:
        problem(service.send("/pageviews", GOOD, Content_Encoding=encoding), 415)
