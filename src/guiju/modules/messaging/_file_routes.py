"""Uploads and the files of messages over HTTP."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response, StreamingResponse

from guiju.kernel.db import ReadTx
from guiju.kernel.http import CurrentActor, Json, Reader, Writer, disposition
from guiju.kernel.ids import GroupId
from guiju.kernel.text import FileName, Id, Position
from guiju.ledger.errors import LedgerError
from guiju.modules.messaging import _file_shape, opening
from guiju.modules.messaging.file_types import (
    FileDamagedError,
    FileKind,
    NoSuchFileError,
)
from guiju.modules.messaging.looking import PLAIN, SAFE_PICTURES
from guiju.modules.messaging.opening import Opened
from guiju.modules.messaging.progress import Progress
from guiju.modules.messaging.uploading import Uploads

T = TypeVar("T")
routes = APIRouter()
_log = logging.getLogger("guiju.messaging")
WAITING_SECONDS = 8.0
"""How long an answer waits for an inspection; after that the client asks again."""
CLOSED = "default-src 'none'; sandbox; frame-ancestors 'none'"
_SOUNDS = frozenset({"audio/webm", "audio/ogg", "audio/mp4"})
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_Copy = Literal["thumbnail", "preview"]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Wanted(Closed):
    group: Id
    name: FileName
    size: Annotated[int, Field(ge=0, lt=2**53)]
    kind: Literal["file", "image", "voice"] = "file"
    seconds: Annotated[int, Field(ge=0, lt=2**31)] | None = None


class Whole(Closed):
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]


def _uploads(request: Request) -> Uploads:
    uploads: Uploads = request.app.state.uploads
    return uploads


@routes.post("/uploads")
async def open_upload(request: Request, body: Wanted, actor: CurrentActor) -> Json:
    uploads, kind = _uploads(request), FileKind(body.kind)
    made = await asyncio.to_thread(
        lambda: uploads.open(
            actor,
            GroupId(body.group),
            name=body.name,
            size=body.size,
            kind=kind,
            seconds=body.seconds,
        )
    )
    return _file_shape.upload(Progress(made, frozenset(), None, is_busy=False))


@routes.get("/uploads/{upload}")
async def get_upload(request: Request, upload: Id, actor: CurrentActor, read: Reader) -> Json:
    uploads = _uploads(request)
    return await read(lambda tx: _file_shape.upload(uploads.progress_in(tx, actor, upload)))


@routes.put("/uploads/{upload}/{index}")
async def receive_part(
    request: Request,
    upload: Id,
    index: Annotated[int, Field(ge=0, lt=100_000)],
    actor: CurrentActor,
) -> Json:
    """The part itself, as it is (`application/octet-stream`)."""
    data = await request.body()
    done = await asyncio.to_thread(_uploads(request).receive, actor, upload, index, data)
    return {"received": done.bytes_in_order}


@routes.post("/uploads/{upload}/completion")
async def complete_upload(request: Request, upload: Id, body: Whole, actor: CurrentActor) -> Json:
    uploads = _uploads(request)
    loop, threads = asyncio.get_running_loop(), request.app.state.inspecting
    work = loop.run_in_executor(threads, uploads.complete, actor, upload, body.sha256)
    done, _ = await asyncio.wait({work}, timeout=WAITING_SECONDS)
    if done:
        return _file_shape.upload(work.result())
    work.add_done_callback(_note_failure)
    return _file_shape.upload(await asyncio.to_thread(uploads.progress, actor, upload))


def _note_failure(work: "asyncio.Future[Progress]") -> None:
    error = work.exception()
    if error is not None:
        _log.warning("an upload was not completed: %s", type(error).__name__)


@routes.delete("/uploads/{upload}", status_code=204)
async def drop_upload(request: Request, upload: Id, actor: CurrentActor) -> None:
    await asyncio.to_thread(_uploads(request).drop, actor, upload)


@routes.get("/groups/{group}/messages/{position}/files/{file}", response_class=Response)
async def get_file(
    request: Request,
    group: Id,
    position: Position,
    file: Id,
    actor: CurrentActor,
    read: Reader,
) -> Response:
    """The bytes of a file, or with `?as=thumbnail` or `preview` a small copy of a picture."""
    copy = _copy(request)

    def find(tx: ReadTx) -> Opened:
        return opening.find_file(tx, actor, GroupId(group), position, file)

    return await _answer(request, await read(find), copy)


@routes.get("/reviews/{position}/files/{file}", response_class=Response)
async def open_for_review(
    request: Request, position: Position, file: Id, actor: CurrentActor, write: Writer
) -> Response:
    """The same for a reviewer of the held message; every opening is recorded."""
    copy = _copy(request)
    found = await write(lambda tx: opening.open_for_review(tx, actor, position, file))
    return await _answer(request, found, copy)


# ---- the bytes --------------------------------------------------------------------------------------------------


def _copy(request: Request) -> _Copy | None:
    wanted = request.query_params.get("as")
    if wanted is None:
        return None
    if wanted == "thumbnail":
        return "thumbnail"
    if wanted == "preview":
        return "preview"
    raise NoSuchFileError("There is no such copy.", copy=wanted[:20])


async def _answer(request: Request, found: Opened, copy: _Copy | None) -> Response:
    """Never more than the message: no page of ours can be made to run or embed what somebody uploaded."""
    vault, stored, note = _uploads(request).vault, found.stored, found.note
    if copy is not None:
        if not note.thumbnail:
            raise NoSuchFileError("There is no such copy.", file=stored.id)
        data = await _opened(lambda: vault.kept(stored.id, stored.digest, copy))
        return Response(data, headers=_headers("image/webp", f"{note.name}.webp", inline=True))
    headers = _headers(note.type, note.name, inline=note.type in SAFE_PICTURES)
    headers["Accept-Ranges"] = "bytes"
    start, end = 0, stored.size
    asked = _range(request.headers.get("range"), stored.size)
    if asked is not None:
        start, end = asked
        if start >= end:
            headers["Content-Range"] = f"bytes */{stored.size}"
            return Response(status_code=416, headers=headers)
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    headers["Content-Length"] = str(end - start)
    pieces = vault.read(stored.id, stored.digest, stored.size, start, end)
    first = await _opened(lambda: next(pieces, b""))
    return StreamingResponse(
        _with_first(first, pieces), status_code=200 if asked is None else 206, headers=headers
    )


async def _opened(open_now: Callable[[], T]) -> T:
    """What the vault gives. Raises FileDamagedError before anything of an altered file is told."""
    try:
        return await asyncio.to_thread(open_now)
    except LedgerError as error:
        _log.error("a file cannot be given out: %s", error)
        raise FileDamagedError("The stored file is not what the ledger vouches for.") from error


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _range(header: str | None, size: int) -> tuple[int, int] | None:
    """One range of bytes, its end exclusive (RFC 9110, 14.2); None for anything else, which is answered with all."""
    found = _RANGE.fullmatch(header or "")
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start, last = int(found[1]), int(found[2]) if found[2] else None
    if last is not None and last < start:
        return None
    return start, size if last is None else min(last + 1, size)


def _headers(media: str, name: str, *, inline: bool) -> dict[str, str]:
    """What keeps a file from being more than its bytes."""
    known = media if inline or media in _SOUNDS or media.startswith("application/") else PLAIN
    return {
        "Content-Type": known,
        "Content-Disposition": disposition(name, inline=inline),
        "Content-Security-Policy": CLOSED,
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
