"""What must hold after every test."""

from guiju.kernel.blobs import open_blobs
from guiju.ledger.findings import Verification
from guiju.ledger.keystore import ROOT, KeyStore
from guiju.ledger.vault import Vault
from guiju.verification import verify_opened
from tests.support.world import World


def check_ledger(world: World) -> None:
    """The ledger verifies, and the governed tables equal its replay."""
    runtime = world.runtime
    runtime.signer.sign_now(runtime.lane)
    assert runtime.signer.alarm is None, runtime.signer.alarm
    verdict = verify_stored(world)
    assert verdict.ok, verdict


def verify_stored(world: World, *heads: str, replay: bool = True) -> Verification:
    """The verdict on what is stored now, over the connections that the world has open, with keys read again."""
    folder = world.settings.keys
    keys = KeyStore(
        world.runtime.keys._database, (folder / ROOT).read_bytes()
    )  # the same store, read again
    vault = Vault(open_blobs(world.settings.files), keys)
    return verify_opened(world.runtime.database, vault, keys, folder, replay=replay, heads=heads)
