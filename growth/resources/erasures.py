"""POST /erasures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import falcon
from marshmallow import ValidationError

from growth.database.statements import database
from growth.http.bodies import read_items
from growth.http.context import Request
from growth.http.errors import Problem, invalid, switched_off
from growth.maintenance.erasure import Erased, Name
from growth.resources.facts import is_dry_run, require_read
from growth.schemas.erasures import ErasureSchema


class Erasures:
    """Erases persons from facts, derived tables and rejects. It needs an admin token."""

    right = "erase"

    def __init__(self, erase: Callable[[Sequence[Name], bool], Erased], is_on: bool) -> None:
        self.erase = erase
        self.is_on = is_on
        self.schema = ErasureSchema()

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        if not self.is_on:
            raise switched_off("GROWTH_ADMIN_TOKENS")
        is_dry = is_dry_run(req)
        req.context.is_dry_run = True  # so that no reject keeps the person's name
        items, is_batch = read_items(req)
        names: dict[int, tuple[str, str]] = {}
        errors: dict[int, Any] = {}
        for place, item in enumerate(items):
            try:
                names[place] = self.name_in(item)
            except ValidationError as ex:
                errors[place] = ex.messages
        if errors and not is_batch:
            raise invalid(errors[0])
        answer = self.erased(names, is_dry)
        answer["rejected"] = [{"index": each, "errors": errors[each]} for each in sorted(errors)]
        if errors and not names:
            raise Problem(falcon.HTTP_422, "No item is valid; see rejected.", **answer)
        resp.media = answer

    def name_in(self, item: Any) -> tuple[str, str]:
        """The field that names the person in an item, and its value. Raises ValidationError."""
        require_read(item)
        [(kind, name)] = self.schema.load(item).items()
        return kind, name

    def erased(self, names: dict[int, tuple[str, str]], is_dry: bool) -> dict[str, Any]:
        """Erase the persons. Return the number of erased facts, and the unknown persons."""
        try:
            erased = self.erase(list(names.values()), is_dry)
        finally:
            database.release()
        unknown = [{"index": place, each[0]: each[1]} for place, each in names.items()
                   if each in erased.unknown]  # fmt: skip
        return {"erased": erased.facts, "unknown": unknown}
