"""Who holds a session, for HTTP and the socket alike; a socket whose session ends is closed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from starlette.requests import HTTPConnection

from guiju.kernel.actor import Actor
from guiju.kernel.db import DatabaseUnavailableError, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.gate import Gate
from guiju.kernel.http import SessionRequiredError
from guiju.kernel.live import Hub
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import Session, SessionId
from guiju.modules.policy import service as policy
from guiju.settings import Settings
from guiju.socket import SESSION_ENDED

EVERY = 20


class SessionGuard:
    """Finds the session of a request, and looks after the sessions of open sockets."""

    def __init__(self, gate: Gate, hub: Hub, settings: Settings) -> None:
        self._gate = gate
        self._hub = hub
        self._cookie = identity.cookie_name(is_https=settings.is_https)
        self._due = False
        self._task: asyncio.Task[None] | None = None

    async def authenticate(self, connection: HTTPConnection) -> Actor:
        """Who asks. Raises SessionRequiredError."""
        return Actor((await self.session_of(connection)).person)

    async def session_of(self, connection: HTTPConnection) -> Session:
        """The session of the cookie. Raises SessionRequiredError."""
        token = connection.cookies.get(self._cookie, "")
        if not token:
            raise SessionRequiredError("Sign in first.")
        hashed = identity.token_hash(token)

        def find(tx: ReadTx) -> tuple[Session | None, bool]:
            session = identity.find_session(tx, hashed)
            return session, session is not None and identity.needs_touch(tx, session)

        session, touch = await self._gate.read(find)
        if session is None:
            raise SessionRequiredError("The session has ended.")
        if touch:
            await self._gate.write(lambda tx: identity.touch_session(tx, session))
        return session

    def on_entries(self, entries: Sequence[Recorded]) -> None:
        """Close the sockets of accounts that were just suspended, closed or signed out."""
        if any(entry.kind.startswith(("identity.", "directory.role_")) for entry in entries):
            self._due = True
            if self._task is None or self._task.done():
                self._task = asyncio.get_running_loop().create_task(self._recheck_until_done())

    async def _recheck_until_done(self) -> None:
        """One after the other: an older snapshot must not overwrite what a newer one found."""
        while self._due:
            self._due = False
            with suppress(DatabaseUnavailableError):  # `watch` looks again
                await self.recheck()

    async def recheck(self) -> None:
        """Close every socket whose session has ended; bring the roles of the others up to date."""
        connections = self._hub.all()
        if not connections:
            return

        def check(tx: ReadTx) -> list[tuple[bool, frozenset[str]]]:
            alive = identity.sessions_alive(
                tx, [SessionId(connection.session) for connection in connections]
            )
            return [
                (connection.session in alive, policy.roles_of(tx, Actor(connection.person)))
                for connection in connections
            ]

        for connection, (is_alive, roles) in zip(
            connections, await self._gate.read(check), strict=True
        ):
            connection.roles = roles
            if not is_alive:
                connection.close(SESSION_ENDED)

    def session_ended(self, session: SessionId) -> None:
        """Close the sockets of a session that has just been signed out."""
        for connection in self._hub.all():
            if connection.session == session:
                connection.close(SESSION_ENDED)

    async def watch(self) -> None:
        """Look after sessions that end by themselves."""
        while True:
            await asyncio.sleep(EVERY)
            with suppress(DatabaseUnavailableError):
                await self.recheck()
