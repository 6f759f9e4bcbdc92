"""Makes demo traffic: pageviews and events of the visitors of a fictional reading app."""

import random
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from growth.seeds.chance import Chance, Row, load_cast

MOST_PAGES = 10  # the most pages of a visit, besides the two pages of joining
RENEWAL = timedelta(days=30)


def generate(visitors: int, days: int, seed: int, now: datetime) -> list[tuple[str, Row]]:
    """Make up the facts of exactly `visitors` visitors in `days` days before `now`, oldest first.

    The same arguments give the same facts in any process. Each fact is a pair: the path to post to,
    and the body. For example, with shortened ids::

        /pageviews  {"id": "5b2c…", "fingerprint": "0f6e…", "country": "DE",
                     "created_at": "2023-11-20T19:04:11.280313+00:00",
                     "url": "https://www.example.com/de", "referrer_url": "https://t.co/", …}
        /events     {"id": "91d0…", "fingerprint": "0f6e…", "country": "DE", "user_id": "6666…",
                     "created_at": "2023-11-20T19:06:40.512004+00:00", "name": "signup"}

    Raises ValueError if `now` has no time zone or `days` is not positive.
    """
    if now.tzinfo is None or days < 1:
        raise ValueError(f"now needs a time zone and days at least 1, not {now} and {days}")
    now, cast = now.astimezone(UTC), load_cast()
    # All arguments go into the random seed. With `seed` alone, the traffic for another `now` would
    # have the same ids with other content, which the service refuses.
    rng = random.Random(f"{seed} {visitors} {days} {now.isoformat()}")
    facts: list[tuple[datetime, str, Row]] = []
    while visitors > 0:
        life = [fact for fact in _Person(rng, cast, days, now).live() if fact[0] <= now]
        devices = len({body["fingerprint"] for _, _, body in life})
        if devices <= visitors:  # each device is a visitor; more than `visitors` are too many
            facts += life
            visitors -= devices
    return [(path, body) for _, path, body in sorted(facts, key=itemgetter(0))]


