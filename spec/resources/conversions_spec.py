"""GET /attribution?by=conversion: the feed of conversions."""

from typing import Any

from service import Service, event, pageview

from growth.attribution.facts import SECOND
from growth.schemas.times import format_time

AD = "https://www.example.com/?utm_source=facebook&utm_medium=paid&gclid=Ab-c_9"


def feed(service: Service, **params: Any) -> list[tuple[str, int, bool]]:
    """The id and revision of each conversion, and whether it was retracted, in their order."""
    answer = service.ask(by="conversion", **params)
    return [(each["id"], each["revision"], each["retracted"]) for each in answer["results"]]


class DescribeTheFeed:
    def it_lists_conversions_newest_first_with_whose_they_are(self, service: Service) -> None:
        service.store("/pageviews", pageview(url=AD))
        service.store(
            "/events",
            event(id="s-1", user_id="u-1"),
            event(id="p-1", name="purchase", user_id="u-1", created_at="2026-11-21T11:00:00Z"),
            event(id="s-2", fingerprint="other", created_at="2026-11-20T11:30:00Z"),
            event(id="x-1", name="click", created_at="2026-11-20T12:00:00Z"),
        )

        results = service.ask(by="conversion")["results"]

        assert [
            (each["id"], each["event"], each["user_id"], each["fingerprint"]) for each in results
        ] == [
            ("p-1", "purchase", "u-1", "b998"),
            ("s-2", "signup", None, "other"),
            ("s-1", "signup", "u-1", "b998"),
        ]
        assert results[0]["last_click"]["click_ids"] == {"gclid": "Ab-c_9"}
        assert results[0]["last_click"]["at"] == "2026-11-20T10:00:00Z"

    def it_has_a_stable_id_for_an_event_without_one(self, service: Service) -> None:
        service.store("/events", event())

        (first,), (again,) = feed(service), feed(service)

        assert first == again
        assert len(first[0]) == 32

    def it_keeps_what_is_asked_for(self, service: Service) -> None:
        service.store(
            "/events",
            event(id="a", user_id="u-1", created_at="2026-11-18T00:00:00Z"),
            event(id="b", name="trial", user_id="u-1", created_at="2026-11-19T00:00:00Z"),
            event(id="c", fingerprint="other", created_at="2026-11-20T00:00:00Z"),
        )

        def ids(**params: str) -> str:
            return "".join(found for found, _, _ in feed(service, **params))

        assert ids() == "cba"
        assert ids(event="signup") == "ca"
        assert ids(user_id="u-1") == "ba"
        assert ids(fingerprint="other") == "c"
        assert ids(user_id="u-1", fingerprint="other") == ""
        assert ids(start="2026-11-19", to="2026-11-20") == "b"

    def it_includes_touches(self, service: Service) -> None:
        service.store("/pageviews", pageview(url=AD))
        service.store("/events", event())

        (result,) = service.ask(by="conversion", include="touches")["results"]

        (touch,) = result["touches"]
        assert touch["source"] == "facebook"
        assert set(touch["credit"].values()) == {1.0}

    def it_is_complete_up_to_as_of(self, service: Service) -> None:
        assert service.ask(by="conversion")["as_of"] is None
        service.store("/events", event(id="a"))

        assert service.ask(by="conversion")["as_of"] == format_time(service.now)


class DescribeChangedSince:
    def it_lists_what_was_attributed_or_attributed_anew(self, service: Service) -> None:
        service.store("/events", event(id="a"), event(id="b", fingerprint="other"))
        service.now += SECOND
        since = format_time(service.now)
        assert feed(service, changed_since=since) == []

        service.store("/pageviews", pageview(url=AD))

        assert feed(service, changed_since=since) == [("a", 2, False)]
        assert service.ask(by="conversion")["as_of"] == since

    def it_lists_what_was_taken_back(self, service: Service) -> None:
        service.store("/events", event(id="late"))
        service.now += SECOND
        since = format_time(service.now)

        service.store("/events", event(id="early", created_at="2026-11-20T09:00:00Z"))

        assert feed(service, changed_since=since) == [("late", 2, True), ("early", 1, False)]
        assert feed(service) == [("early", 1, False)]

    def it_leaves_out_what_never_counted(self, service: Service) -> None:
        service.store("/events", event(id="a"), event(id="b", created_at="2026-11-21T00:00:00Z"))

        assert feed(service, changed_since="2026-11-01") == [("a", 1, False)]
