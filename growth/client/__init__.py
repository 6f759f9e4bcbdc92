"""Sends pageviews and events from Python backends: `pip install 'growth[client]'`.

It imports httpx and the standard library, but no other part of growth.
"""

from growth.client.delivery import NotTakenError
from growth.client.sender import EventSender

__all__ = ["EventSender", "NotTakenError"]
