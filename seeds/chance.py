"""Draws at random what happens to a person, and when. campaigns.toml has the probabilities."""

import base64
import math
import random
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

Row = dict[str, Any]


def load_cast() -> Row:
    """The content of campaigns.toml: figures and names."""
    return tomllib.loads(files("growth.seeds").joinpath("campaigns.toml").read_text("utf-8"))


class Chance:
    """Makes random choices for a person in one country. `cast` is the content of campaigns.toml."""

    def __init__(self, rng: random.Random, cast: Row) -> None:
        self.rng, self.cast = rng, cast
        self.country = self.pick(cast["countries"])

    def happens(self, habit: str) -> bool:
        return bool(self.rng.random() < self.cast["habits"][habit])

    def delay(self, name: str) -> timedelta:
        median_hours, spread = self.cast["delays"][name]
        return timedelta(hours=self.rng.lognormvariate(math.log(median_hours), spread))

    def waking(self, draw: Callable[[], datetime]) -> datetime:
        """Draw instants until one is kept. Those in busy local hours are kept more often."""
        while True:
            at = draw()
            local = at + timedelta(hours=self.country["utc_offset"])
            likely = self.cast["hours"][local.hour] * self.cast["weekdays"][local.weekday()]
            if self.rng.random() < likely:
                return at

    def pick(self, rows: list[Row], weight: str = "weight") -> Row:
        return self.rng.choices(rows, [row.get(weight, 0) for row in rows])[0]

    def pick_source(self, weight: str) -> Row:
        code, sources = self.country["code"], self.cast["sources"].values()
        return self.pick([row for row in sources if code in row.get("countries", [code])], weight)

    def new_id(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def link(self, page: str) -> str:
        return str(self.cast["site"] + page.format(**self.country))

    def landing_url(self, source: Row, day: datetime) -> str:
        names = {"month": f"{day:%Y%m}", "week": f"{day:%G-%V}"}
        params = {
            key: self.rng.choice(texts).format(**names)
            for key, texts in source.get("params", {}).items()
        }
        if name := source.get("click_id"):
            token = base64.urlsafe_b64encode(self.rng.randbytes(30)).decode()
            params[name] = self.cast["click_ids"][name] + token
        url = self.link(self.rng.choice(source["landing"]))
        return f"{url}?{urlencode(params)}" if params else url
