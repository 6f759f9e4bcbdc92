"""Sends pageviews and events from Python backends: `pip install 'growth[client]'`.

It imports only httpx and the standard library, and no other part of growth.
"""

from growth.client.delivery import NotTakenError
from growth.client.sender import EventSender

__all__ = ["EventSender", "NotTakenError"]
