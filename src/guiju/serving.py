"""Running the server: one process on one organisation."""

import fcntl
import gc
import os
import sys
from typing import IO

import uvicorn

from guiju.app import Server
from guiju.frames import FramesProtocol
from guiju.runtime import Runtime
from guiju.settings import Settings, SettingsError

LARGEST_FRAME = 64 * 1024


def claim(settings: Settings) -> IO[str] | None:
    """The right to sign: held by one process for each keys folder, as long as the file stays open. None if taken.

    Two signers would each chain their own heads, which a verification takes for tampering.
    """
    file = (settings.keys / "guiju.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    file.write(str(os.getpid()))
    file.flush()
    return file


def serve(runtime: Runtime) -> None:
    """Serve until the process is told to stop. Raises SettingsError when the organisation is in use."""
    lock = claim(runtime.settings)
    if lock is None:
        raise SettingsError(f"another server runs on {runtime.settings.keys}")
    runtime.signer.reload()
    # The lane gives the interpreter lock away at each statement; by default it would wait 5 ms to get it back.
    sys.setswitchinterval(0.0005)
    # What was loaded stays, and messages leave no cycles: the default would walk through everything ten times a second.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
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
        log_config=None,
        log_level="warning",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=10,
        backlog=2048,
    )
    uvicorn.Server(config).run()
    lock.close()
