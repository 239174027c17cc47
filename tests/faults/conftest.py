"""The office in which these tests happen."""

import pytest

from tests.support.office import Office, open_office
from tests.support.world import World


@pytest.fixture
def office(world: World) -> Office:
    """People with parts, and no group yet."""
    return open_office(world)
