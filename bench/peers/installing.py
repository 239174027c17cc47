"""Programs that are measured beside the product: each in a folder of its own, installed from a lock, never imported."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_INSTALL_SECONDS: Final = 900


class PeerMissingError(Exception):
    """A peer cannot be measured; the text says why."""


def installed(name: str, lock: str) -> Path:
    """The Python that has what `requirements/<lock>` pins, installed first if need be. Raises `PeerMissingError`."""
    pinned = _ROOT / "requirements" / lock
    digest = hashlib.sha256(pinned.read_bytes()).hexdigest()[:12]
    home = _ROOT / ".cache" / f"{name}-{digest}"
    python, ready = home / "bin" / "python", home / "ready"
    if ready.exists():
        return python
    print(f"installing {name} into .cache …", file=sys.stderr, flush=True)
    try:
        venv.create(home, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--require-hashes", "-r", pinned],
            check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        raise PeerMissingError(f"it could not be installed: {reason(error)}") from error
    ready.touch()
    return python


def reason(error: Exception) -> str:
    """The last line of what a failed program said."""
    said = str(getattr(error, "stderr", None) or error).strip().splitlines()
    return said[-1][:300] if said else type(error).__name__
