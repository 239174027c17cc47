"""The two servers that are compared, as the load sees them: addresses, one group, its members."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.client import Target
from bench.floor import GROUP
from bench.process import BenchError, free_port, running, tail, wait_for_port
from bench.world import Made, World

HOST: Final = "127.0.0.1"
FLOOR: Final = "floor"
PRODUCT: Final = "product"
_START_SECONDS: Final = 60.0
_INIT_SECONDS: Final = 600.0
_HTTP_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that `serving` can start: its group, and one signed-in seat for each member.

    `outside` are seats of people without a group; `ready`: it answers `/readyz`; `load` drives it; `idle`
    sockets of those outside stay open during a load.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    port: int
    log: Path
    group: str = ""
    seats: tuple[Target, ...] = ()
    outside: tuple[Target, ...] = ()
    ready: bool = False
    load: str = "bench.load"
    idle: int = 0


@contextlib.contextmanager
def serving(server: Server) -> Iterator[int]:
    """Run the server until the end of the block; gives its process id when it is ready."""
    with running(server.command, server.log, server.environment) as process:
        wait_for_port(process, server.port, server.log, _START_SECONDS)
        if server.ready:
            _wait_until_ready(server)
        yield process.pid


def floor(folder: Path, dsn: str | None, seats: int) -> Server:
    """The floor on SQLite in `folder`, or on the PostgreSQL database `dsn`; each start is empty."""
    folder.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "bench.floor", "--port", str(port), "--seats", str(seats)]
    command += ["--postgres", "FLOOR_DSN"] if dsn else ["--sqlite", str(folder / "floor.db")]
    origin = f"http://{HOST}:{port}"
    places = tuple(Target(HOST, port, f"/ws?u={seat}", origin, "") for seat in range(seats))
    environment = {"FLOOR_DSN": dsn or ""}
    return Server(FLOOR, tuple(command), environment, port, folder / "log", GROUP, places)


def product(folder: Path, dsn: str | None, world: World, name: str = PRODUCT) -> Server:
    """The product with the organisation `world`, on SQLite in `folder` or on the database `dsn`.

    Its sessions outlive a restart. Raises `BenchError` when the organisation cannot be made.
    """
    folder.mkdir()
    environment = environment_of(folder, dsn)
    said = run(
        (sys.executable, "-m", "bench.world"),
        environment,
        msgspec.json.encode(world),
        _INIT_SECONDS,
    )
    return served(name, folder, environment, msgspec.json.decode(said, type=Made))


def environment_of(folder: Path, dsn: str | None) -> dict[str, str]:
    """The settings of an organisation in `folder`, to be served on a port that is free now."""
    address = f"{HOST}:{free_port()}"
    return {
        "GUIJU_DATA": str(folder / "data"),
        "GUIJU_KEYS": str(folder / "keys"),
        "GUIJU_LISTEN": address,
        "GUIJU_PUBLIC_URL": f"http://{address}",
        "GUIJU_DATABASE": dsn or "",
    }


def served(name: str, folder: Path, environment: dict[str, str], made: Made) -> Server:
    """The product on an organisation that was made."""
    origin = environment["GUIJU_PUBLIC_URL"]
    port = int(origin.rpartition(":")[2])

    def seats(tokens: list[str]) -> tuple[Target, ...]:
        return tuple(Target(HOST, port, "/ws", origin, f"guiju={token}") for token in tokens)

    return Server(
        name, (_command(), "serve"), environment, port, folder / "log", made.group,
        seats(made.members), seats(made.outside), ready=True,
    )  # fmt: skip


def _command() -> str:
    command = Path(sys.executable).parent / "guiju"
    if not command.exists():
        raise BenchError(f"{command.name} is not installed beside {sys.executable}")
    return str(command)


def run(
    command: tuple[str, ...],
    environment: dict[str, str],
    said: bytes,
    seconds: float,
    *,
    stale: int = 0,
) -> bytes:
    """What a program prints that is told `said`; nothing when it ends with `stale`. Raises `BenchError`."""
    try:
        done = subprocess.run(
            command,
            input=said,
            capture_output=True,
            check=False,
            env={**os.environ, **environment},
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{' '.join(command)} did not end within {seconds:.0f} s") from error
    if done.returncode and done.returncode == stale:
        return b""
    if done.returncode:
        raise BenchError(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}"
        )
    return done.stdout


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, server.port, timeout=_HTTP_SECONDS)
        with contextlib.closing(connection):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        time.sleep(0.1)
    raise BenchError(
        f"the product was not ready within {_START_SECONDS:.0f} s:\n{tail(server.log)}"
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered; `said` is the decoded JSON, or None when there is no body."""

    status: int
    cookies: Mapping[str, str]
    said: Any


class Session:
    """One account, signed in by `POST /api/session`. The session outlives the server."""

    def __init__(self, port: int, account: str, password: str) -> None:
        self._port = port
        self.origin = f"http://{HOST}:{port}"
        self.cookie = ""
        self.account = account
        self.sign_in(password)

    def sign_in(self, password: str) -> None:
        """Begin another session; raises `BenchError` when it is refused."""
        self.cookie = ""
        credentials = {"account": self.account, "password": password}
        answer = self.expect("POST", "/api/session", credentials)
        self.cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
        if not self.cookie:
            raise BenchError(f"signing in as {self.account} set no cookie")

    def active_groups(self) -> list[str]:
        """The groups in which this account is an active member."""
        answer = self.expect("GET", "/api/conversations")
        cards = [one["group"] for one in answer.said["conversations"]]
        return [card["id"] for card in cards if card["me"]["state"] == "active"]

    def expect(self, method: str, path: str, body: object = None) -> Answer:
        """The answer, which MUST be 200; raises `BenchError`."""
        answer = self.ask(method, path, body)
        if answer.status != http.client.OK:
            raise BenchError(f"{method} {path}: {answer.status} {str(answer.said)[:500]}")
        return answer

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """One request as the client of the site makes it; raises `OSError` when nobody answers."""
        headers = {"Origin": self.origin, "Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(HOST, self._port, timeout=_HTTP_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            jar: SimpleCookie = SimpleCookie()
            for value in answer.headers.get_all("set-cookie", []):
                jar.load(value)
            said = answer.read()
        cookies = {name: morsel.value for name, morsel in jar.items()}
        return Answer(answer.status, cookies, json.loads(said) if said else None)
