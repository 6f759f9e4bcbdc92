"""The schemas of pageviews and events, and the facts made from valid bodies."""

from typing import Any

import pytest
from marshmallow import ValidationError
from service import NOW, event, pageview, without

from growth.attribution.facts import MINUTE, SECOND, Event, Fact, Pageview
from growth.schemas.facts import EventSchema, PageviewSchema, load_fact

MISTAKES = ["", " ", "null", "NULL", "nil", "None", "undefined", "NaN", "unknown", "0", 0, None]


def load(item: Any, received_at: int = NOW) -> Fact:
    is_event = isinstance(item, dict) and "name" in item
    return load_fact(EventSchema() if is_event else PageviewSchema(), item, received_at)


def load_event(**fields: Any) -> Event:
    fact = load(event(**fields))
    assert isinstance(fact, Event)
    return fact


def errors_of(item: Any, schema: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        load_fact(schema, item, NOW)
    return caught.value.messages


class DescribeAPageview:
    def it_carries_all_its_fields(self) -> None:
        fact = load(
            pageview(
                id="p-1",
                user_id="u-1",
                referrer_url="https://www.google.de/",
                country="de",
                user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/125.0",
                more="ignored",
            )
        )

        assert isinstance(fact, Pageview)
        assert (fact.fingerprint, fact.user_id, fact.fact_id) == ("b998", "u-1", "p-1")
        assert (fact.url, fact.referrer_url) == (
            "https://www.example.com/en",
            "https://www.google.de/",
        )
        assert (fact.country, fact.is_bot) == ("DE", False)

    def it_is_flagged_when_a_crawler_saw_the_page(self) -> None:
        agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

        fact = load(pageview(user_agent=agent))

        assert isinstance(fact, Pageview)
        assert fact.is_bot

    @pytest.mark.parametrize(
        ("item", "field"),
        [
            pytest.param(without(pageview(), "fingerprint"), "fingerprint", id="no-fingerprint"),
            pytest.param(without(pageview(), "url"), "url", id="no-url"),
            pytest.param(pageview(url=None), "url", id="null-url"),
            pytest.param(pageview(url="/en"), "url", id="relative-url"),
            pytest.param(pageview(url=1), "url", id="number-as-url"),
            pytest.param(pageview(fingerprint=1.5), "fingerprint", id="fraction-as-fingerprint"),
            pytest.param(pageview(created_at="2026-11-20"), "created_at", id="day-alone"),
            pytest.param(
                without(pageview(timestamp="2026-11-20"), "created_at"), "timestamp", id="timestamp"
            ),
            pytest.param(pageview(fingerprint="f" * 256), "fingerprint", id="long-fingerprint"),
            pytest.param(pageview(fingerprint=["b998"]), "fingerprint", id="list-of-fingerprints"),
            pytest.param(pageview(referrer_url={}), "referrer_url", id="object-as-referrer"),
            pytest.param(pageview(country="DEU"), "country", id="three-letter-country"),
            pytest.param(pageview(country="äö"), "country", id="country-beyond-ascii"),
            pytest.param(pageview(user_agent="x" * 1_025), "user_agent", id="long-user-agent"),
            pytest.param(pageview(created_at="soon"), "created_at", id="no-time"),
            pytest.param(pageview(created_at=1674223341), "created_at", id="unix-time"),
        ],
    )
    def it_is_refused(self, item: dict[str, Any], field: str) -> None:
        assert list(errors_of(item, PageviewSchema())) == [field]

    @pytest.mark.parametrize("mistake", MISTAKES)
    def it_is_refused_with_a_mistake_as_fingerprint(self, mistake: Any) -> None:
        found = errors_of(pageview(fingerprint=mistake), PageviewSchema())

        assert found == {"fingerprint": ["Must be given."]}

    @pytest.mark.parametrize("item", [None, 1, "text", [], True])
    def it_is_refused_when_it_is_no_object(self, item: Any) -> None:
        assert errors_of(item, PageviewSchema()) == {"_schema": ["Must be a JSON object."]}


class DescribeAnEvent:
    @pytest.mark.parametrize("field", ["user_id", "id", "session_id", "order_id"])
    @pytest.mark.parametrize("mistake", MISTAKES)
    def it_takes_a_mistaken_id_as_absent(self, field: str, mistake: Any) -> None:
        fact = load_event(**{field: mistake})

        found = (fact.user_id, fact.fact_id, fact.session_id, fact.order_id)
        assert found == (None, None, None, None)

    @pytest.mark.parametrize("field", ["fingerprint", "user_id", "id", "session_id", "order_id"])
    @pytest.mark.parametrize(
        ("sent", "kept"), [(42, "42"), (-1, "-1"), (" a ", "a"), ("\t7\n", "7")]
    )
    def it_takes_whole_numbers_as_ids_and_trims_them(
        self, field: str, sent: Any, kept: str
    ) -> None:
        fact = load_event(**{field: sent})

        assert getattr(fact, {"id": "fact_id"}.get(field, field)) == kept

    @pytest.mark.parametrize("session", ["s-1", 42, " s-1 "])
    def it_does_with_a_session_alone(self, session: Any) -> None:
        fact = load({"name": "click", "session_id": session, "user_id": "0"})

        assert isinstance(fact, Event)
        assert fact.fingerprint == fact.session_id == str(session).strip()

    def it_keeps_its_session_beside_another_id(self) -> None:
        fact = load(without(event(user_id="u-1", session_id="s-1"), "fingerprint"))

        assert isinstance(fact, Event)
        assert (fact.fingerprint, fact.session_id) == (None, "s-1")

    def it_takes_nulls_as_absent(self) -> None:
        names = ("user_id", "id", "value", "currency", "category", "session_id", "country", "data")

        assert load_event(**dict.fromkeys(names)) == load_event()

    def it_needs_a_fingerprint_or_a_user(self) -> None:
        found = errors_of(event(fingerprint="null", user_id=None), EventSchema())

        assert found == {"fingerprint": ["Must be given if user_id and session_id are missing."]}

    def it_does_with_a_user_alone(self) -> None:
        fact = load(without(event(user_id="u-1"), "fingerprint"))

        assert isinstance(fact, Event)
        assert fact.subject == "u:u-1"

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"name": None}, "name"),
            ({"name": " "}, "name"),
            ({"name": "n" * 101}, "name"),
            ({"value": "many"}, "value"),
            ({"value": True}, "value"),
            ({"order_id": ["o-1"]}, "order_id"),
            ({"user_id": 1.5}, "user_id"),
            ({"user_id": True}, "user_id"),
            ({"country": "ZQ"}, "country"),
            ({"currency": "BTC"}, "currency"),
            ({"currency": "EURO"}, "currency"),
            ({"currency": "E1R"}, "currency"),
            ({"category": "c" * 101}, "category"),
            ({"session_id": "s" * 256}, "session_id"),
            ({"data": "{}"}, "data"),
        ],
    )
    def it_is_refused(self, fields: dict[str, Any], name: str) -> None:
        assert list(errors_of(event(**fields), EventSchema())) == [name]

    @pytest.mark.parametrize(
        ("value", "currency", "expected"),
        [
            (9.99, "eur", (999, "EUR")),
            ("9.99", "EUR", (999, "EUR")),
            (500, "JPY", (500, "JPY")),
            ("1.234", "BHD", (1_234, "BHD")),
            (1.5, None, (1_500_000, None)),
            (None, "EUR", (None, "EUR")),
        ],
    )
    def it_counts_its_value_in_minor_units(
        self, value: Any, currency: str | None, expected: tuple[int | None, str | None]
    ) -> None:
        fact = load_event(value=value, currency=currency)

        assert (fact.value, fact.currency) == expected

    def it_keeps_the_senders_own_data(self) -> None:
        assert load_event(data={"form": {"first_name": "John"}}).data == (
            '{"form":{"first_name":"John"}}'
        )


