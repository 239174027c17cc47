"""What every module's routes share: who asks, how to read and write, and the checks before a handler runs."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ForbiddenError, InvalidError, TooLargeError, UnauthenticatedError
from guiju.kernel.lane import WriteTx

T = TypeVar("T")
BODY_LIMIT = 2 * 1024 * 1024
LARGE_BODIES = {"/api/dictionaries": 16 * 1024 * 1024, "/api/documents": 16 * 1024 * 1024}
"""The paths whose bodies may be larger: they bring whole files."""
RAW_BODIES = re.compile(r"/api/uploads/[A-Za-z0-9_]{1,64}/\d{1,6}")
"""The paths whose bodies are no JSON but bytes, read only for somebody who is signed in."""
KEYED_PATHS = "/cgi-bin/webhook/"
"""The paths that know no session: who asks there brings a key, and the route reads the body itself."""
RAW_LIMIT = 256 * 1024
RAW_TYPE = "application/octet-stream"
POSITION_HEADER = "Guiju-Position"
DOCUMENTS = "/api/ledger/"
"""Heads, keys and proofs are kept, and verified by programs that accept no other fields."""


class SessionRequiredError(UnauthenticatedError):
    """Nobody is signed in, or the session has ended."""

    code = "http.session_required"


class WrongOriginError(ForbiddenError):
    """The request comes from another site, or names no origin."""

    code = "http.wrong_origin"


class NotJsonError(InvalidError):
    """A body that is not of the type that its path takes, nearly always `application/json` (415)."""

    code = "http.not_json"


class BodyTooLargeError(TooLargeError):
    """The body is larger than the limit."""

    code = "http.too_large"


class BadRequestError(InvalidError):
    """The body or the parameters do not fit; `data.problems` says where."""

    code = "http.bad_request"


class Authenticator(Protocol):
    """Finds who holds a session; implemented by the composition root."""

    async def __call__(self, connection: HTTPConnection) -> Actor:
        """Raises SessionRequiredError."""


class Write(Protocol):
    """`await write(verb)` runs a verb in the write lane."""

    def __call__(self, verb: Callable[[WriteTx], T]) -> Awaitable[T]: ...


class Read(Protocol):
    """`await read(verb)` runs a reading verb on one snapshot."""

    def __call__(self, verb: Callable[[ReadTx], T]) -> Awaitable[T]: ...


async def _actor(request: Request) -> Actor:
    authenticate: Authenticator = request.app.state.authenticate
    return await authenticate(request)


def _writer(request: Request) -> Write:
    write: Write = request.app.state.gate.write
    return write


def _reader(request: Request, response: Response) -> Read:
    """Reads on one snapshot, and says which position it reflects: in the header, and in the answer of a GET.

    What is itself the fact at a position bears its own `position`; signed documents have just the fields of their form.
    """
    gate: Any = request.app.state.gate
    is_document = request.url.path.startswith(DOCUMENTS)

    async def read(verb: Callable[[ReadTx], T]) -> T:
        def noting(tx: ReadTx) -> tuple[T, int]:
            return verb(tx), tx.position

        answer: T
        answer, position = await gate.read(noting)
        response.headers[POSITION_HEADER] = str(position)
        if request.method == "GET" and isinstance(answer, dict) and not is_document:
            answer.setdefault("position", position)
        return answer

    return read


CurrentActor = Annotated[Actor, Depends(_actor)]
Writer = Annotated[Write, Depends(_writer)]
Reader = Annotated[Read, Depends(_reader)]
Json = dict[str, Any]


def disposition(name: str, *, inline: bool) -> str:
    """The header that names a file (RFC 6266): a plain name for old programs, and the real one beside it."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name).strip() or "file"
    shown = "inline" if inline else "attachment"
    return f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
