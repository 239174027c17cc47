"""What the tests of notices share."""

import pytest

from tests.modules.notices.board import Board
from tests.support.world import World


@pytest.fixture
def board(world: World) -> Board:
    """A workshop, an office, and nobody asked yet."""
    return Board(world)