class DescribeTheTimeOfAFact:
    def it_is_the_senders(self) -> None:
        assert load(pageview(created_at="2026-11-22T11:00:00Z")).created_at == NOW - 60 * MINUTE

    @pytest.mark.parametrize(
        "fields",
        [
            {"created_at": None, "timestamp": "2026-11-20T10:00:00Z"},
            {"created_at": "", "timestamp": "2026-11-20 10:00:00.000 UTC"},
            {"created_at": "2026-11-20T10:00:00Z", "timestamp": "2021-01-01T00:00:00Z"},
            {"created_at": "2026-11-20T10:00:00Z", "timestamp": "soon"},
        ],
    )
    def it_may_be_called_timestamp_and_created_at_wins(self, fields: dict[str, Any]) -> None:
        fact = load(pageview(**fields))

        assert (fact.created_at, fact.digest) == (
            load(pageview()).created_at,
            load(pageview()).digest,
        )

    @pytest.mark.parametrize("created_at", [None, "absent"])
    def it_is_the_time_of_receipt_when_none_is_sent(self, created_at: str | None) -> None:
        item = (
            pageview(created_at=None) if created_at is None else without(pageview(), "created_at")
        )

        assert load(item).created_at == NOW

    @pytest.mark.parametrize(
        ("created_at", "expected"),
        [
            pytest.param("2026-11-22T12:05:00Z", NOW + 5 * MINUTE, id="5-minutes-ahead-stays"),
            pytest.param("2026-11-22T12:05:00.000001Z", NOW, id="later-is-receipt"),
            pytest.param("9999-12-31T23:59:59.999999Z", NOW, id="far-future-is-receipt"),
        ],
    )
    def it_is_no_later_than_five_minutes_ahead(self, created_at: str, expected: int) -> None:
        assert load(pageview(created_at=created_at)).created_at == expected


