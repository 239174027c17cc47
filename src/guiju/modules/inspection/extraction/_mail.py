"""Mail (RFC 5322, RFC 2045 to 2049, RFC 2231): headers decoded, every part followed."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from guiju.modules.inspection.extraction._encodings import decode
from guiju.modules.inspection.extraction._walk import Frame, Walk, attempt
from guiju.modules.inspection.extraction.types import Problem

_WHOLE = 500
_ENCODING = "content-transfer-encoding"
_COMMENT = re.compile(r"\([^()]*\)")
# A file that stands in a text as it did before there were attachments.
_UUENCODED = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n(.*?)^end\s*$", re.MULTILINE | re.DOTALL
)


def read_mail(data: bytes, walk: Walk) -> Iterator[Frame]:
    """The headers, then the bodies and attachments in their order."""
    message = BytesParser(policy=compat32).parsebytes(data)
    yield from _message(message, walk)


def _message(message: Message, walk: Walk) -> Iterator[Frame]:
    yield from walk.part("headers", "\n".join(_headers(message)))
    bodies = 0
    for count, part in enumerate(message.walk()):
        if count > _WHOLE:
            yield from walk.gap(Problem.TOO_MANY)
            return
        _settle_encoding(part)
        if part.is_multipart():
            yield from _around(part, walk)
            yield from attempt(_encoded_message(part, walk), walk, "message")
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        name = _decoded(part.get_filename() or "")
        if name:
            yield from walk.part("attachment name", name)
            yield from attempt(walk.inside(name, content), walk, name)
            continue
        bodies += 1
        yield from attempt(_body(part, content, f"body {bodies}", walk), walk, f"body {bodies}")


def _body(part: Message, content: bytes, name: str, walk: Walk) -> Iterator[Frame]:
    """A body by the encoding that it says it has, and by that which it seems to have."""
    text = _text(part, content)
    yield from walk.inside(name, content if text is None else text.encode())
    if text is not None and not content.isascii():
        for decoded in decode(content):
            if decoded.text != text:
                yield from walk.inside(f"{name}, read otherwise", decoded.text.encode())
    for packed in _UUENCODED.finditer(content):
        label = packed[1].decode("utf-8", "replace")
        yield from walk.part("attachment name", label)
        yield from attempt(walk.inside(label, _unpacked(packed[2])), walk, label)


def _unpacked(lines: bytes) -> bytes:
    """Raises `binascii.Error`, which is a ValueError."""
    return b"".join(map(binascii.a2b_uu, lines.splitlines()))


def _settle_encoding(part: Message) -> None:
    """The name of the encoding alone: mail programs pass over quotes and comments, the parser does not."""
    written = str(part.get(_ENCODING, ""))
    named = _COMMENT.sub("", written).replace('"', "").strip()
    if named != written:
        del part[_ENCODING]
        part[_ENCODING] = named


def _around(part: Message, walk: Walk) -> Iterator[Frame]:
    """What stands before the first part and behind the last; most programs do not show it."""
    for name, text in (("preamble", part.preamble), ("epilogue", part.epilogue)):
        if text and not text.isspace():
            yield from walk.inside(name, text.encode("ascii", "surrogateescape"))


def _encoded_message(part: Message, walk: Walk) -> Iterator[Frame]:
    """A message in a message that is encoded, which it must not be: the parser has read the code as its text."""
    encoding = str(part.get(_ENCODING, "")).lower()
    if part.get_content_maintype() != "message" or encoding not in ("base64", "quoted-printable"):
        return
    for inner in part.get_payload():
        written = inner.get_payload() if isinstance(inner, Message) else None
        if isinstance(written, str):
            code = written.encode("ascii", "surrogateescape")
            unpack = base64.b64decode if encoding == "base64" else quopri.decodestring
            yield from walk.inside("message", unpack(code))


def _headers(message: Message) -> Iterator[str]:
    for part in message.walk():
        for name, value in part.items():
            if name.lower() not in ("content-type", "content-transfer-encoding", "mime-version"):
                yield f"{name}: {_decoded(value)}"


def _decoded(value: object) -> str:
    """Encoded words decoded; as it stands where they cannot be."""
    text = str(value)
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError, AttributeError, TypeError):
        return text


def _text(part: Message, content: bytes) -> str | None:
    """The text in the encoding that it says it has; None leaves the question open."""
    charset = part.get_content_charset()
    if part.get_content_maintype() != "text" or charset is None:
        return None
    try:
        return content.decode({"gb2312": "gb18030", "gbk": "gb18030"}.get(charset, charset))
    except (LookupError, UnicodeDecodeError):
        return None
