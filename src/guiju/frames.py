"""The socket's transport: uvicorn's WebSocket protocol with a short way past ASGI for frames of text.

Handshake, control frames, fragments and limits stay with the library. Once a socket has joined, its texts go straight to
a callback, and what leaves is framed once for all receivers and written to the transport. Measured with 32 members, the
queue, task and dictionary that ASGI wants for each frame cost more than everything else on the way of a message.
"""

from asyncio import Transport
from collections.abc import Callable
from typing import Any, Final, Protocol

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import apply_mask  # type: ignore[attr-defined]  # the C one where it is built
from websockets.protocol import State

EXTENSION: Final = "guiju.sink"


class Sink(Protocol):
    """Where a connection's frames go, and where its texts come from."""

    def write(self, wire: bytes) -> None:
        """Send bytes that are framed already (`kernel.wire.text_frame`)."""

    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""

    def take_over(
        self, on_text: Callable[[bytes | None], None], on_gone: Callable[[], None]
    ) -> None:
        """Have every message from now on given to `on_text`: its bytes, or None for a binary one.

        `on_gone` hears of the end of the connection; nothing more comes by ASGI.
        """

    def forget_upgrade(self) -> None:
        """Empty the scope and let go of the rest of the handshake: it is much of what an idle socket costs."""

    def pause(self) -> None:
        """Read nothing more until `resume`."""

    def resume(self) -> None: ...

    def abort(self) -> None:
        """Drop the connection at once, with what was not taken."""


class _Ending:
    """In place of the queue of a socket that was taken over, of whose events only the last one counts."""

    __slots__ = ("_on_gone",)

    def __init__(self, on_gone: Callable[[], None]) -> None:
        self._on_gone = on_gone

    def put_nowait(self, event: Any) -> None:
        if event["type"] == "websocket.disconnect":
            self._on_gone()


class FramesProtocol(WebSocketsSansIOProtocol):
    """Offers itself to the application as a `Sink` in the scope's extensions."""

    _on_text: Callable[[bytes | None], None] | None = None
    transport: Transport

    @override
    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: Any = self.scope["extensions"]
            extensions[EXTENSION] = self

    @override
    def data_received(self, data: bytes) -> None:
        if self._on_text is not None and self.conn.state is State.OPEN:
            data = self._take_texts(data, self._on_text)
        if data:
            super().data_received(data)

    def _take_texts(self, data: bytes, on_text: Callable[[bytes | None], None]) -> bytes:
        """Give away the whole, final, masked texts that `data` begins with (RFC 6455, 5.2); returns what follows them.

        Everything else is the library's: other frames, pieces of a frame, and what comes while it still waits for a rest.
        """
        while not self.conn.reader.buffer and not self.frames and len(data) >= 6:
            size, mask = data[1] & 0x7F, 2
            if data[0] != 0x81 or data[1] < 0x80 or size == 127:
                break
            if size == 126:
                size, mask = int.from_bytes(data[2:4], "big"), 4
            end = mask + 4 + size
            if len(data) < end:
                break
            on_text(apply_mask(data[mask + 4 : end], data[mask : mask + 4]))
            data = data[end:]
        return data

    @override
    def send_receive_event_to_app(self) -> None:
        if self._on_text is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if not self.close_sent:
            self._on_text(bytes(data) if self.curr_msg_data_type == "text" else None)

    def write(self, wire: bytes) -> None:
        if not self.disconnected and not self.close_sent:
            self.transport.write(wire)

    def buffered(self) -> int:
        return self.transport.get_write_buffer_size()

    def take_over(
        self, on_text: Callable[[bytes | None], None], on_gone: Callable[[], None]
    ) -> None:
        self._on_text = on_text
        queue, ending = self.queue, _Ending(on_gone)
        self.queue = ending  # type: ignore[assignment]  # nobody receives by ASGI any more
        while not queue.empty():
            event = queue.get_nowait()
            if event["type"] == "websocket.receive":
                text = event.get("text")
                on_text(text.encode() if text is not None else None)
            else:
                ending.put_nowait(event)
        self.resume()

    def forget_upgrade(self) -> None:
        del self.request, self.response
        self.scope.clear()  # type: ignore[attr-defined]  # a TypedDict whose keys are all required

    def pause(self) -> None:
        if not self.read_paused and not self.disconnected:
            self.read_paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        if self.read_paused and not self.disconnected:
            self.read_paused = False
            self.transport.resume_reading()

    def abort(self) -> None:
        if not self.disconnected:
            self.transport.abort()