class DescribeTheUrlOfAPage:
    @pytest.mark.parametrize(
        ("url", "kept"),
        [
            (
                "https://e.com/cb?code=4%2F0A&state=xyz",
                "https://e.com/cb?code=removed&state=removed",
            ),
            ("https://e.com/?a=1&token=s3cret#top", "https://e.com/?a=1&token=removed#top"),
            ("https://e.com/#access_token=ya29.a0&x=1", "https://e.com/#access_token=removed&x=1"),
            ("https://e.com/#/in?id_token=eyJ.e30.x", "https://e.com/#/in?id_token=removed"),
            ("https://e.com/acs?SAMLResponse=PHNhbWw%2B", "https://e.com/acs?SAMLResponse=removed"),
            ("https://e.com/?CODE=1&State=2", "https://e.com/?CODE=removed&State=removed"),
            (
                "https://e.com/?code=&promo_code=MAY&xstate=1",
                "https://e.com/?code=&promo_code=MAY&xstate=1",
            ),
            ("https://e.com/code=1?utm_source=state", "https://e.com/code=1?utm_source=state"),
        ],
    )
    def it_is_kept_without_the_values_of_secrets(self, url: str, kept: str) -> None:
        fact = load(pageview(url=url, referrer_url=url))

        assert isinstance(fact, Pageview)
        assert (fact.url, fact.referrer_url) == (kept, kept)


class DescribeTheDigestOfAFact:
    @pytest.mark.parametrize(
        "same",
        [
            {"created_at": "2026-11-20 10:00:00.000 UTC"},
            {"created_at": "2026-11-20T11:00:00+01:00"},
            {"fingerprint": " b998 "},
            {"user_id": None},
            {"user_id": "undefined"},
            {"unknown_field": 1},
        ],
    )
    def it_names_the_validated_content(self, same: dict[str, Any]) -> None:
        assert load(pageview(**same)).digest == load(pageview()).digest

    @pytest.mark.parametrize(
        "other",
        [{"fingerprint": "c"}, {"url": "https://e.com/"}, {"id": "1"}, {"user_id": "u"}],
    )
    def it_differs_with_the_content(self, other: dict[str, Any]) -> None:
        assert load(pageview(**other)).digest != load(pageview()).digest

    def it_is_the_same_whenever_the_fact_arrives(self) -> None:
        items = (pageview(), without(pageview(id="1"), "created_at"))
        for item in items:
            assert load(item).digest == load(item, NOW + SECOND).digest

    def it_is_known_by_a_name_without_id_and_time(self) -> None:
        item = without(pageview(), "created_at")
        schema = PageviewSchema()

        first, again, named, timed = (
            load_fact(schema, sent, NOW, fallback_id="msg_1 0")
            for sent in (item, item, item | {"id": "7"}, pageview())
        )

        assert (first.fact_id, first.digest) == (again.fact_id, again.digest)
        assert (first.fact_id, named.fact_id, timed.fact_id) == ("msg_1 0", "7", None)

    def it_is_new_each_time_without_id_and_time(self) -> None:
        item = without(pageview(), "created_at")

        assert load(item).digest != load(item).digest
