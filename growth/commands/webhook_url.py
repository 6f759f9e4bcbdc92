"""growth webhook-url: what to enter where, so that a platform or a page sends to this service."""

from __future__ import annotations

import click

from growth.commands.command import Refusal, command
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
"""For each platform its path here, and the settings it needs by what is shown of them."""

TAG = """
<script>
window.growth = window.growth || function () {{ (growth.q = growth.q || []).push(arguments) }}
</script>
<script async src="{url}"></script>"""
"""The first script keeps what is told before the second is there."""


@click.command("webhook-url")
@click.argument("platform", type=click.Choice(list(ENTERED)))
@click.option("--base", default="", help="Where it is reached from outside: https://growth.example")
@command
def webhook_url(settings: Settings, platform: str, base: str) -> None:
    """Print the URL at which a platform reaches this service, and the key to enter there."""
    path, needed = ENTERED[platform]
    url = (base or settings.url).rstrip("/") + path
    values = {name: value_of(settings, variable) for name, variable in needed.items()}
    for name, value in {"URL": url, **values}.items():
        click.echo(f"{name:<13} {value}")
    if platform == "tracker":
        click.echo(TAG.format(url=url))


def value_of(settings: Settings, variable: str) -> str:
    """What a setting says. Raises Refusal if it is not set."""
    value = getattr(settings, variable.removeprefix("GROWTH_").lower())
    if not value:
        raise Refusal(f"{variable} is not set: nothing would be taken at this URL")
    return value if isinstance(value, str) else ", ".join(value)
