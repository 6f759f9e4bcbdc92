"""Codes of currencies (ISO 4217) and of countries (ISO 3166-1)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from iso4217 import Currency


@cache
def currencies() -> dict[str, int]:
    """The decimal places of each currency in use, and of each currency withdrawn since 1990.

    Codes without a minor unit, such as metals and test codes, are left out.
    """
    withdrawn = data()["withdrawn_currencies"].items()
    places = {code: int(number) for number, codes in withdrawn for code in codes.split()}
    return places | {each.code: each.exponent for each in Currency if each.exponent is not None}


@cache
def countries() -> frozenset[str]:
    """The codes of countries in the time zone database, and Kosovo's `XK`."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    lines = [line for line in table.splitlines() if line and not line.startswith("#")]
    return frozenset(line[:2] for line in lines) | {*data()["countries"]["more"].split()}


@cache
def country_aliases() -> dict[str, str]:
    """Maps other codes of countries to codes of ISO 3166-1, such as UK to GB."""
    aliases: dict[str, str] = data()["countries"]["aliases"]
    return aliases


@cache
def unknown_countries() -> frozenset[str]:
    """Codes that stand for an unknown country."""
    return frozenset(data()["countries"]["unknown"].split())


@cache
def data() -> dict[str, Any]:
    return tomllib.loads((files("growth.config") / "codes.toml").read_text("utf-8"))
