from collections.abc import Callable

import pytest
from platforms.segment_messages import KEY, OTHER_KEY
from service import Service


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """A service that takes Segment's messages. Specs of other platforms have their own service."""
    return make_service(GROWTH_SEGMENT_WRITE_KEYS=f"{KEY},{OTHER_KEY}")
