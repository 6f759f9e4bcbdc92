"""docs/attribution.md: the worked examples agree with the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from documents import ROOT, names, table, tables
from service import Service

from growth.attribution.credit import ACQUISITION, MODELS, WHOLE, shares
from growth.attribution.evidence import evidence_of
from growth.attribution.origin import origin_of
from growth.attribution.rules import Rules
from growth.database.tables import ConversionRecord, EventRecord, VisitRecord
from growth.maintenance.erasure import erase
from growth.rules import load_rules
from growth.schemas.times import format_time, parse_time

GUIDE = ROOT / "docs" / "attribution.md"
TEXT = GUIDE.read_text("utf-8")

PAGE = "https://shop.example/"
KINDS = {
    "Google ad": {"url": f"{PAGE}?gclid=Cj0KCQiA", "referrer_url": "https://www.google.com/"},
    "newsletter": {"url": f"{PAGE}?utm_source=newsletter&utm_medium=email"},
    "ChatGPT": {"url": PAGE, "referrer_url": "https://chatgpt.com/"},
    "Google search": {"url": PAGE, "referrer_url": "https://www.google.com/"},
    "direct": {"url": PAGE},
}
"""The first page of each visit that the examples name."""


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


def sent(service: Service, time: str, what: str, **who: str) -> None:
    """Send a fact of an example. `what` is an event name in backticks, or the name of a visit."""
    fact = {"created_at": names(time)[0], **{name: value for name, value in who.items() if value}}
    if event := names(what):
        service.store("/events", {"name": event[0], **fact})
    else:
        service.store("/pageviews", {**KINDS[what], **fact})


def url_and_referrer(url: str, referrer: str) -> tuple[str, str | None]:
    return names(url)[0], (names(referrer) or [None])[0]


def kind_of(click: dict[str, Any] | None) -> str:
    """The name that the examples give to a click."""
    if click is None:
        return ""
    page = click["url"], click["referrer_url"]
    [found] = [k for k, v in KINDS.items() if (v["url"], v.get("referrer_url")) == page]
    return found


class DescribeEvidence:
    @pytest.mark.parametrize(
        ("url", "referrer", "told"), table(GUIDE, "URL", "referrer", "evidence")
    )
    def it_is_as_told(self, url: str, referrer: str, told: str, rules: Rules) -> None:
        found = evidence_of(*url_and_referrer(url, referrer), rules)

        assert bool(found.campaign) == (told == "campaign")
        assert bool(found.referrer) == (told == "referrer")


class DescribeOrigins:
    @pytest.mark.parametrize(
        ("url", "referrer", "source", "medium", "channel"),
        table(GUIDE, "URL", "referrer", "source", "medium", "channel"),
    )
    def it_is_as_told(
        self, url: str, referrer: str, source: str, medium: str, channel: str, rules: Rules
    ) -> None:
        found = origin_of(*url_and_referrer(url, referrer), rules)

        assert (found.source, found.medium or "", found.channel) == (source, medium, channel)

    def it_names_every_channel(self, rules: Rules) -> None:
        for channel in {rule.channel for rule in rules.channels}:
            assert channel in TEXT.replace("\n", " ")


class DescribeVisits:
    def it_starts_them_where_told(self, service: Service) -> None:
        rows = table(GUIDE, "time", "URL", "referrer", "visit")
        for time, url, referrer, _ in rows:
            page, before = url_and_referrer(url, referrer)
            at = f"2025-03-01T{names(time)[0]}Z"
            item = {"fingerprint": "f", "created_at": at, "url": page, "referrer_url": before}
            service.store("/pageviews", item)

        told = {}
        for time, _, _, visit in rows:
            told.setdefault(visit, f"2025-03-01T{names(time)[0]}:00Z")
        started = VisitRecord.select().order_by(VisitRecord.started_at)
        assert [format_time(visit.started_at) for visit in started] == list(told.values())


class DescribeCredit:
    def journey(self) -> list[tuple[str, int]]:
        return [(what, parse_time(names(at)[0])) for at, what in table(GUIDE, "time", "visit")]

    def credit(self) -> dict[str, dict[str, float]]:
        """The credit that the page shows for each click, by model."""
        header = next(each[0] for each in tables(GUIDE, "click") if "`linear`" in each[0])
        models = [names(cell)[0] for cell in header[1:]]
        rows = table(GUIDE, *header)
        return {
            model: {row[0]: float(row[place]) for row in rows}
            for place, model in enumerate(models, start=1)
        }

    def it_tells_all_models(self) -> None:
        assert list(self.credit()) == list(MODELS)
        assert all(f"- **`{model}`**" in TEXT for model in MODELS)

    @pytest.mark.parametrize("model", MODELS)
    def it_is_what_the_model_gives(self, model: str) -> None:
        *visits, (event, converted_at) = self.journey()
        clicks = [(what, at) for what, at in visits if what != "direct"]
        given = shares(MODELS[model]([at for _, at in clicks], converted_at))

        assert names(event) == ["signup"]
        assert self.credit()[model] == {
            what: part / WHOLE for (what, _), part in zip(clicks, given, strict=True)
        }

    def it_is_what_the_service_answers(self, service: Service) -> None:
        for time, what in table(GUIDE, "time", "visit"):
            sent(service, time, what, fingerprint="f", user_id="u")

        [person] = service.ask(user_id="u", include="touches")["results"]

        touches = person["conversions"][0]["touches"]
        for model, told in self.credit().items():
            assert {kind_of(each): each["credit"].get(model, 0) for each in touches} == told

    def it_rounds_as_told(self) -> None:
        first, second, third = (f"{part / WHOLE}" for part in shares([1, 1, 1]))
        assert f"get {first}, {second} and {third}" in TEXT


IDENTITY = tables(GUIDE, "time")
COLUMNS = ["time", "fingerprint", "user_id", "fact", "belongs to", "last click"]
STORIES = [rows for header, *rows in IDENTITY if header == COLUMNS]


class DescribeIdentity:
    def it_tells_four_stories(self) -> None:
        assert len(STORIES) == 4

    @pytest.mark.parametrize("rows", STORIES, ids=["two", "shared", "claim after", "server-side"])
    @pytest.mark.parametrize("order", [list, reversed], ids=["in order", "reversed"])
    def it_is_as_told(
        self, rows: list[list[str]], order: Callable[..., Any], service: Service
    ) -> None:
        for time, fingerprint, user_id, what, _, _ in order(rows):
            sent(service, time, what, fingerprint=fingerprint, user_id=user_id)

        for time, _, _, what, owner, click in rows:
            at = parse_time(names(time)[0])
            if names(what) == ["login"]:
                assert EventRecord.get(EventRecord.created_at == at).user_id == owner
            elif names(what):
                record = ConversionRecord.get(ConversionRecord.occurred_at == at)
                assert record.owner == f"u:{owner}"
                [person] = service.ask(user_id=owner)["results"]
                assert [kind_of(each["last_click"]) for each in person["conversions"]] == [click]
            else:
                assert VisitRecord.get(VisitRecord.started_at == at).user_id == owner

    def it_leaves_the_purchase_to_the_visitor_before_the_claim(self, service: Service) -> None:
        for time, fingerprint, user_id, what, _, _ in STORIES[2][:2]:
            sent(service, time, what, fingerprint=fingerprint, user_id=user_id)

        assert service.ask(by="conversion")["results"][0]["user_id"] is None


class DescribeLateFacts:
    COLUMNS = ("arrives", "time", "fact", "conversion", "last click", "revision", "retracted")

    def it_is_as_told(self, service: Service) -> None:
        for arrives, time, what, *told in table(GUIDE, *self.COLUMNS):
            if arrives:
                sent(service, time, what, fingerprint="f", user_id="u")
                known = service.ask(by="conversion", changed_since="2000-01-01")["results"]
                found = {each["occurred_at"]: each for each in known}
            if not names(told[0]):
                assert found == {}
                continue
            conversion = found.pop(names(told[0])[0])
            assert [
                kind_of(conversion["last_click"]),
                str(conversion["revision"]),
                "yes" if conversion["retracted"] else "no",
            ] == told[1:]


class DescribeErasure:
    def it_takes_a_person_out_of_every_answer(self, service: Service) -> None:
        time = "`2025-03-01T10:00:00Z`"
        sent(service, time, "newsletter", fingerprint="b998efcb")
        sent(service, time, "`signup`", fingerprint="b998efcb", user_id="u-42")
        assert service.ask(user_id="u-42")["results"] != []

        erase(service.ledger, [("user_id", "u-42")])

        assert service.ask(user_id="u-42")["results"] == []
        assert service.ask(by="channel")["results"] == []
        assert service.ask(by="conversion", changed_since="2000-01-01")["results"] == []


class DescribeOrders:
    def it_counts_them_as_told(self, service: Service) -> None:
        header = "conversions so far", "value of the first conversion"
        rows = table(GUIDE, "time", "fact", "order", "value", *header)
        for place, (time, fact, order, value, conversions, worth) in enumerate(rows):
            item = {"name": names(fact)[0], "created_at": names(time)[0], "order_id": order}
            money = {"value": value, "currency": "EUR"} if value else {}
            service.store("/events", {**item, **money, "user_id": "ann", "id": f"e-{place}"})

            found = service.ask(by="conversion", sort="occurred_at")["results"]
            assert (len(found), found[0]["value"]) == (int(conversions), float(worth))

    def it_names_the_sixth_model(self) -> None:
        assert f"**`{ACQUISITION}`**" in TEXT
