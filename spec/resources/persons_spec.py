"""GET /attribution?user_id=… and ?fingerprint=…: who brought this person."""

from typing import Any

from service import NOW, Service, event, pageview, without

from growth.schemas.times import format_time

AD = (
    "https://www.example.com/en/meet?utm_source=facebook&utm_medium=paid"
    "&utm_campaign=Resolutions&utm_content=1928&fbclid=Ab"
)


def tell_a_story(service: Service) -> None:
    """Post a Google search, an ad on the next day, a signup an hour later, and one more page."""
    service.store(
        "/pageviews",
        pageview(url="https://www.example.com/en/book", referrer_url="https://www.google.de/"),
        pageview(created_at="2026-11-20T10:01:00Z"),
        pageview(url=AD, created_at="2026-11-21T10:00:00Z"),
        pageview(created_at="2026-11-21T11:10:00Z"),
    )
    service.store("/events", event(id="s-1", user_id="u-1", created_at="2026-11-21T11:00:00.5Z"))


def only(answer: dict[str, Any]) -> dict[str, Any]:
    (result,) = answer["results"]
    found: dict[str, Any] = result
    return found


class DescribeAPerson:
    def it_is_told_with_visits_state_and_conversions(self, service: Service) -> None:
        tell_a_story(service)

        answer = service.ask(user_id="u-1")

        assert answer["next"] is None
        assert answer["query"] == {
            "by": ["user"],
            "event": None,
            "model": "last_click",
            "from": None,
            "to": None,
            "timezone": "UTC",
            "filters": {"user_id": ["u-1"]},
            "sort": "-first_visit",
            "limit": 100,
        }
        person = only(answer)
        (conversion,) = person.pop("conversions")
        first_visit = person.pop("first_visit")
        assert person == {
            "user_id": "u-1",
            "fingerprints": ["b998"],
            "state": "signup",
            "visits": 3,
            "pageviews": 4,
            "first_seen": "2026-11-20T10:00:00Z",
            "last_seen": "2026-11-21T11:10:00Z",
        }
        assert first_visit == without(conversion["first_click"], "seconds_before")

    def it_has_the_clicks_of_each_conversion(self, service: Service) -> None:
        tell_a_story(service)

        (conversion,) = only(service.ask(user_id="u-1"))["conversions"]

        assert conversion == {
            "id": "s-1",
            "event": "signup",
            "occurred_at": "2026-11-21T11:00:00.500000Z",
            "order_id": None,
            "value": None,
            "refunded": 0.0,
            "currency": None,
            "first_click": {
                "at": "2026-11-20T10:00:00Z",
                "channel": "Organic Search",
                "source": "google",
                "medium": "organic",
                "campaign": None,
                "content": None,
                "term": None,
                "paid": False,
                "landing_page": "/en/book",
                "url": "https://www.example.com/en/book",
                "referrer_url": "https://www.google.de/",
                "click_ids": {},
                "seconds_before": 90_000.5,
            },
            "last_click": {
                "at": "2026-11-21T10:00:00Z",
                "channel": "Paid Social",
                "source": "facebook",
                "medium": "paid",
                "campaign": "Resolutions",
                "content": "1928",
                "term": None,
                "paid": True,
                "landing_page": "/en/meet",
                "url": AD,
                "referrer_url": None,
                "click_ids": {"fbclid": "Ab"},
                "seconds_before": 3_600.5,
            },
            "time_to_convert": 90_000.5,
            "visits_before": 2,
            "pages_before": 3,
            "pages_after": 1,
            "revision": 1,
            "changed_at": format_time(NOW),
        }

    def it_is_found_by_its_visitor(self, service: Service) -> None:
        tell_a_story(service)

        by_visitor, by_user = service.ask(fingerprint="b998"), service.ask(user_id="u-1")

        assert by_visitor["results"] == by_user["results"]

    def it_may_have_several_devices(self, service: Service) -> None:
        tell_a_story(service)
        service.store("/pageviews", pageview(fingerprint="phone", user_id="u-1"))

        assert only(service.ask(user_id="u-1"))["fingerprints"] == ["b998", "phone"]
        assert only(service.ask(fingerprint="phone"))["visits"] == 4

    def it_may_be_a_visitor_whom_nobody_claimed(self, service: Service) -> None:
        service.store("/pageviews", pageview())

        person = only(service.ask(fingerprint="b998"))

        assert (person["user_id"], person["fingerprints"]) == (None, ["b998"])
        assert (person["state"], person["conversions"]) == ("visitor", [])
        assert person["first_visit"]["channel"] == "Direct"

    def it_may_have_been_seen_in_events_only(self, service: Service) -> None:
        service.store("/events", without(event(user_id="u-9"), "fingerprint"))

        person = only(service.ask(user_id="u-9"))

        assert (person["visits"], person["pageviews"], person["first_visit"]) == (0, 0, None)
        (conversion,) = person["conversions"]
        assert (conversion["first_click"], conversion["last_click"]) == (None, None)
        assert conversion["time_to_convert"] is None

    def it_is_nobody_when_unknown(self, service: Service) -> None:
        tell_a_story(service)

        assert service.ask(user_id="u-2")["results"] == []
        assert service.ask(fingerprint="B998")["results"] == []

    def it_is_several_on_a_shared_device(self, service: Service) -> None:
        for name, hour in (("u-1", "08"), ("u-2", "20")):
            service.store(
                "/pageviews", pageview(user_id=name, created_at=f"2026-11-20T{hour}:00:00Z")
            )

        persons = service.ask(fingerprint="b998")["results"]

        assert [(each["user_id"], each["visits"]) for each in persons] == [("u-1", 1), ("u-2", 1)]

    def it_is_several_when_several_are_asked_for(self, service: Service) -> None:
        for name in ("a", "b", "c"):
            service.store("/pageviews", pageview(fingerprint=name, user_id=f"u-{name}"))

        persons = service.ask(user_id=["u-a", "u-c", "u-x"], fingerprint="b")["results"]

        assert [each["user_id"] for each in persons] == ["u-a", "u-b", "u-c"]

    def it_has_the_state_of_its_latest_step(self, service: Service) -> None:
        steps = ["trial", "signup", "unsubscribe", "purchase"]
        for hour, name in enumerate(steps):
            service.store(
                "/events", event(name=name, created_at=f"2026-11-20T1{hour}:00:00Z", user_id="u-1")
            )

        person = only(service.ask(user_id="u-1"))

        assert person["state"] == "unsubscribe"
        assert [each["event"] for each in person["conversions"]] == ["trial", "signup", "purchase"]

    def it_shows_the_conversions_asked_for(self, service: Service) -> None:
        for hour, name in enumerate(["trial", "signup", "purchase"]):
            service.store(
                "/events", event(name=name, created_at=f"2026-11-20T1{hour}:00:00Z", user_id="u-1")
            )

        def names(**params: str) -> list[str]:
            person = only(service.ask(user_id="u-1", **params))
            return [each["event"] for each in person["conversions"]]

        assert names(event="signup") == ["signup"]
        assert names(start="2026-11-20T11:00Z") == ["signup", "purchase"]
        assert names(start="2026-11-20", to="2026-11-20T12:00Z") == ["trial", "signup"]


class DescribeTouches:
    def it_lists_every_click_with_its_credit_under_each_model(self, service: Service) -> None:
        tell_a_story(service)

        (conversion,) = only(service.ask(user_id="u-1", include="touches"))["conversions"]

        first, last = conversion["touches"]
        assert without(first, "credit") == conversion["first_click"]
        assert without(last, "credit") == conversion["last_click"]
        decay = first["credit"].pop("time_decay"), last["credit"].pop("time_decay")
        assert 0 < decay[0] < decay[1]
        assert sum(decay) == 1
        assert first["credit"] == {"first_click": 1.0, "linear": 0.5, "position_based": 0.5}
        assert last["credit"] == {
            "last_click": 1.0,
            "linear": 0.5,
            "position_based": 0.5,
            "acquisition": 1.0,
        }
