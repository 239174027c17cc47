"""Mail (RFC 5322, RFC 2045 to 2049, RFC 2231): headers decoded, every part followed."""

from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from guiju.modules.inspection.extraction._walk import Frame, Walk, attempt
from guiju.modules.inspection.extraction.types import Problem

_WHOLE = 500


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
        if part.is_multipart():
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
        text = _text(part, content)
        if text is not None:
            content = text.encode()
        yield from attempt(walk.inside(f"body {bodies}", content), walk, f"body {bodies}")


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
