"""The outermost edge: what every request passes before a handler, and every answer on its way out. Plain ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection

from guiju.kernel.errors import (
    ConflictError,
    ForbiddenError,
    GuijuError,
    InvalidError,
    NotFoundError,
    NotReadyError,
    TooLargeError,
    TooManyError,
    UnauthenticatedError,
)
from guiju.kernel.http import (
    BODY_LIMIT,
    KEYED_PATHS,
    LARGE_BODIES,
    RAW_BODIES,
    RAW_LIMIT,
    RAW_TYPE,
    Authenticator,
    BadRequestError,
    BodyTooLargeError,
    NotJsonError,
    WrongOriginError,
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_STATUS: Final[tuple[tuple[type[GuijuError], int], ...]] = (
    (NotJsonError, 415),
    (InvalidError, 422),
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (TooManyError, 429),
    (TooLargeError, 413),
    (NotReadyError, 503),
)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(self), geolocation=()",
}


def status_of(error: GuijuError) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def error_body(error: GuijuError) -> dict[str, Any]:
    """The one shape of every error."""
    return {"code": error.code, "message": error.message, "data": error.data}


class Edge:
    """Checks Origin, content type and size of unsafe requests; adds the security headers to every answer.

    More than the ordinary size is read only for somebody who is signed in. What brings a key of its own is no request of
    a browser that could be misled: its route reads the body, once it knows the key.
    """

    def __init__(self, app: App, origin: str, authenticate: Authenticator) -> None:
        self._app = app
        self._authenticate = authenticate
        self._origin = origin
        self._parts = urlsplit(origin)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with_headers = _adding_headers(scope, send)
        home = self._home(scope)
        if home is not None:
            await with_headers(
                {"type": "http.response.start", "status": 307, "headers": [(b"location", home)]}
            )
            await with_headers({"type": "http.response.body"})
            return
        if scope["path"].startswith(KEYED_PATHS):
            await self._app(scope, receive, with_headers)
            return
        refusal = self._check(scope)
        if refusal is not None:
            await _refuse(with_headers, refusal)
            return
        try:
            limit = await self._limit(scope)
        except GuijuError as error:
            await _refuse(with_headers, error)
            return
        body = await _whole_body(receive, limit)
        if body is None:
            await _refuse(with_headers, BodyTooLargeError("The body is too large.", limit=limit))
            return
        if not _is_raw(scope) and not _is_utf8(body):
            await _refuse(with_headers, BadRequestError("The body is not JSON in UTF-8."))
            return
        await self._app(_asked(scope), _replay(body, receive), with_headers)

    async def _limit(self, scope: Message) -> int:
        """How many bytes the body may have. Raises SessionRequiredError."""
        large = LARGE_BODIES.get(scope["path"])
        if _is_raw(scope):
            large = RAW_LIMIT
        if large is None or scope["method"] in SAFE_METHODS:
            return BODY_LIMIT
        await self._authenticate(HTTPConnection(scope))
        return large

    def _home(self, scope: Message) -> bytes | None:
        """Where a page belongs that was asked for under another name of this machine: there it could change nothing."""
        here = self._parts
        if here.hostname not in LOOPBACK:
            return None
        try:
            wanted = urlsplit(f"//{Headers(scope=scope).get('host', '')}")
            elsewhere = wanted.port == here.port and wanted.hostname != here.hostname
        except ValueError:
            return None
        if not elsewhere or wanted.hostname not in LOOPBACK:
            return None
        if scope["method"] not in SAFE_METHODS or scope["path"].startswith(
            ("/api", "/healthz", "/readyz")
        ):
            return None
        query: bytes = scope["query_string"]
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        return self._origin.encode() + path + (b"?" + query if query else b"")

    def _check(self, scope: Message) -> GuijuError | None:
        headers = Headers(scope=scope)
        if scope["method"] in SAFE_METHODS:
            # Opening a file of a held message goes on record: another site must not have a reviewer do it.
            if headers.get("sec-fetch-site") == "cross-site" and scope["path"].startswith("/api/"):
                return WrongOriginError("Another site asks for this.", expected=self._origin)
            return None
        if headers.get("origin") != self._origin:
            return WrongOriginError("The request must come from this site.", expected=self._origin)
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        wanted = RAW_TYPE if _is_raw(scope) else "application/json"
        stated = headers.get("content-type", "").partition(";")[0].strip().lower()
        if has_body and stated != wanted:
            return NotJsonError(f"A body is {wanted} here.")
        return None


def _asked(scope: Message) -> Message:
    """What is looked up for a request: HEAD asks for what GET would answer, and the web server leaves the body out."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _is_raw(scope: Message) -> bool:
    """Whether the request brings bytes as they are."""
    return scope["method"] == "PUT" and RAW_BODIES.fullmatch(scope["path"]) is not None


def _adding_headers(scope: Message, send: Send) -> Send:
    private = scope["path"].startswith("/api")

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if private:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return add


async def _whole_body(receive: Receive, limit: int) -> bytes | None:
    """The body, read up to the limit; None when it is larger."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return None
        if not message.get("more_body", False):
            break
    return b"".join(parts)


def _is_utf8(body: bytes) -> bool:
    """Whether a body can be JSON as it is exchanged (RFC 8259, 8.1). Python's reader would guess UTF-16 and UTF-32 too."""
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _refuse(send: Send, error: GuijuError) -> None:
    body = msgspec.json.encode(error_body(error))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status_of(error), "headers": headers})
    await send({"type": "http.response.body", "body": body})
