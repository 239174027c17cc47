"""Running the server: one process on one organisation."""

import fcntl
import os
import sys
from typing import IO

import uvicorn

from guiju.app import Server
from guiju.frames import FramesProtocol
from guiju.runtime import Runtime
from guiju.settings import SettingsError

LARGEST_FRAME = 64 * 1024


def _claim(runtime: Runtime) -> IO[str] | None:
    """Hold the data folder of an SQLite organisation; a second server on it would be a second writer."""
    if not runtime.database.is_sqlite:
        return None
    file = (runtime.settings.data / "guiju.lock").open("w")  # held as long as the process lives
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SettingsError(f"another server runs on {runtime.settings.data}") from error
    file.write(str(os.getpid()))
    file.flush()
    return file


def serve(runtime: Runtime) -> None:
    """Serve until the process is told to stop. Raises SettingsError when the organisation is in use."""
    lock = _claim(runtime)
    # The lane gives the interpreter lock away at each statement; by default it would wait 5 ms to get it back.
    sys.setswitchinterval(0.0005)
    settings = runtime.settings
    config = uvicorn.Config(
        Server(runtime),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws=FramesProtocol,
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=10,
        backlog=2048,
    )
    uvicorn.Server(config).run()
    if lock is not None:
        lock.close()
