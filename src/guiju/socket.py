"""The socket `/ws` (docs/protocol.md): what comes in goes to the write lane, what goes out comes from the hub."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from starlette.requests import HTTPConnection

from guiju.frames import EXTENSION, Sink
from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.errors import GuijuError, InvalidError, NotReadyError, UnauthenticatedError
from guiju.kernel.gate import Gate
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.live import TOO_SLOW, Connection, Hub, View, items_for
from guiju.kernel.wire import facts_frame, text_frame
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.identity.types import Session
from guiju.modules.messaging.composing import Body, Composer, Draft, receipt_json
from guiju.modules.messaging.personal_types import Kept, Marked
from guiju.modules.messaging.seen import Seen
from guiju.modules.messaging.service import present_groups
from guiju.modules.messaging.types import Receipt
from guiju.modules.policy import service as policy

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

Closing = asyncio.Future[int | None]
"""The code to close a socket with, or None when it is gone."""

NOT_THE_PROTOCOL: Final = 4400
SESSION_ENDED: Final = 4401
WRONG_ORIGIN: Final = 4403
TOO_MANY: Final = 4429
FARTHEST: Final = 5000
HELLO_SECONDS: Final = 15
CLOSE_SECONDS: Final = 5
MOST_PENDING: Final = 64
MOST_SOCKETS: Final = 50
"""Of one person: far more than devices and tabs, far fewer than would take the server's memory."""


class BadFrameError(InvalidError):
    """A frame that is not of the protocol."""

    code = "socket.bad_frame"


class _Hello(msgspec.Struct, tag="hello", tag_field="type"):
    # An empty ledger is at -1; a browser counts exactly up to 2**53.
    cursor: Annotated[int, msgspec.Meta(ge=-1, lt=2**53)] | None = None


class _Send(msgspec.Struct, tag="send", tag_field="type"):
    cmid: str
    group: str
    body: Body | str


class _Read(msgspec.Struct, tag="read", tag_field="type"):
    group: str
    position: int


class _Ping(msgspec.Struct, tag="ping", tag_field="type"):
    n: int = 0


class _Visible(msgspec.Struct, tag="visible", tag_field="type"):
    on: bool


FRAMES: Final = _Hello | _Send | _Read | _Ping | _Visible
Frame = _Hello | _Send | _Read | _Ping | _Visible
_decode = msgspec.json.Decoder(FRAMES).decode
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
        self._open: Counter[PersonId] = Counter()
        self.seen = Seen(hub)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        sink: Sink = scope["extensions"][EXTENSION]
        code: int | None = WRONG_ORIGIN
        if HTTPConnection(scope).headers.get("origin") == self._origin:
            try:
                code = await self._serve(scope, receive, sink)
            except UnauthenticatedError:
                code = SESSION_ENDED
            except NotReadyError:
                code = TOO_SLOW
        if code is not None:
            await _close(sink, send, code)

    async def _serve(self, scope: Message, receive: Receive, sink: Sink) -> int | None:
        """Serve until the code to close with is known; None when the socket is gone."""
        session = await self._session_of(HTTPConnection(scope))
        if self._open[session.person] >= MOST_SOCKETS:
            return TOO_MANY
        self._open[session.person] += 1
        try:
            return await self._talk(session, scope, receive, sink)
        finally:
            self._open[session.person] -= 1
            if not self._open[session.person]:
                del self._open[session.person]

    async def _talk(
        self, session: Session, scope: Message, receive: Receive, sink: Sink
    ) -> int | None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = _first(await receive())
        except (BadFrameError, TimeoutError):
            hello = None
        if not isinstance(hello, _Hello):
            return NOT_THE_PROTOCOL
        closing: Closing = asyncio.get_running_loop().create_future()
        connection = await self._join(session, hello.cursor, sink, closing)
        try:
            listener = _Listener(connection, sink, self._composer, self._hub, self.seen)
            sink.take_over(listener.on_text, partial(_settle, closing, None))
            # The session may have ended before the hub knew of this socket.
            await self._session_of(HTTPConnection(scope))
            sink.forget_upgrade()
            return await closing
        finally:
            self._hub.remove(connection)
            connection.close(1000)

    async def _join(
        self, session: Session, cursor: int | None, sink: Sink, closing: "Closing"
    ) -> Connection:
        """Catch up from the cursor, then follow: what is published meanwhile is neither lost nor sent twice."""
        while True:
            actor = Actor(session.person)
            position, roles, places, items = await self._gate.read(
                lambda tx, actor=actor: self._snapshot(tx, actor, cursor)  # type: ignore[misc]  # bound at once
            )
            missed = self._hub.since(position)
            if missed is not None:
                break
        settle = partial(_settle, closing)
        connection = Connection(session.person, roles, session.id, position, sink, settle)
        after = cursor if items and cursor is not None else position
        welcome = {
            "type": "welcome",
            "person": session.person,
            "position": position,
            "after": after,
            "mode": "snapshot" if items is None else "resume",
            "head": {"size": position + 1},
        }
        connection.push(text_frame(_encode(welcome)))
        if items:
            connection.push(_facts(items, after, position))
        view = self._new_view()
        try:
            groups, later = set(places), []
            for entry in missed:  # one by one: who is admitted in between sees nothing from before
                groups = self._hub.presence_after(view, [entry], session.person, groups)
                visible = dict.fromkeys(groups, 0)
                later += items_for(self._hub.routers, view, [entry], session.person, roles, visible)
        finally:
            view.close()
        if later:
            connection.push(_facts(later, position, missed[-1].position))
            connection.since = connection.told = missed[-1].position
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
        items = items_for(
            self._hub.routers, self._new_view(tx), entries, actor.person_id, roles, places
        )
        return position, roles, places, items


