"""Asking Presidio, which is installed for its scenario and nothing else."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from bench.peers.installing import PeerMissingError, reason
from bench.peers.installing import installed as installed_from

__all__ = ["PeerMissingError", "ask", "installed"]

_ROOT: Final = Path(__file__).resolve().parent.parent
_ANSWER_SECONDS: Final = 900


def installed() -> Path:
    """The Python that has Presidio. Raises `PeerMissingError`."""
    return installed_from("presidio", "bench.lock")


def ask(python: Path, plan: dict[str, Any]) -> dict[str, Any]:
    """Its answer to a request of `inspection_presidio.py`. Raises `PeerMissingError`."""
    try:
        done = subprocess.run(
            [python, _ROOT / "bench" / "inspection_presidio.py"],
            input=json.dumps(plan), check=True, capture_output=True, text=True, timeout=_ANSWER_SECONDS,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        raise PeerMissingError(f"it failed: {reason(error)}") from error
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer
