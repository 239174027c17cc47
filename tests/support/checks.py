"""What must hold after every test."""

from tests.support.world import World


def check_ledger(world: World) -> None:
    """The ledger verifies, and the governed tables equal its replay."""