class _Listener:
    """What one joined socket says. Nothing here waits: answers come from the lane."""

    def __init__(
        self, connection: Connection, sink: Sink, composer: Composer, hub: Hub, seen: Seen
    ) -> None:
        self._connection = connection
        self._actor = Actor(connection.person)
        self._sink = sink
        self._composer = composer
        self._hub = hub
        self._seen = seen
        self._pending = 0

    def on_text(self, data: bytes | None) -> None:
        try:
            frame = _read(data)
        except BadFrameError as error:
            self._connection.push(_error(error, None))
            return
        match frame:
            case _Send():
                self._send(frame)
            case _Ping(n=n):
                self._connection.push(text_frame(_encode({"type": "pong", "n": n})))
            case _Read(group=group, position=position):
                self._mark_read(GroupId(group), position)
            case _Visible(on=on):
                self._connection.is_visible = on
            case _Hello():
                self._connection.push(_error(BadFrameError("hello comes once."), None))

    def _begin(self) -> None:
        """One more command waits: a peer with too many is not read until half of them are answered."""
        self._pending += 1
        if self._pending >= MOST_PENDING:
            self._sink.pause()

    def _end(self) -> None:
        self._pending -= 1
        if self._pending == MOST_PENDING // 2:
            self._sink.resume()

    def _send(self, frame: _Send) -> None:
        self._begin()
        body = Body(frame.body) if isinstance(frame.body, str) else frame.body
        draft = Draft(self._actor, GroupId(frame.group), frame.cmid, body)
        self._composer.submit(draft, self._answer, partial(_receipt, frame.cmid))

    def _answer(self, wire: bytes) -> None:
        self._end()
        self._connection.push(wire)

    def _mark_read(self, group: GroupId, position: int) -> None:
        def tell_others(result: Any) -> None:
            self._end()
            if not isinstance(result, Kept):
                self._connection.push(_failure(result, None))
                return
            if result.what is Marked.UNKNOWN:
                unknown = GroupNotFoundError("There is no such group.", group=group)
                self._connection.push(_failure(unknown, None))
                return
            read = result.position
            if result.what is Marked.SHARED:
                self._seen.tell(group, self._connection.person, read)
            wire = text_frame(_encode({"type": "read", "group": group, "position": read}))
            for other in self._hub.of_person(self._connection.person):
                if other is not self._connection:
                    other.push(wire)

        self._begin()
        try:
            self._composer.submit_mark(self._connection.person, group, position, tell_others)
        except GuijuError as refusal:
            self._end()
            self._connection.push(_error(refusal, None))


def _settle(closing: Closing, code: int | None) -> None:
    if not closing.done():
        closing.set_result(code)


async def _close(sink: Sink, send: Send, code: int) -> None:
    """Close with a code; a peer that does not even take that is dropped."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await send({"type": "websocket.close", "code": code})
    except TimeoutError:
        sink.abort()


def _facts(items: list[dict[str, Any]], after: int, position: int) -> bytes:
    return facts_frame([_encode(item) for item in items], after, position)


def _first(message: Message) -> Frame:
    """The first frame, which still comes by ASGI. Raises BadFrameError."""
    text = message.get("text")
    return _read(text.encode() if isinstance(text, str) else None)


def _read(data: bytes | None) -> Frame:
    """The frame of a message. Raises BadFrameError."""
    if data is None:
        raise BadFrameError("Frames are text.")
    try:
        frame: Frame = _decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadFrameError(str(error)[:200]) from error
    return frame


def _receipt(cmid: str, result: Receipt | BaseException) -> bytes:
    if isinstance(result, Receipt):
        return text_frame(_encode(receipt_json(result)))
    return _failure(result, cmid)


def _failure(error: BaseException, cmid: str | None) -> bytes:
    """What went wrong; the lane has logged what is no refusal."""
    if isinstance(error, GuijuError):
        return _error(error, cmid)
    data = {"cmid": cmid} if cmid is not None else {}
    internal = {
        "type": "error",
        "code": "http.internal",
        "message": "Something broke here.",
        "data": data,
    }
    return text_frame(_encode(internal))


def _error(error: GuijuError, cmid: str | None) -> bytes:
    data = error.data | ({"cmid": cmid[:64]} if cmid is not None else {})
    return text_frame(
        _encode({"type": "error", "code": error.code, "message": error.message, "data": data})
    )
