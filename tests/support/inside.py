"""The real server in a thread of the test's process: HTTP and socket on the loopback, beside a world on the same data.

Tests that kill or restart a server want a process of its own. Here a test may also move the clock and read the ledger.
"""

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from guiju.app import Server
from guiju.frames import FramesProtocol
from guiju.kernel.actor import Actor
from guiju.kernel.lane import WriteTx
from guiju.modules.identity import service as identity
from guiju.serving import LARGEST_FRAME
from guiju.settings import Settings
from tests.support.checks import check_ledger
from tests.support.world import World

_READY_SECONDS = 20.0


class Inside:
    """A running server. It closes the world's runtime when it stops."""

    def __init__(self, settings: Settings, server: Server, port: int) -> None:
        self.server = server
        self.origin = settings.origin
        self.cookie = identity.cookie_name(is_https=settings.is_https)
        self.port = port
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)

    def request(
        self, method: str, path: str, token: str | None = None, body: object = None, **extra: Any
    ) -> httpx2.Response:
        """One request as the client of this site makes it; `extra` overrides headers, content and parameters."""
        headers = {"Origin": self.origin}
        if token is not None:
            headers["Cookie"] = f"{self.cookie}={token}"
        if body is not None:
            extra["json"] = body
        headers |= extra.pop("headers", {})
        self.http.cookies.clear()
        return self.http.request(method, path, headers=headers, **extra)

    @contextmanager
    def socket(
        self, token: str | None, *, origin: str | None = None, **more: Any
    ) -> Iterator[ClientConnection]:
        """A socket that has not said hello; `more` is what `websockets` takes."""
        headers = {"Cookie": f"{self.cookie}={token}"} if token is not None else {}
        with connect(
            f"ws://127.0.0.1:{self.port}/ws",
            origin=Origin(origin or self.origin),
            additional_headers=headers,
            compression=None,
            proxy=None,
            max_size=None,
            **more,
        ) as opened:
            yield opened


def session_for(world: World, actor: Actor) -> str:
    """The token of a new session, as after signing in."""
    token, hashed = identity.new_token()

    def begin(tx: WriteTx) -> None:
        account = identity.find_account_of(tx, actor.person_id)
        assert account is not None, "every person of a world has an account"
        identity.create_session(tx, account.id, token_hash=hashed, device="test")

    world.write(begin)
    return token


@contextmanager
def served(world: World, *, to_browsers: bool = False) -> Iterator[Inside]:
    """Serve a world; whatever runs in it afterwards goes through the server's lane.

    `to_browsers`: its public address is where it listens, as a browser demands.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        if to_browsers:
            here = f"http://127.0.0.1:{listener.getsockname()[1]}"
            world.settings = world.runtime.settings = replace(world.settings, public_url=here)
        server = Server(world.runtime)
        config = uvicorn.Config(
            server,
            loop="uvloop",
            http="httptools",
            ws=FramesProtocol,
            ws_max_size=LARGEST_FRAME,
            ws_per_message_deflate=False,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([listener],), name="server")
        thread.start()
        inside = Inside(world.settings, server, listener.getsockname()[1])
        try:
            _wait(running, thread)
            yield inside
        finally:
            inside.http.close()
            running.should_exit = True
            thread.join()


def _wait(running: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not running.started:
        assert thread.is_alive(), "the server ended while it started"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)


@contextmanager
def served_world(
    database: str | None, *, to_browsers: bool = False
) -> Iterator[tuple[World, Inside]]:
    """A world of its own with its server; at the end its ledger must verify and equal its replay."""
    folder = Path(tempfile.mkdtemp(prefix="guiju-test-"))
    world = World(database, folder)
    try:
        with served(world, to_browsers=to_browsers) as inside:
            yield world, inside
            world.runtime.signer.stop()  # the check signs, and there is one signer
            check_ledger(world)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
