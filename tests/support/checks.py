"""What must hold after every test."""

from guiju.verification import verify_organisation
from tests.support.world import World


def check_ledger(world: World) -> None:
    """The ledger verifies, and the governed tables equal its replay."""
    runtime = world.runtime
    runtime.signer.sign_now(runtime.lane)
    assert runtime.signer.alarm is None, runtime.signer.alarm
    verdict = verify_organisation(world.settings, replay=True)
    assert verdict.ok, verdict
