"""The demonstration on a server that can be killed, set back and started again."""

import contextlib
import fcntl
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.server import Place, Serving

# Test after test the same few people sign in; how often they may is tested in tests/modules/identity.
_SERVE = """
from guiju.command import main
from guiju.modules.identity import _passwords
from limits import RateLimitItemPerMinute
_passwords.ATTEMPTS_PER_LOGIN = RateLimitItemPerMinute(10_000)
main()
"""
SERVE = (sys.executable, "-c", _SERVE)


class Site:
    """One demonstration; `start` and `stop` as often as a test wants."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._running = contextlib.ExitStack()
        self._serving: Serving | None = None

    def start(self) -> None:
        self._serving = self._running.enter_context(self.place.serving(*SERVE))

    def kill(self) -> None:
        assert self._serving is not None
        self._serving.kill()
        self.stop()

    def stop(self) -> None:
        self._running.close()

    def keep(self, name: str) -> None:
        """Keep a copy of everything that a stopped server has stored."""
        for part in ("data", "keys"):
            shutil.copytree(self.place.folder / part, self.place.folder / name / part)

    def put_back(self, name: str) -> None:
        """Put a kept copy in place of what is stored."""
        for part in ("data", "keys"):
            shutil.rmtree(self.place.folder / part)
            shutil.copytree(self.place.folder / name / part, self.place.folder / part)


# Everybody signs in to it again and again.
_INIT = """
from guiju.command import main
from tests.support.hashing import make_cheap
make_cheap()
main()
"""


def built_demo(folder: Path) -> Path:
    """A demonstration on SQLite inside a folder, built by whoever asks first; the others wait for it."""
    made = folder / "demo"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            place = Place(folder / "demo-in-building", None)
            place.run(sys.executable, "-c", _INIT, "init", "--demo")
            place.folder.rename(made)
    return made


@contextlib.contextmanager
def demo_site(built: Path) -> Iterator[Site]:
    """A copy of a built demonstration, served."""
    folder = Path(tempfile.mkdtemp(prefix="guiju-browser-"))
    made = Site(Place(folder, None))
    try:
        shutil.copytree(built, folder, dirs_exist_ok=True)
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
