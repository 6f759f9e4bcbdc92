"""The tracker /growth.js in a real browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from patience import wait_until
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from shops import Shop

Open = Callable[..., Chrome]

AD = "/?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ"
"""The path that an ad links to."""

RECORD = (
    "const beacon = navigator.sendBeacon; window.beacons = [];"
    "navigator.sendBeacon = (to, text) => (beacons.push(text), beacon.call(navigator, to, text))"
)
"""A script that records all beacons and still sends them."""


def visitor(browser: Chrome) -> str:
    cookie = browser.get_cookie("growth_id")
    assert cookie is not None
    return str(cookie["value"]).partition(".")[0]


def click(browser: Chrome, name: str) -> None:
    browser.find_element(By.ID, name).click()


class DescribeAVisit:
    def it_ends_in_an_attribution(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url(AD))
        shop.pageviews(1)
        click(browser, "plans")
        shop.pageviews(2)
        click(browser, "signup")

        person = shop.customer("u-42", pageviews=2)
        [signup] = person["conversions"]
        assert signup["event"] == "signup"
        assert signup["last_click"]["channel"] == "Paid Search"
        assert signup["last_click"]["campaign"] == "spring"
        assert signup["last_click"]["click_ids"] == {"gclid": "Cj0KCQ"}
        assert signup["pages_before"] == 2
        assert person["fingerprints"] == [visitor(browser)]
        assert person["visits"] == 1

    def it_leaves_no_error_in_the_console(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)

        told = [each for each in browser.get_log("browser") if "favicon" not in each["message"]]
        assert told == []


class DescribeTheVisitor:
    def it_is_a_first_party_cookie_that_lives_on(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)

        cookie = browser.get_cookie("growth_id")
        assert cookie is not None
        assert (cookie["domain"], cookie["path"]) == (".shop.localhost", "/")
        assert cookie["sameSite"] == "Lax"
        remaining = browser.execute_script(
            "return arguments[0] - Date.now() / 1000", cookie["expiry"]
        )
        assert 390 < remaining / 86_400 <= 400
        assert len(visitor(browser)) == 32

    def it_is_the_same_on_every_page_and_subdomain(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        first = visitor(browser)
        browser.get(shop.site.url("/login", "app.shop.localhost"))
        [person] = shop.pageviews(2)

        assert person["fingerprints"] == [first] == [visitor(browser)]

    def it_is_another_in_another_browser(self, shop: Shop, open_browser: Open) -> None:
        for browser in (open_browser(), open_browser()):
            browser.get(shop.site.url("/"))

        assert len(shop.pageviews(2)) == 2


class DescribeASinglePageApplication:
    def it_sees_a_page_when_the_url_changes(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        for step in (
            "history.pushState({}, '', '/a')",
            "history.replaceState({}, '', '/b')",
            "history.pushState({}, '', '/c')",
            "history.back()",
        ):
            browser.execute_script(step)

        shop.pageviews(5)

    @pytest.mark.parametrize(
        "step",
        [
            "history.pushState({}, '', location.href)",
            "history.replaceState({state: 1}, '')",
            "document.getElementById('part').click()",
        ],
    )
    def it_sees_no_page_when_the_url_stays(self, shop: Shop, browser: Chrome, step: str) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        browser.execute_script(step)
        browser.execute_script("history.pushState({}, '', '/last')")
        [person] = shop.pageviews(2)

        assert person["pageviews"] == 2

    def it_sees_a_route_in_a_fragment(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        browser.execute_script("location.hash = '#/route'")

        shop.pageviews(2)

    def it_refers_to_the_page_before(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url(AD))
        shop.pageviews(1)
        browser.execute_script("history.pushState({}, '', '/a')")
        [person] = shop.pageviews(2)

        assert person["visits"] == 1

    def it_keeps_what_the_application_set(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        browser.execute_script("history.pushState({mine: 7}, '', '/a')")

        assert browser.execute_script("return [history.state.mine, location.pathname]") == [7, "/a"]


class DescribeAnEvent:
    def it_may_be_told_before_the_script_is_there(self, shop: Shop, browser: Chrome) -> None:
        shop.site.inline = "growth('trial', {user_id: 'u-1', data: {plan: 'pro'}})"
        browser.get(shop.site.url(AD))

        person = shop.customer("u-1", pageviews=1)
        assert person["conversions"][0]["last_click"]["campaign"] == "spring"
        [event] = shop.ask(by="event")
        assert event["data"] == {"plan": "pro"}

    def it_does_not_get_lost_with_its_page(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        browser.execute_script("growth('download', {value: 3}); location = '/next'")

        [event] = shop.ask_until(len, by="event")
        assert (event["name"], event["value"]) == ("download", 3.0)

    def it_counts_each_time(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        browser.execute_script("growth('click'); growth('click')")

        shop.ask_until(lambda events: len(events) == 2, by="event")

    @pytest.mark.parametrize(
        "bad",
        [
            "const ring = {}; ring.ring = ring; growth('bad', {data: ring})",
            "growth('bad', {value: 10n})",
            "growth('bad', {data: {get x() { throw Error('bad') }}})",
            "growth('bad', {data: {text: 'x'.repeat(40000)}})",
            "growth('bad', {created_at: 'soon'})",
            "growth()",
        ],
    )
    def it_is_not_lost_because_another_is_bad(self, shop: Shop, browser: Chrome, bad: str) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        browser.execute_script(f"growth('first'); {bad}; growth('last')")

        found = shop.ask_until(lambda events: len(events) >= 2, by="event")
        assert sorted(each["name"] for each in found) == ["first", "last"]

    def it_waits_for_the_next_turn_if_the_browser_refuses_its_beacon(
        self, shop: Shop, open_browser: Open
    ) -> None:
        browser = open_browser(
            "const beacon = navigator.sendBeacon; window.refuses = true; window.refused = 0;"
            "navigator.sendBeacon = (...what) =>"
            " refuses ? (refused++, false) : beacon.apply(navigator, what)"
        )
        browser.get(shop.site.url(AD))
        browser.execute_script("growth('signup', {user_id: 'u-1'}); growth('click')")
        wait_until(lambda: browser.execute_script("return refused") > 2, 10)
        assert shop.ask(by="event") == []
        browser.execute_script("refuses = false")

        assert len(shop.ask_until(lambda events: len(events) >= 2, by="event")) == 2
        [person] = shop.pageviews(1)
        assert person["pageviews"] == 1

    def it_is_not_lost_among_more_than_a_browser_holds(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        browser.execute_script(
            "for (let n = 0; n < 20; n++) growth('big', {data: {n, text: 'x'.repeat(16000)}})"
        )

        found = shop.ask_until(lambda events: len(events) >= 20, by="event", limit="100")
        assert sorted(each["data"]["n"] for each in found) == list(range(20))


class DescribeAFragment:
    @pytest.mark.parametrize(
        ("sent", "seen"),
        [
            ("#part", ""),
            ("#utm_source=news&utm_medium=email", "#utm_source=news&utm_medium=email"),
            ("#top?utm_source=news&x=1", "#utm_source=news"),
            ("#gclid=Cj0&access_token=ya29.s3cret", "#gclid=Cj0"),
            ("#access_token=ya29.s3cret&state=x&token_type=Bearer", ""),
            ("#id_token=eyJ.s3cret", ""),
            ("#/plans", "#/plans"),
            ("#!/plans", "#!/plans"),
            ("#/plans?utm_source=news&code=s3cret", "#/plans?utm_source=news"),
            ("#/cb?code=s3cret&state=x", "#/cb"),
            ("#/access_token=s3cret&x=1", ""),
            ("#/reset?token=s3cret&FBCLID=Iw", "#/reset?FBCLID=Iw"),
            ("#mtm_campaign=may&pk_source=news&s3cret", "#mtm_campaign=may&pk_source=news"),
        ],
    )
    def it_tells_tags_and_routes_and_never_a_token(
        self, shop: Shop, open_browser: Open, sent: str, seen: str
    ) -> None:
        browser = open_browser(RECORD)
        browser.get(shop.site.url(f"/{sent}"))
        shop.pageviews(1)

        [told] = browser.execute_script("return beacons")
        assert json.loads(told)["url"] == shop.site.url(f"/{seen}")
        assert "s3cret" not in told


class DescribeConsent:
    @pytest.fixture(autouse=True)
    def tag(self, shop: Shop) -> None:
        shop.site.attributes = "data-consent"

    def it_is_waited_for(self, shop: Shop, open_browser: Open) -> None:
        browser = open_browser(RECORD)
        browser.get(shop.site.url(AD))
        browser.execute_script(
            "growth('trial', {user_id: 'u-1'}); history.pushState({}, '', '/plans')"
        )
        time.sleep(0.5)  # events wait for less than this
        assert browser.execute_script("return beacons") == []
        assert browser.get_cookie("growth_id") is None

        browser.execute_script("growth('consent')")

        person = shop.customer("u-1", pageviews=2)
        assert person["fingerprints"] == [visitor(browser)]
        assert person["pageviews"] == 2
        assert person["conversions"][0]["last_click"]["campaign"] == "spring"

    def it_may_be_given_before_the_script_is_there(self, shop: Shop, browser: Chrome) -> None:
        shop.site.inline = "growth('consent'); growth('trial', {user_id: 'u-1'})"
        browser.get(shop.site.url(AD))

        shop.customer("u-1", pageviews=1)

    def it_forgets_what_waits_if_it_is_refused(self, shop: Shop, open_browser: Open) -> None:
        browser = open_browser(RECORD)
        browser.get(shop.site.url("/first"))
        browser.execute_script(
            "growth('trial'); growth('consent', false); growth('click');"
            "history.pushState({}, '', '/second')"
        )
        time.sleep(0.5)
        assert browser.execute_script("return beacons") == []
        assert browser.get_cookie("growth_id") is None

        browser.execute_script("growth('consent'); growth('signup')")

        [event] = shop.ask_until(len, by="event")
        [person] = shop.pageviews(1)
        assert (event["name"], person["pageviews"]) == ("signup", 1)
        assert person["first_visit"]["landing_page"] == "/second"

    def it_is_no_event_where_none_is_needed(self, shop: Shop, browser: Chrome) -> None:
        shop.site.attributes = ""
        browser.get(shop.site.url("/"))
        browser.execute_script("growth('consent'); growth('click')")
        [event] = shop.ask_until(len, by="event")
        [person] = shop.pageviews(1)

        assert (event["name"], person["pageviews"]) == ("click", 1)


class DescribePrivacy:
    ASKED = {  # noqa: RUF012
        "do-not-track": {"enable_do_not_track": True},
        "global-privacy-control": {
            "first": "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl',"
            " {get: () => true})"
        },
    }

    @pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
    def it_is_honoured(self, shop: Shop, open_browser: Open, asked: dict[str, Any]) -> None:
        browser = open_browser(**asked)
        browser.get(shop.site.url(AD))
        browser.execute_script(
            "growth('signup', {user_id: 'u-1'}); history.pushState({}, '', '/a')"
        )
        browser.get(shop.site.url("/plans"))
        seen = open_browser()
        seen.get(shop.site.url("/"))
        [person] = shop.pageviews(1)

        assert browser.get_cookie("growth_id") is None
        assert person["fingerprints"] == [visitor(seen)]
        assert shop.ask(by="event") == []


class DescribeATagThatComesTwice:
    def it_counts_once(self, shop: Shop, browser: Chrome) -> None:
        shop.site.inline = (
            "const tag = document.createElement('script');"
            f"tag.src = '{shop.server.url}/growth.js'; document.head.append(tag)"
        )
        browser.get(shop.site.url("/"))
        browser.execute_script("history.pushState({}, '', '/a')")
        [person] = shop.pageviews(2)

        assert person["pageviews"] == 2


class DescribeAnotherOrigin:
    def it_may_not_write(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/", "www.other.localhost"))
        assert len(visitor(browser)) == 32
        browser.get(shop.site.url("/"))
        [person] = shop.pageviews(1)

        assert person["pageviews"] == 1
        status = browser.execute_async_script(
            "fetch(arguments[0] + '/costs', {method: 'POST', body: '{}'})"
            ".then(arguments[1], () => arguments[1]('refused'))",
            shop.server.url,
        )
        assert status == "refused"

    def it_may_write_and_read_the_answer_from_ours(self, shop: Shop, browser: Chrome) -> None:
        browser.get(shop.site.url("/"))
        told = browser.execute_async_script(
            "const headers = {'Content-Type': 'application/json'};"
            "const body = JSON.stringify({name: 'click', fingerprint: 'b998'});"
            "fetch(arguments[0] + '/events', {method: 'POST', headers, body})"
            ".then(answer => answer.json()).then(arguments[1])",
            shop.server.url,
        )

        assert told["stored"] == 1


class DescribeGoingBack:
    def it_sees_the_page_again_although_it_is_not_loaded_again(
        self, shop: Shop, browser: Chrome
    ) -> None:
        browser.get(shop.site.url("/"))
        shop.pageviews(1)
        click(browser, "plans")
        shop.pageviews(2)
        browser.back()
        shop.pageviews(3)
        browser.forward()
        [person] = shop.pageviews(4)

        assert person["pageviews"] == 4
