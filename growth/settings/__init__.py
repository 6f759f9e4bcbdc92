"""All settings with their types and limits. config/growth.env has their defaults and units."""

# ruff: noqa: RUF009 (`setting` makes a new field at each call)

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from marshmallow import Schema, ValidationError
from marshmallow.fields import Float, String

from growth.http.cors import page_origin
from growth.http.signatures import signing_secret
from growth.http.tokens import Token, parse_token
from growth.settings.kinds import (
    event_names,
    existing_file,
    in_range,
    list_of,
    pattern,
    return_path,
    setting,
    words,
)

UNPREFIXED = ("database_url", "host", "port")
LOOPBACK = ("127.0.0.1", "localhost", "::1")

OURS = re.compile(r"GROWTH_(?!(SERVICE|PORT)(_|$))")
"""Names of our variables, without those that Kubernetes sets for a service named growth."""


class SettingsError(Exception):
    """Settings are wrong. Each line of the message has a variable, its value and the error."""


@dataclass(frozen=True)
class Settings:
    """All settings. Each setting is read from a variable, such as `slots` from GROWTH_SLOTS.

    Only the variables DATABASE_URL, HOST and PORT have no prefix.
    """

    database_url: str = setting(String(), secret=True)
    host: str = setting(String())
    port: int = setting(in_range(1, 65_535))
    threads: int = setting(in_range(1, 256))
    cpu: str = setting(pattern("auto|off|[0-9]{1,4}", "auto, off, or the number of a processor"))
    queue_size: int = setting(in_range(1, 100_000))
    slots: int = setting(in_range(0, 1_024))
    conversions: tuple[str, ...] = setting(event_names)
    lookback_days: int = setting(in_range(1, 3_650))
    retention_days: int = setting(in_range(0, 36_500))
    site_hosts: tuple[str, ...] = setting(words)
    return_paths: tuple[str, ...] = setting(list_of(return_path))
    sources: Path | None = setting(existing_file)
    report_seconds: float = setting(in_range(0.001, 3_600, Float))
    log_level: str = setting(
        pattern("DEBUG|INFO|WARNING|ERROR", "one of: DEBUG, INFO, WARNING, ERROR")
    )
    write_tokens: tuple[Token, ...] = setting(list_of(parse_token), secret=True)
    read_tokens: tuple[Token, ...] = setting(list_of(parse_token), secret=True)
    admin_tokens: tuple[Token, ...] = setting(list_of(parse_token), secret=True)
    webhook_secrets: tuple[str, ...] = setting(list_of(signing_secret), secret=True)
    rejects_days: int = setting(in_range(0, 3_650))
    google_ads_key: str = setting(String(), secret=True)
    meta_app_secret: str = setting(String(), secret=True)
    meta_verify_token: str = setting(String(), secret=True)
    segment_write_keys: tuple[str, ...] = setting(words, secret=True)
    consent_categories: tuple[str, ...] = setting(words)
    tracker_origins: tuple[str, ...] = setting(list_of(page_origin))
    trusted_proxy: str = setting(pattern(r"|\*|[0-9a-fA-F.:]+", "an IP address, or * for any"))

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secrets that are set. Secrets are never shown, logged or stored."""
        given = self.write_tokens + self.read_tokens + self.admin_tokens
        tokens = tuple(token.secret for token in given)
        keys = (self.google_ads_key, self.meta_app_secret, self.meta_verify_token)
        return tokens + self.webhook_secrets + self.segment_write_keys + tuple(filter(None, keys))

    @property
    def url(self) -> str:
        """The URL of the service."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @cached_property
    def edition(self) -> str:
        """The version and the settings without secrets. If the text changes, answers may, too."""
        return f"{version('growth')} {self!r}"


FIELDS = {
    ("" if each.name in UNPREFIXED else "GROWTH_") + each.name.upper(): each
    for each in fields(Settings)
}
SettingsSchema = Schema.from_dict({name: each.metadata["kind"] for name, each in FIELDS.items()})


def defaults() -> dict[str, str]:
    """The default of each variable, from config/growth.env."""
    text = (resources.files("growth.config") / "growth.env").read_text("utf-8")
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text)).items()}


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `environ`, with defaults for all others. Raises SettingsError.

    An empty variable means its default, so `PORT= make run` works.
    """
    given = defaults() | {
        name: value
        for name, value in (dict(environ) | secrets_in_files(environ)).items()
        if value and (name in FIELDS or OURS.match(name))
    }
    try:
        loaded = SettingsSchema().load(given)
    except ValidationError as ex:
        lines = (explain(name, ex.messages_dict[name], given[name]) for name in ex.messages_dict)
        raise SettingsError("\n".join(sorted(lines))) from ex
    settings = Settings(**{FIELDS[variable].name: value for variable, value in loaded.items()})
    require_tokens(settings)
    return settings


def secrets_in_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Secrets that are in files. GROWTH_X_FILE is the path of the file with the secret GROWTH_X."""
    found: dict[str, str] = {}
    for name in (name for name, each in FIELDS.items() if not each.repr):
        if path := environ.get(f"{name}_FILE"):
            if environ.get(name):
                raise SettingsError(f"{name} and {name}_FILE are both set; set one of them")
            try:
                found |= {name: Path(path).read_text("utf-8").strip(), f"{name}_FILE": ""}
            except (OSError, ValueError) as ex:
                raise SettingsError(f"{name}_FILE={path!r}: cannot be read: {ex}") from ex
    return found


def explain(variable: str, messages: list[str], value: str) -> str:
    """The error of a variable, in one line."""
    if variable not in FIELDS:
        near = get_close_matches(variable, FIELDS, n=1, cutoff=0.8)
        hint = f"did you mean {near[0]}?" if near else "config/growth.env lists all settings."
        return f"{variable}: there is no such setting; {hint}"
    shown = repr(value) if FIELDS[variable].repr else "(hidden)"
    return f"{variable}={shown}: {' '.join(messages)}"


def require_tokens(settings: Settings) -> None:
    """Raise SettingsError if other machines can reach the service, but tokens are missing.

    The service then needs a token to read, and either a token to write or a webhook secret.
    """
    may_write = settings.write_tokens or settings.webhook_secrets
    if settings.host in LOOPBACK or (may_write and settings.read_tokens):
        return
    raise SettingsError(
        f"HOST={settings.host!r}: set GROWTH_READ_TOKENS, and GROWTH_WRITE_TOKENS or "
        f"GROWTH_WEBHOOK_SECRETS; without them HOST must be one of {', '.join(LOOPBACK)}."
    )
