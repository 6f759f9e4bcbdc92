"""Signatures of webhooks follow Standard Webhooks."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from falcon.testing import Result
from service import NOW, Service, event, pageview, problem, without

from growth.http.signatures import is_signed, sign, signing_key

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
SECONDS = NOW // 1_000_000
BODY = json.dumps(pageview()).encode()


@pytest.fixture
def guarded(make_service: Callable[..., Service]) -> Service:
    return make_service(GROWTH_WEBHOOK_SECRETS=f"{SECRET},{OLD}")


def headers(secret: str = SECRET, at: int = SECONDS, body: bytes = BODY) -> dict[str, str]:
    signature = sign(signing_key(secret), "msg_1", str(at), body).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signature}


def send(service: Service, given: dict[str, str], body: bytes = BODY) -> Result:
    kind = {"Content-Type": "application/json"}
    return service.client.simulate_post("/pageviews", body=body, headers=given | kind)


REFUSED = {
    "nothing": {},
    "another-key": headers("whsec_" + base64.b64encode(b"x" * 32).decode()),
    "another-body": headers(body=BODY + b" "),
    "too-old": headers(at=SECONDS - 301),
    "too-new": headers(at=SECONDS + 301),
    "another-id": headers() | {"webhook-id": "msg_2"},
    "no-id": headers() | {"webhook-id": ""},
    "another-time": headers() | {"webhook-timestamp": str(SECONDS + 1)},
    "no-number": headers() | {"webhook-timestamp": "soon"},
    "other-digits": headers() | {"webhook-timestamp": "\u00b2" * 10},
    "many-digits": headers() | {"webhook-timestamp": "9" * 5_000},
    "negative": headers() | {"webhook-timestamp": f"-{SECONDS}"},
    "not-base64": headers() | {"webhook-signature": "v1,***"},
    "no-version": headers() | {"webhook-signature": headers()["webhook-signature"][3:]},
    "another-version": headers()
    | {"webhook-signature": "v1a," + headers()["webhook-signature"][3:]},
    "not-ascii": headers() | {"webhook-signature": "v1,\u00e9"},
    "id-not-ascii": headers() | {"webhook-id": "\u00e9"},
}


class DescribeSvix:
    """Svix signs in the same way, but its headers begin with `svix-`."""

    def it_is_accepted_in_its_own_headers(self, guarded: Service) -> None:
        given = {name.replace("webhook", "svix"): value for name, value in headers().items()}

        assert send(guarded, given).json["stored"] == 1

    def it_is_checked_in_its_own_headers(self, guarded: Service) -> None:
        late = headers(at=SECONDS - 301)
        given = {name.replace("webhook", "svix"): value for name, value in late.items()}

        problem(send(guarded, given), 401)

    def it_is_refused_if_headers_are_mixed(self, guarded: Service) -> None:
        given = headers()
        given["svix-id"] = given.pop("webhook-id")

        problem(send(guarded, given), 401)


class DescribeASignature:
    def it_is_the_one_of_the_specification(self) -> None:
        """This example is from the repository standard-webhooks/spec."""
        key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        body = b'{"test": 2432232314}'

        made = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)

        assert made == b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @pytest.mark.parametrize("secret", [SECRET, OLD])
    @pytest.mark.parametrize("skew", [-300, 0, 300])
    def it_lets_write(self, guarded: Service, secret: str, skew: int) -> None:
        assert send(guarded, headers(secret, SECONDS + skew)).json["stored"] == 1

    def it_may_stand_among_others(self, guarded: Service) -> None:
        given = headers()
        given["webhook-signature"] = f"v1,AAAA v1a,BBBB {given['webhook-signature']}"

        assert send(guarded, given).status_code == 200

    @pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
    def it_is_refused(self, guarded: Service, given: dict[str, str]) -> None:
        told = problem(send(guarded, given), 401)

        assert "sign the request as Standard Webhooks specifies" in told["detail"]
        assert guarded.facts() == 0

    def it_is_checked_before_the_body_is_parsed(self, guarded: Service) -> None:
        body = b'{"\xff'
        problem(send(guarded, headers(), body), 401)
        problem(send(guarded, headers(body=body), body), 400)

    def it_goes_beside_tokens_and_does_not_read(self, make_service: Callable[..., Service]) -> None:
        token = "write-token-0001"
        service = make_service(
            GROWTH_WEBHOOK_SECRETS=SECRET, GROWTH_WRITE_TOKENS=token, GROWTH_READ_TOKENS=token + "r"
        )

        assert send(service, {"Authorization": f"Bearer {token}"}).status_code == 200
        assert send(service, headers()).status_code == 200
        problem(service.get("/attribution", headers=headers(body=b"")), 401)

    def it_needs_an_id(self) -> None:
        assert not is_signed([signing_key(SECRET)], SECONDS, BODY, "", str(SECONDS), "v1,x")


class DescribeTheIdOfAWebhook:
    def send(
        self, service: Service, *items: Any, name: str = "msg_1", path: str = "/events"
    ) -> Any:
        body = json.dumps(items[0] if len(items) == 1 else items).encode()
        signature = sign(signing_key(SECRET), name, str(SECONDS), body).decode()
        given = {
            "webhook-id": name,
            "webhook-timestamp": str(SECONDS),
            "webhook-signature": signature,
            "Content-Type": "application/json",
        }
        service.now += 1_000
        return service.client.simulate_post(path, body=body, headers=given).json

    @pytest.mark.parametrize(
        ("path", "items"),
        [
            ("/events", [without(event(), "created_at")]),
            ("/events", [without(event(), "created_at")] * 3),
            ("/events", [without(event(id="null"), "created_at"), event(id="7", created_at=None)]),
            ("/pageviews", [without(pageview(), "created_at")]),
            ("/pageviews", [pageview(created_at="")] * 2),
        ],
    )
    def it_is_the_id_of_facts_without_id_and_time(
        self, guarded: Service, path: str, items: list[Any]
    ) -> None:
        first = self.send(guarded, *items, path=path)
        again = self.send(guarded, *items, path=path)

        assert (first["stored"], first["duplicates"]) == (len(items), 0)
        assert (again["stored"], again["duplicates"]) == (0, len(items))

    def it_is_another_for_another_webhook(self, guarded: Service) -> None:
        item = without(event(), "created_at")

        assert self.send(guarded, item)["stored"] == 1
        assert self.send(guarded, item, name="msg_2")["stored"] == 1

    def it_stands_behind_an_id_or_a_time_of_the_sender(self, guarded: Service) -> None:
        for item in (event(), event(id="7", created_at=None)):
            assert self.send(guarded, item)["stored"] == 1
            assert self.send(guarded, item, name="msg_2")["duplicates"] == 1

    def it_counts_only_where_it_is_signed(self, make_service: Callable[..., Service]) -> None:
        service, item = make_service(), without(event(), "created_at")

        answers = [self.send(service, item) for _ in range(2)]

        assert [each["stored"] for each in answers] == [1, 1]


class DescribeASecret:
    @pytest.mark.parametrize("size", [24, 25, 26, 32, 64])
    def it_may_lack_its_prefix_and_its_padding(self, size: int) -> None:
        padded = base64.b64encode(b"k" * size).decode()

        for text in (padded, padded.rstrip("=")):
            assert signing_key(text) == signing_key(f"whsec_{text}") == b"k" * size

    @pytest.mark.parametrize("text", [SECRET[6:], SECRET.rstrip("="), SECRET[6:].rstrip("=")])
    def it_lets_in_however_it_is_written(
        self, make_service: Callable[..., Service], text: str
    ) -> None:
        assert send(make_service(GROWTH_WEBHOOK_SECRETS=text), headers()).status_code == 200

    @pytest.mark.parametrize("text", ["", "whsec_", "whsec_c2hvcnQ=", "c2hvcnQ", "whsec_***"])
    def it_has_24_to_64_bytes(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            signing_key(text)
