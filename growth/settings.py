"""Every setting, typed: its name and default stand in config/growth.env, its limits here."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from growth.engines import shown
from growth.setting_fields import File, Origins, Words, whole
from growth.signatures import key_of

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(Exception):
    """A setting is wrong; each line names the variable, its value and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """What the environment says. Secrets stay out of its representation."""

    database_url: str = field(repr=False)
    host: str
    port: int
    threads: int
    queue_size: int
    slots: int
    conversions: tuple[str, ...]
    lookback_days: int
    retention_days: int
    site_hosts: tuple[str, ...]
    return_paths: tuple[str, ...]
    sources: Path | None
    report_seconds: float
    log_level: str
    write_tokens: tuple[str, ...] = field(repr=False)
    read_tokens: tuple[str, ...] = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    rejects_days: int
    google_ads_key: str = field(repr=False)
    meta_app_secret: str = field(repr=False)
    meta_verify_token: str = field(repr=False)
    segment_write_keys: tuple[str, ...] = field(repr=False)
    tracker_origins: tuple[str, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be told, logged or kept."""
        platforms = (self.google_ads_key, self.meta_app_secret, self.meta_verify_token)
        lists = self.write_tokens + self.read_tokens + self.webhook_secrets
        return lists + self.segment_write_keys + tuple(filter(None, platforms))

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    @cached_property
    def edition(self) -> str:
        """Names what decides on answers besides what is stored: the version and the settings."""
        return f"{version('growth')} {self!r}"


PATH = validate.Regexp(
    r"/[^*]*\*?\Z", error="Each path must begin with / and may end in *, such as /welcome*."
)
TOKEN = validate.Length(min=16, error="Each token must have at least 16 characters.")


def require_secrets(texts: tuple[str, ...]) -> None:
    try:
        for text in texts:
            key_of(text)
    except ValueError as ex:
        raise ValidationError("Each secret must be whsec_ and base64 of 24 to 64 bytes.") from ex


class SettingsSchema(Schema):
    class Meta:
        unknown = RAISE

    DATABASE_URL = fields.String(
        validate=validate.Regexp(
            r"sqlite:///.+|postgresql://.+",
            error="Must be sqlite:///path, sqlite:////absolute/path or postgresql://….",
        )
    )
    HOST = fields.String(validate=validate.Length(min=1))
    PORT = whole(1, 65_535)
    GROWTH_THREADS = whole(1, 256)
    GROWTH_QUEUE_SIZE = whole(1, 100_000)
    GROWTH_SLOTS = whole(0, 1_024)
    GROWTH_CONVERSIONS = Words(
        validate=validate.Length(min=1, error="Must name at least one event.")
    )
    GROWTH_LOOKBACK_DAYS = whole(1, 3_650)
    GROWTH_RETENTION_DAYS = whole(0, 36_500)
    GROWTH_SITE_HOSTS = Words()
    GROWTH_RETURN_PATHS = Words(validate=lambda paths: [PATH(path) for path in paths])
    GROWTH_SOURCES = File()
    GROWTH_REPORT_SECONDS = fields.Float(
        validate=validate.Range(0.001, 3_600),
        error_messages={"invalid": "Must be a number from 0.001 to 3600."},
    )
    GROWTH_LOG_LEVEL = fields.String(
        validate=validate.OneOf(LEVELS, error="Must be one of: {choices}.")
    )
    GROWTH_WRITE_TOKENS = Words(validate=lambda tokens: [TOKEN(token) for token in tokens])
    GROWTH_READ_TOKENS = Words(validate=lambda tokens: [TOKEN(token) for token in tokens])
    GROWTH_WEBHOOK_SECRETS = Words(validate=require_secrets)
    GROWTH_REJECTS_DAYS = whole(0, 3_650)
    GROWTH_GOOGLE_ADS_KEY = fields.String()
    GROWTH_META_APP_SECRET = fields.String()
    GROWTH_META_VERIFY_TOKEN = fields.String()
    GROWTH_SEGMENT_WRITE_KEYS = Words()
    GROWTH_TRACKER_ORIGINS = Origins()


SERVICE_LINK = re.compile(r"GROWTH_(SERVICE|PORT)(_|$)")
"""What Kubernetes puts into the environment beside a service that is called growth."""

SECRET = {
    "GROWTH_WRITE_TOKENS",
    "GROWTH_READ_TOKENS",
    "GROWTH_WEBHOOK_SECRETS",
    "GROWTH_GOOGLE_ADS_KEY",
    "GROWTH_META_APP_SECRET",
    "GROWTH_META_VERIFY_TOKEN",
    "GROWTH_SEGMENT_WRITE_KEYS",
}


def defaults() -> dict[str, str]:
    """The defaults, by variable, as config/growth.env has them."""
    text = (resources.files("growth.config") / "growth.env").read_text("utf-8")
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text)).items()}


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of `environ` over the defaults. Raises SettingsError naming all that are wrong.

    An empty variable means its default, so that `PORT= make run` is no error.
    """
    known = defaults()
    given = {
        name: value
        for name, value in environ.items()
        if value and (name in known or name.startswith("GROWTH_")) and not SERVICE_LINK.match(name)
    }
    try:
        loaded = SettingsSchema().load({**known, **given})
    except ValidationError as ex:
        raise SettingsError(explain(ex.messages_dict, {**known, **given})) from ex
    settings = Settings(
        **{name.removeprefix("GROWTH_").lower(): value for name, value in loaded.items()}
    )
    require_tokens(settings)
    return settings


def explain(errors: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """One line for each wrong setting."""
    return "\n".join(explain_one(name, errors[name], given[name]) for name in sorted(errors))


def explain_one(name: str, messages: list[str], value: str) -> str:
    if name not in defaults():
        near = get_close_matches(name, defaults(), n=1)
        hint = f"did you mean {near[0]}?" if near else "config/growth.env lists them all."
        return f"{name}: there is no such setting; {hint}"
    told = "(hidden)" if name in SECRET else repr(shown(value))
    return f"{name}={told}: {' '.join(messages)}"


def require_tokens(settings: Settings) -> None:
    """Raise SettingsError if strangers could reach the service: beyond loopback tokens are due."""
    may_write = settings.write_tokens or settings.webhook_secrets
    if settings.is_loopback or (may_write and settings.read_tokens):
        return
    raise SettingsError(
        f"HOST={settings.host!r}: beyond loopback GROWTH_WRITE_TOKENS or GROWTH_WEBHOOK_SECRETS, "
        f"and GROWTH_READ_TOKENS must be set; without them only {', '.join(LOOPBACK)} are allowed."
    )
