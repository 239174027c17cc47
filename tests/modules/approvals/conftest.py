"""The plant of this folder's tests."""

from typing import Any

import pytest

from tests.modules.approvals.plant import Plant


@pytest.fixture
def plant(world: Any) -> Plant:
    built = Plant(world)
    built.build()
    return built
