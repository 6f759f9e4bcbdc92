"""Fixtures that all specs share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import ON_POSTGRES, Other, cluster, drop_leftovers
from histories import differences
from hypothesis import HealthCheck, settings
from service import Service
from stories import sign_up

settings.register_profile(
    "specs",
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("specs")
"""Examples have no time limit. All examples of a spec use the same database."""


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """A function that makes services. It closes the one before, so only the latest can be used."""
    made: list[Service] = []

    def make(**environ: str) -> Service:
        if made:
            made[-1].close()
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Service(folder, **environ))
        return made[-1]

    yield make
    if made:
        made[-1].close()


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service()


@pytest.fixture
def other(service: Service) -> Iterator[Other]:
    """A connection to the service's database like that of another process."""
    with Other(service.settings.database_url) as other:
        yield other


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as threads:
        yield threads


def pytest_configure(config: pytest.Config) -> None:
    if ON_POSTGRES and is_controller(config):
        drop_leftovers()


def pytest_unconfigure(config: pytest.Config) -> None:
    if ON_POSTGRES and is_controller(config):
        drop_leftovers()


def is_controller(config: pytest.Config) -> bool:
    """Whether this process controls the run, and is not a worker of pytest-xdist."""
    return not hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out specs that cannot run on this database. pytest counts them as deselected."""
    foreign = ["sqlite"] if ON_POSTGRES else ["postgres"]
    if ON_POSTGRES and cluster().exists():
        foreign.append("one_node")
    deselected = [item for item in items if any(map(item.get_closest_marker, foreign))]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in deselected]


@pytest.fixture
def equal_to_its_facts(service: Service) -> Iterator[None]:
    """Assert after a spec that a rebuild would change nothing."""
    yield
    assert differences(service) == []


@pytest.fixture
def signed_up(service: Service) -> Service:
    """A service with Ada's visits and her signup."""
    return sign_up(service)