class _Person(Chance):
    """A person with a device and a clock. `live` makes up the person's pageviews and events."""

    device: Row  # the device in use
    url: str  # the page that the device shows

    def __init__(self, rng: random.Random, cast: Row, days: int, now: datetime) -> None:
        super().__init__(rng, cast)
        self.now = now
        self.facts: list[tuple[datetime, str, Row]] = []
        self.user_id: str | None = None
        self.at = self.waking(lambda: now - timedelta(days=days) * rng.random())

    def live(self) -> list[tuple[datetime, str, Row]]:
        """Return all facts of the person, including facts after `now`."""
        if self.happens("is_bot"):
            self.crawl()
            return self.facts
        source = self.pick_source("weight")
        kind = "phone" if self.rng.random() < source["phone"] else "laptop"
        self.take_new(kind)
        self.visit(source)
        if self.rng.random() < source["joins"]:
            self.become_a_member(kind)
        else:
            while self.happens("comes_back"):
                self.come_back("look_again", self.pick_source("returns"))
        return self.facts

    def crawl(self) -> None:
        self.take_new("crawler")
        for _ in range(self.rng.randint(1, MOST_PAGES)):
            self.see(self.link(self.rng.choice(self.cast["pages"])))
            self.at += self.delay("crawl")

    def become_a_member(self, kind: str) -> None:
        """Join on the first visit, or on a later visit. A later visit may be on a laptop."""
        first_device = self.device
        if self.happens("decides_later"):
            if kind == "phone" and self.happens("changes_device"):
                self.take_new("laptop")
            self.come_back("decision", self.pick_source("returns"))
        joined_by = self.join()
        if self.device is not first_device:
            self.device = first_device
            self.come_back("login")
        if self.happens("shares_device"):
            self.lend_device()
        self.be_a_member(joined_by)

    def join(self) -> str:
        """Sign up or start a trial in the current visit. Return the name of the event."""
        self.browse(self.cast["signup_page"])
        self.user_id = f"{self.rng.getrandbits(96):024x}"
        name = "trial" if self.happens("starts_with_trial") else "signup"
        self.do(name)
        self.browse(self.cast["welcome_page"])
        return name

    def lend_device(self) -> None:
        """Let another person of the household join on this device."""
        owner, self.user_id = self.user_id, None
        self.come_back("look_again")
        self.join()
        self.user_id = owner

    def be_a_member(self, joined_by: str) -> None:
        """Do what a member does: keep or cancel the trial, subscribe, read, perhaps unsubscribe."""
        if joined_by == "trial":
            self.come_back("trial")
            keeps = self.happens("keeps_after_trial")
            self.do("signup" if keeps else "unsubscribe")
            if not keeps:
                return
        if self.happens("buys_subscription"):
            self.subscribe()
        while self.at < self.now and self.happens("reads_on"):
            self.read()
        if self.happens("leaves"):
            self.do("unsubscribe")

    def read(self) -> None:
        """Spend a session in the app, which sends events and no pageviews."""
        self.wait("next_session")
        session = {"category": "session", "session_id": self.new_id()}
        self.do("start", **session)
        if self.happens("buys_book"):
            self.buy("book")
        self.at += self.delay("reading")
        self.do("end", **session)

    def come_back(self, delay: str, source: Row | None = None) -> None:
        """Visit again after a while. Without a `source`, the visit is direct."""
        self.wait(delay)
        self.visit(source or self.cast["sources"]["direct"])

    def visit(self, source: Row) -> None:
        referrer = self.rng.choice(source.get("referrers", [""])).format(**self.country)
        self.see(self.landing_url(source, self.at), referrer or None)
        more_pages = int(self.rng.expovariate(1 / source["pages"]))
        for _ in range(min(more_pages, MOST_PAGES - 1)):
            self.browse(self.rng.choice(self.cast["pages"]))
        if self.happens("submits_form"):
            answers = {key: self.rng.choice(values) for key, values in self.cast["form"].items()}
            self.do("submit", category="form", data=answers)

    def browse(self, page: str) -> None:
        self.at += self.delay("page")
        self.see(self.link(page), referrer_url=self.url)

    def see(self, url: str, referrer_url: str | None = None) -> None:
        self.url = url
        agent = self.device["user_agent"]
        self.leave("/pageviews", url=url, referrer_url=referrer_url, user_agent=agent)

    def subscribe(self) -> None:
        """Buy a subscription and renew it every 30 days, a random number of times."""
        self.buy("subscription")
        began = self.at
        while self.at < self.now and self.happens("renews"):
            self.at += RENEWAL
            self.buy("subscription", category="renewal")
        self.at = began

    def buy(self, product: str, category: str | None = None) -> None:
        currency, order_id = self.country["currency"], self.new_id()
        value = self.cast["prices"][product][currency]
        order = {"order_id": order_id, "category": category or product}
        self.do("purchase", value=value, currency=currency, **order)
        if self.happens("refunds"):
            bought_at = self.at
            self.at += self.delay("refund")
            self.do("refund", **order)
            self.at = bought_at

    def do(self, name: str, **details: Any) -> None:
        self.at += self.delay("form")
        self.leave("/events", name=name, **details)

    def leave(self, path: str, **details: Any) -> None:
        """Add a fact at the current time. Fields that are None are left out."""
        body = {
            "id": self.new_id(),
            "fingerprint": self.device["fingerprint"],
            "user_id": self.user_id,
            "created_at": self.at.isoformat(timespec="microseconds"),
            "country": self.country["code"],
            **details,
        }
        body = {key: value for key, value in body.items() if value is not None}
        self.facts.append((self.at, path, body))

    def wait(self, name: str) -> None:
        self.at = self.waking(lambda: self.at + self.delay(name))

    def take_new(self, kind: str) -> None:
        self.device = {**self.pick(self.cast["devices"][kind]), "fingerprint": self.new_id()}
