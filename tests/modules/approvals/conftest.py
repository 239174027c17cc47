"""The plant of this folder's tests."""

import pytest

from tests.modules.approvals.plant import Plant
from tests.support.world import World


@pytest.fixture
def plant(world: World) -> Plant:
    built = Plant(world)
    built.build()
    return built
