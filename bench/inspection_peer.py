"""The folder where Presidio lives, and asking it: it is installed for its scenario and nothing else."""

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = _ROOT / "requirements" / "bench.lock"
_INSTALL_SECONDS: Final = 900
_ANSWER_SECONDS: Final = 900


class PeerMissingError(Exception):
    """Presidio cannot be measured; the text says why."""


def installed() -> Path:
    """The Python that has Presidio, installed first if need be. Raises `PeerMissingError`."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    home = _ROOT / ".cache" / f"presidio-{digest}"
    python, ready = home / "bin" / "python", home / "ready"
    if ready.exists():
        return python
    print("installing Presidio into .cache …", file=sys.stderr, flush=True)
    try:
        venv.create(home, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--require-hashes", "-r", LOCK],
            check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        raise PeerMissingError(f"it could not be installed: {_reason(error)}") from error
    ready.touch()
    return python


def ask(python: Path, plan: dict[str, Any]) -> dict[str, Any]:
    """Its answer to a request of `inspection_presidio.py`. Raises `PeerMissingError`."""
    try:
        done = subprocess.run(
            [python, _ROOT / "bench" / "inspection_presidio.py"],
            input=json.dumps(plan), check=True, capture_output=True, text=True, timeout=_ANSWER_SECONDS,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        raise PeerMissingError(f"it failed: {_reason(error)}") from error
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def _reason(error: Exception) -> str:
    said = str(getattr(error, "stderr", None) or error).strip().splitlines()
    return said[-1][:300] if said else type(error).__name__
