"""The socket `/ws` (docs/protocol.md): one task reads, one sends, and the write lane stands between them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec
from starlette.requests import HTTPConnection

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.errors import GuijuError, InvalidError, UnauthenticatedError
from guiju.kernel.gate import Gate
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.live import Connection, Hub, View, items_for
from guiju.modules.identity.types import Session
from guiju.modules.messaging.composing import Body, Composer
from guiju.modules.messaging.service import present_groups
from guiju.modules.messaging.types import Receipt
from guiju.modules.policy import service as policy

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

NOT_THE_PROTOCOL: Final = 4400
SESSION_ENDED: Final = 4401
WRONG_ORIGIN: Final = 4403
FARTHEST: Final = 5000
HELLO_SECONDS: Final = 15
MOST_PENDING: Final = 64
_log = logging.getLogger("guiju.socket")


class BadFrameError(InvalidError):
    """A frame that is not of the protocol."""

    code = "socket.bad_frame"


class _Hello(msgspec.Struct, tag="hello", tag_field="type"):
    cursor: int | None = None


class _Send(msgspec.Struct, tag="send", tag_field="type"):
    cmid: str
    group: str
    body: Body | str


class _Read(msgspec.Struct, tag="read", tag_field="type"):
    group: str
    position: int


class _Ping(msgspec.Struct, tag="ping", tag_field="type"):
    n: int = 0


_decode = msgspec.json.Decoder(_Hello | _Send | _Read | _Ping).decode
_encode = msgspec.json.Encoder().encode


class SocketEndpoint:
    """An ASGI application for one path. `session_of` raises SessionRequiredError."""

    def __init__(
        self,
        gate: Gate,
        hub: Hub,
        composer: Composer,
        new_view: Callable[..., View],
        session_of: Callable[[HTTPConnection], Awaitable[Session]],
        origin: str,
    ) -> None:
        self._gate = gate
        self._hub = hub
        self._composer = composer
        self._new_view = new_view
        self._session_of = session_of
        self._origin = origin

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        connection = HTTPConnection(scope)
        if connection.headers.get("origin") != self._origin:
            await send({"type": "websocket.close", "code": WRONG_ORIGIN})
            return
        try:
            session = await self._session_of(connection)
        except UnauthenticatedError:
            await send({"type": "websocket.close", "code": SESSION_ENDED})
            return
        await self._serve(session, receive, send)

    async def _serve(self, session: Session, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = _read(await receive())
        except (BadFrameError, TimeoutError):
            hello = None
        if not isinstance(hello, _Hello):
            await send({"type": "websocket.close", "code": NOT_THE_PROTOCOL})
            return
        connection = await self._join(session, hello.cursor)
        pump = asyncio.create_task(_pump(connection, send))
        try:
            await self._listen(connection, receive)
        finally:
            self._hub.remove(connection)
            connection.close(1000)
            await pump

    async def _join(self, session: Session, cursor: int | None) -> Connection:
        """Catch up from the cursor, then follow: what is published meanwhile is neither lost nor sent twice."""
        while True:
            actor = Actor(session.person)
            position, roles, places, items = await self._gate.read(
                lambda tx, actor=actor: self._snapshot(tx, actor, cursor)  # type: ignore[misc]  # bound at once
            )
            missed = self._hub.since(position)
            if missed is not None:
                break
        connection = Connection(session.person, roles, session.id, position)
        mode = "snapshot" if items is None else "resume"
        welcome = {"type": "welcome", "position": position, "mode": mode, "head": {"size": position + 1}}
        connection.push(_encode(welcome))
        if items:
            connection.push(_encode({"type": "facts", "items": items, "position": position}))
        view = self._new_view()
        try:
            groups = self._hub.presence_after(view, missed, session.person, set(places))
            later = items_for(self._hub.routers, view, missed, session.person, roles, dict.fromkeys(groups, 0))
        finally:
            view.close()
        if later:
            connection.push(_encode({"type": "facts", "items": later, "position": missed[-1].position}))
            connection.since = missed[-1].position
        self._hub.add(connection, groups)
        return connection

    def _snapshot(
        self, tx: ReadTx, actor: Actor, cursor: int | None
    ) -> tuple[int, frozenset[str], dict[GroupId, int], list[dict[str, Any]] | None]:
        """(position, roles, groups that are read with their first visible position, items since the cursor)."""
        position = tx.position
        roles, places = policy.roles_of(tx, actor), present_groups(tx, actor)
        if cursor is None or not 0 <= position - cursor <= FARTHEST:
            return position, roles, places, None
        entries = tx.entries(EntryQuery(after=cursor, limit=FARTHEST))
        items = items_for(self._hub.routers, self._new_view(tx), entries, actor.person_id, roles, places)
        return position, roles, places, items

    async def _listen(self, connection: Connection, receive: Receive) -> None:
        pending = asyncio.Semaphore(MOST_PENDING)
        while connection.close_code is None:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                frame = _read(message)
            except BadFrameError as error:
                connection.push(_error(error, None))
                continue
            if isinstance(frame, _Send):
                await pending.acquire()
                self._send(connection, frame, pending)
            else:
                self._other(connection, frame)

    def _send(self, connection: Connection, frame: _Send, pending: asyncio.Semaphore) -> None:
        def answer(result: Receipt | BaseException) -> None:
            pending.release()
            connection.push(_answer(result, frame.cmid))

        body = Body(frame.body) if isinstance(frame.body, str) else frame.body
        try:
            actor = Actor(connection.person)
            prepared = self._composer.prepare(actor, GroupId(frame.group), frame.cmid, body)
        except GuijuError as refusal:
            answer(refusal)
            return
        self._composer.submit(prepared, answer)

    def _other(self, connection: Connection, frame: "_Hello | _Read | _Ping") -> None:
        match frame:
            case _Ping(n=n):
                connection.push(_encode({"type": "pong", "n": n}))
            case _Read(group=group, position=position):
                self._mark_read(connection, GroupId(group), position)
            case _:
                connection.push(_error(BadFrameError("hello comes once."), None))

    def _mark_read(self, connection: Connection, group: GroupId, position: int) -> None:
        def tell_others(result: Any) -> None:
            if result is not True:
                return
            frame = _encode({"type": "read", "group": group, "position": position})
            for other in self._hub.of_person(PersonId(connection.person)):
                if other is not connection:
                    other.push(frame)

        try:
            self._composer.submit_mark(connection.person, group, position, tell_others)
        except GuijuError as refusal:
            connection.push(_error(refusal, None))


async def _pump(connection: Connection, send: Send) -> None:
    """Send what is queued until the connection closes."""
    try:
        while True:
            await connection.wake.wait()
            code = connection.close_code
            for frame in connection.take():
                await send({"type": "websocket.send", "text": frame.decode()})
            if code is not None:
                await send({"type": "websocket.close", "code": code})
                return
    except (OSError, RuntimeError) as error:  # the peer is gone; the reader ends by its disconnect
        _log.debug("a socket broke: %s", error)
        connection.close_code = connection.close_code or 1006


def _read(message: Message) -> "_Hello | _Send | _Read | _Ping":
    """The frame of a message. Raises BadFrameError."""
    text = message.get("text")
    if text is None:
        raise BadFrameError("Frames are text.")
    try:
        return _decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadFrameError(str(error)[:200]) from error


def _answer(result: Receipt | BaseException, cmid: str) -> bytes:
    if isinstance(result, Receipt):
        return _encode(
            {
                "type": "receipt",
                "cmid": result.cmid,
                "state": result.state,
                "position": result.position,
                "clause": result.clause,
                "note": result.note,
            }
        )
    if isinstance(result, GuijuError):
        return _error(result, cmid)
    return _encode(
        {"type": "error", "code": "http.internal", "message": "Something broke here.", "data": {"cmid": cmid}}
    )


def _error(error: GuijuError, cmid: str | None) -> bytes:
    data = error.data | ({"cmid": cmid[:64]} if cmid is not None else {})
    return _encode({"type": "error", "code": error.code, "message": error.message, "data": data})


