"""The encoding of a query string is UTF-8, with or without percent-escapes."""

import pytest
from service import Service, pageview, problem

SPRING = "https://www.example.com/?utm_source=news&utm_campaign=Fr%C3%BChling"


class DescribeAQueryString:
    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("Fr%C3%BChling", id="escaped"),
            pytest.param("Fr%c3%bchling", id="escaped in small letters"),
            pytest.param("Frühling".encode().decode("latin-1"), id="bytes, as WSGI hands them on"),
        ],
    )
    def it_is_utf_8(self, service: Service, value: str) -> None:
        service.store("/pageviews", pageview(url=SPRING))

        found = service.get("/attribution", f"by=campaign&campaign={value}").json

        assert found["query"]["filters"] == {"campaign": ["Frühling"]}
        assert found["totals"]["visits"] == 1

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            pytest.param("campaign=%ff", "campaign", id="no letter"),
            pytest.param("by=campaign&campaign=a&campaign=Fr%FChling", "campaign", id="latin 1"),
            pytest.param("event=%ED%A0%80", "event", id="half of a character"),
            pytest.param("cursor=%C3", "cursor", id="the beginning of a letter"),
            pytest.param("source=\xfc", "source", id="a byte of latin 1"),
            pytest.param("source=\xc3%BC", "source", id="a letter half escaped"),
            pytest.param("by=source&&%ff=1", "\ufffd", id="a name"),
        ],
    )
    def it_is_refused_as_anything_else(self, service: Service, query: str, name: str) -> None:
        told = problem(service.get("/attribution", query), 400)

        assert told["errors"] == {
            name: ["Must be UTF-8, with each byte outside ASCII written as %XX."]
        }


class DescribeManyUnknownParameters:
    @pytest.mark.parametrize("path", ["/attribution", "/events"])
    def it_is_a_short_400(self, service: Service, path: str) -> None:
        query = "&".join(f"unknown{number}{'x' * 200}=1" for number in range(9_000))

        result = service.client.simulate_request(
            "GET" if path == "/attribution" else "POST", path, query_string=query
        )

        told = problem(result, 400)
        assert told["detail"] == "The query is invalid; see errors, the first 20 of 9,000."
        assert len(told["errors"]) == 20
        assert len(result.text) < 20_000
