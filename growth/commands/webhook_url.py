"""growth webhook-url: prints the URL and keys to enter on a platform, or the tag for a page."""

from __future__ import annotations

import re
from html import escape

import click

from growth.commands.command import Refusal, as_json, print_answer, with_settings
from growth.http.cors import is_origin
from growth.settings import Settings

ENTERED = {
    "google-ads": ("/webhooks/google-ads", {"key": "GROWTH_GOOGLE_ADS_KEY"}),
    "meta": (
        "/webhooks/meta",
        {"verify token": "GROWTH_META_VERIFY_TOKEN", "app secret": "GROWTH_META_APP_SECRET"},
    ),
    "segment": ("/webhooks/segment", {"write key": "GROWTH_SEGMENT_WRITE_KEYS"}),
    "tracker": ("/growth.js", {"pages of": "GROWTH_TRACKER_ORIGINS"}),
}
"""For each platform, the path of its URL, and the settings whose values the command prints.

A setting is keyed by the label that is printed before its value.
"""

BASE = re.compile(r"([^/]+//[^/]+)(/([\w.~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*)?", re.ASCII | re.I)
"""An origin, and a path as https://www.rfc-editor.org/rfc/rfc3986#section-3.3 allows it."""

TAG = """
<script>
window.growth = window.growth || function () {{ (growth.q = growth.q || []).push(arguments) }}
</script>
<script async src="{url}"></script>"""
"""The first script queues calls of `growth` until the second script is loaded."""


def base_url(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """The value of --base, unchanged. Raises BadParameter unless it is an origin and a path."""
    found = BASE.fullmatch(value)
    if value and not (found and is_origin(found[1].lower())):
        raise click.BadParameter(
            f"{value!r} must be http:// or https://, a host and, if needed, a port and a path;"
            " nothing else"
        )
    return value


@click.command(
    "webhook-url", epilog="Example: growth webhook-url meta --base https://growth.example.com"
)
@click.argument("platform", type=click.Choice(list(ENTERED)))
@click.option(
    "--base",
    default="",
    callback=base_url,
    help="The URL by which platforms reach the service, such as https://growth.example",
)
@as_json
@with_settings
def webhook_url_command(settings: Settings, platform: str, base: str, as_json: bool) -> None:
    """Print the URL and key to enter on a platform.

    For tracker, print the script tag to put into your pages.
    """
    path, needed = ENTERED[platform]
    url = (base or settings.url).rstrip("/") + path
    values = {name: setting_value(settings, variable) for name, variable in needed.items()}
    lines = [f"{name:<13} {value}" for name, value in {"URL": url, **values}.items()]
    if platform == "tracker":
        lines.append(TAG.format(url=escape(url)))
    print_answer(as_json, "\n".join(lines), {"url": url} | values)


def setting_value(settings: Settings, variable: str) -> str:
    """The value of a setting. Raises Refusal if it is not set."""
    value = getattr(settings, variable.removeprefix("GROWTH_").lower())
    if not value:
        raise Refusal(f"{variable} is not set: the URL would accept nothing")
    return value if isinstance(value, str) else ", ".join(value)
