"""A real server process on the loopback: built, started, killed and started again, with people who are signed in."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.process import BenchError, free_port, running, tail
from bench.servers import HOST, Session

_START_SECONDS = 60.0
_BUILD_SECONDS = 120.0
_GUIJU = Path(sys.executable).parent / "guiju"


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that was ready `ready_after` seconds after its process was started."""

    process: subprocess.Popen[bytes]
    ready_after: float

    def kill(self) -> None:
        """End it as a power cut would: no handler runs, nothing is flushed."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds: float) -> int:
        """The exit status of a server that ends by itself."""
        return self.process.wait(seconds)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organisation lives, on SQLite or in the database `url`, and where its server listens."""

    folder: Path
    url: str | None
    port: int = field(default_factory=free_port)

    @property
    def origin(self) -> str:
        """The origin of the server's site."""
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of this organisation."""
        return {
            "GUIJU_DATA": str(self.folder / "data"),
            "GUIJU_KEYS": str(self.folder / "keys"),
            "GUIJU_DATABASE": self.url or "",
            "GUIJU_LISTEN": f"{HOST}:{self.port}",
            "GUIJU_PUBLIC_URL": self.origin,
            "GUIJU_WEBHOOK_HOSTS": HOST,
            # A start must not compile the program again each time.
            "PYTHONDONTWRITEBYTECODE": "",
        }

    @property
    def log(self) -> Path:
        """What all its servers have said."""
        return self.folder / "log"

    def run(self, *command: str | Path) -> str:
        """Run a command with this organisation's settings; its output. Raises BenchError."""
        done = subprocess.run(
            [os.fspath(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self.environment},
            timeout=_BUILD_SECONDS,
        )
        if done.returncode:
            raise BenchError(f"{command} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def guiju(self, *words: str) -> str:
        """Run a command of `guiju`; its output. Raises BenchError."""
        return self.run(_GUIJU, *words)

    @contextlib.contextmanager
    def serving(self, *command: str | Path) -> Iterator[Serving]:
        """Serve until the end of the block, by `guiju` or another `command` that does what it does.

        Raises BenchError when the server ends before it is ready.
        """
        begun = time.monotonic()
        with running((*(command or (_GUIJU,)), "serve"), self.log, self.environment) as process:
            while not self._ready():
                if process.poll() is not None:
                    raise BenchError(f"it ended with {process.returncode}:\n{tail(self.log)}")
                if time.monotonic() - begun > _START_SECONDS:
                    raise BenchError(f"not ready in {_START_SECONDS:.0f} s:\n{tail(self.log)}")
                time.sleep(0.02)
            yield Serving(process, time.monotonic() - begun)

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_START_SECONDS)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == http.client.OK
            except (OSError, http.client.HTTPException):
                return False

    def sign_in(self, account: str, password: str) -> Session:
        """A session of its own. Raises BenchError."""
        return Session(self.port, account, password)
