"""Fixtures that specs of imports share."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from service import Service
from transfer.files import Import


@pytest.fixture
def imported(service: Service, tmp_path: Path) -> Import:
    """A function that writes a file with this text and runs `growth import` on it."""

    def run(
        text: str | bytes, *options: str, kind: str = "costs", name: str = "costs.csv"
    ) -> Result:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return service.growth("import", kind, str(file), *options)

    return run
