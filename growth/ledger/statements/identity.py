"""Statements on the claims of users on visitors, and on the remnants of purged facts."""

from __future__ import annotations

from typing import Any

from peewee import fn

from growth.attribution.identity import CLIENT_MISTAKE, SHARED_TERMINAL
from growth.database.compiled import Rows, insert, parameter_rows, select_about, select_joined
from growth.database.tables import ClaimRecord, DeviceRecord, RemnantRecord


def some_devices(name: str, other: str, most: int) -> Any:
    """The pairs of user and visitor that have one of the given values in the column `name`.

    For each given value, at most `most` + 1 pairs are found: the first in the order of `other`.
    """
    given, device, same = parameter_rows(name), DeviceRecord, DeviceRecord.alias()
    mine, theirs = getattr(given.c, name), getattr(device, other)
    last = (
        same.select(getattr(same, other))
        .where(getattr(same, name) == mine)
        .order_by(getattr(same, other))
        .limit(1)
        .offset(most)
    )
    is_mine = (getattr(device, name) == mine) & (theirs <= fn.COALESCE(last, theirs))
    return select_joined(given, device, is_mine, mine, theirs)


USERS_OF = Rows(lambda: some_devices("fingerprint", "user_id", SHARED_TERMINAL))
DEVICES_OF = Rows(lambda: some_devices("user_id", "fingerprint", CLIENT_MISTAKE))


def users_of_all() -> Any:
    """The users who ever claimed one of the given visitors."""
    given, device = parameter_rows("fingerprint"), DeviceRecord
    is_theirs = device.fingerprint == given.c.fingerprint
    return select_joined(given, device, is_theirs, device.user_id)


ALL_USERS_OF = Rows(users_of_all)
INSERT_CLAIMS = Rows(lambda: insert(ClaimRecord))
INSERT_DEVICES = Rows(lambda: insert(DeviceRecord))


def nearest_claims(*columns: str) -> Any:
    """For each given period, the times of three claims.

    The claims are the last before the period, the first since its start, and the first after its
    end.
    """
    given, claim = parameter_rows(*columns), ClaimRecord
    named = [getattr(claim, name) == getattr(given.c, name) for name in columns[:-2]]
    at = claim.created_at
    before = claim.select(fn.MAX(at)).where(*named, at < given.c.start)
    since = claim.select(fn.MIN(at)).where(*named, at >= given.c.start)
    after = claim.select(fn.MIN(at)).where(*named, at > given.c.end)
    names = [getattr(given.c, name) for name in columns]
    return select_about(given, *names, before, since, after)


NEAREST_CLAIMS = Rows(lambda: nearest_claims("fingerprint", "start", "end"))
NEAREST_CLAIMS_OF_USER = Rows(lambda: nearest_claims("fingerprint", "user_id", "start", "end"))


def claims_at() -> Any:
    given, claim = parameter_rows("fingerprint", "created_at"), ClaimRecord
    is_then = (claim.fingerprint == given.c.fingerprint) & (claim.created_at == given.c.created_at)
    columns = claim.fingerprint, claim.created_at, claim.user_id
    return select_joined(given, claim, is_then, *columns)


CLAIMS_AT = Rows(claims_at)


def remnants() -> Any:
    """The remnants of the given subjects' purged facts (see `RemnantRecord`), except claims."""
    given, left = parameter_rows("subject"), RemnantRecord
    columns = left.subject, left.kind, left.user_id, left.created_at
    is_theirs = (left.subject == given.c.subject) & (left.kind != "claim")
    return select_joined(given, left, is_theirs, *columns)


def remembered_users() -> Any:
    """The users in the remnants of the given subjects."""
    given, left = parameter_rows("subject"), RemnantRecord
    is_theirs = (left.subject == given.c.subject) & (left.user_id != "")
    return select_joined(given, left, is_theirs, left.user_id)


REMNANTS = Rows(remnants)
REMEMBERED_USERS = Rows(remembered_users)
