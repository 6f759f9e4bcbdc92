import pytest

from growth.attribution.rules import Rules
from growth.rules import load_rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()
