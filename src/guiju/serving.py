"""Running the server: one process on one organisation."""

import gc
import logging
import os
import signal
import sys
import threading

import uvicorn

from guiju.app import Server
from guiju.frames import FramesProtocol
from guiju.kernel.claim import Claim, claim
from guiju.kernel.jobs import retry_parked
from guiju.kernel.processor import Together
from guiju.runtime import Runtime
from guiju.settings import SettingsError

_log = logging.getLogger("guiju")
LARGEST_FRAME = 64 * 1024
_WATCH_SECONDS = 5


def _watch(held: Claim, stopped: threading.Event) -> None:
    """End the server when another one has taken the database while the connection to it was lost."""
    while not stopped.wait(1.0):
        if not held.data.keep():
            _log.critical("another server has claimed the database; this one ends")
            os.kill(os.getpid(), signal.SIGTERM)
            return


def serve(runtime: Runtime) -> None:
    """Serve until the process is told to stop. Raises SettingsError when the organisation is in use."""
    held = claim(runtime.settings.keys, runtime.database)
    if held is None:
        raise SettingsError(
            f"another server runs on the keys {runtime.settings.keys} or on the same database"
        )
    stopped = threading.Event()
    with held:
        watch = threading.Thread(target=_watch, args=(held, stopped), name="claim", daemon=True)
        watch.start()
        together = Together(
            threading.get_native_id(), runtime.lane.thread, lambda: runtime.lane.work
        )
        keep = threading.Thread(
            target=together.watch, args=(stopped,), name="processor", daemon=True
        )
        keep.start()
        try:
            _run(runtime)
        finally:
            stopped.set()
            watch.join(_WATCH_SECONDS)
            keep.join(_WATCH_SECONDS)


def _run(runtime: Runtime) -> None:
    runtime.signer.reload()
    runtime.write(retry_parked)
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
