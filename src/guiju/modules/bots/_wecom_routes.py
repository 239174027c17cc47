"""The two addresses of a group robot as tools know them from WeCom. They know no person: the key is all there is.

The key stands in the address, so nothing here logs one, and a body is read only after its key was found.
"""

import re
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from guiju.kernel.db import DatabaseUnavailableError
from guiju.modules.bots._wecom import Code, WecomError
from guiju.modules.bots.incoming import LARGEST_MEDIA, Incoming, answer
from guiju.modules.bots.types import Bot

routes = APIRouter(prefix="/cgi-bin/webhook", include_in_schema=False)
LARGEST_MESSAGE = 4 * 1024 * 1024
_FORM_BYTES = 64 * 1024
_HEAD_BYTES = 4096
_KEY = re.compile(r"[0-9a-fA-F-]{36}")
_NAME = re.compile(r"[\x00-\x1f\x7f/\\]")


def _incoming(request: Request) -> Incoming:
    incoming: Incoming = request.app.state.incoming
    return incoming


async def _bot(request: Request) -> Bot:
    """The bot of the key. Raises WecomError."""
    key = request.query_params.get("key", "")
    if _KEY.fullmatch(key) is None:
        raise WecomError(Code.BAD_KEY, "invalid webhook url")
    return await _incoming(request).bot_of(key.lower())


async def _body(request: Request, longest: int, code: Code) -> bytes:
    """The body, read up to a limit. Raises WecomError."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > longest:
            raise WecomError(code, "the body is too large")
        parts.append(part)
    return b"".join(parts)


@routes.post("/send")
async def send(request: Request) -> JSONResponse:
    try:
        bot = await _bot(request)
        _incoming(request).count(bot, "send")
        raw = await _body(request, LARGEST_MESSAGE, Code.TEXT_TOO_LONG)
        await _incoming(request).send(bot, raw)
    except WecomError as error:
        return JSONResponse(answer(error))
    except DatabaseUnavailableError:
        return JSONResponse(answer(WecomError(Code.BUSY, "system busy")))
    return JSONResponse(answer())


@routes.post("/upload_media")
async def upload_media(request: Request) -> JSONResponse:
    try:
        bot = await _bot(request)
        _incoming(request).count(bot, "upload")
        kind = request.query_params.get("type", "")
        if kind not in LARGEST_MEDIA:
            raise WecomError(Code.BAD_TYPE, "invalid type: file or voice")
        longest = LARGEST_MEDIA[kind]
        raw = await _body(request, longest + _FORM_BYTES, Code.MEDIA_TOO_LARGE)
        name, data = _file(request.headers.get("content-type", ""), raw)
        if len(data) > longest:
            raise WecomError(Code.MEDIA_TOO_LARGE, "the file is too large")
        media = await _incoming(request).take(bot, kind, name, data)
    except WecomError as error:
        return JSONResponse(answer(error))
    except DatabaseUnavailableError:
        return JSONResponse(answer(WecomError(Code.BUSY, "system busy")))
    created = str(request.app.state.runtime.clock.now() // 1000)
    return JSONResponse(answer(type=kind, media_id=media, created_at=created))


def _file(content_type: str, raw: bytes) -> tuple[str, bytes]:
    """(name, bytes) of the file in a form (RFC 7578). Raises WecomError."""
    if not content_type.lower().startswith("multipart/form-data") or not content_type.isascii():
        raise WecomError(Code.EMPTY_MEDIA, "empty media data: send a form with the field media")
    boundary = _headers(b"Content-Type: " + content_type.encode()).get_boundary()
    # Cut by hand: the parser of mail makes an object of each line, and a file may be nothing but lines.
    for part in (b"\r\n" + raw).split(b"\r\n--" + boundary.encode())[1:] if boundary else ():
        head, blank, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _headers(head).get_filename() if blank and len(head) < _HEAD_BYTES else None
        if name:
            return _NAME.sub("_", name)[:200], data
    raise WecomError(Code.EMPTY_MEDIA, "empty media data")


def _headers(lines: bytes) -> Message:
    return BytesHeaderParser(policy=HTTP).parsebytes(lines + b"\r\n\r\n")
