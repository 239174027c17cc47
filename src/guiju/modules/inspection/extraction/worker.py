"""What runs in the sandbox: a file's name and content in, frames out."""

import codecs
import encodings
import pkgutil
from collections.abc import Iterator

import msgspec

from guiju.modules.inspection.extraction import _images
from guiju.modules.inspection.extraction._archives import (
    read_7z,
    read_bz2,
    read_gz,
    read_rar,
    read_tar,
    read_xz,
)
from guiju.modules.inspection.extraction._encodings import decode
from guiju.modules.inspection.extraction._ends import behind_picture, is_more_than_members
from guiju.modules.inspection.extraction._mail import read_mail
from guiju.modules.inspection.extraction._odf import read_odf
from guiju.modules.inspection.extraction._ole import kind_of_ole, read_ole
from guiju.modules.inspection.extraction._ooxml import read_ooxml, read_xlsb
from guiju.modules.inspection.extraction._pdf import read_pdf
from guiju.modules.inspection.extraction._plain import kind_of, read_text
from guiju.modules.inspection.extraction._rtf import read_rtf
from guiju.modules.inspection.extraction._signatures import (
    has_archive_behind,
    identify,
    is_disguised,
)
from guiju.modules.inspection.extraction._walk import (
    Frame,
    Reader,
    Request,
    StopError,
    TypeFrame,
    Walk,
    attempt,
)
from guiju.modules.inspection.extraction._zip import read_zip
from guiju.modules.inspection.extraction.types import Problem

_READERS: dict[str, Reader] = {
    **dict.fromkeys(("docx", "xlsx", "pptx", "ooxml"), read_ooxml),
    **dict.fromkeys(("odt", "ods", "odp"), read_odf),
    **dict.fromkeys(("doc", "xls", "ppt", "msg", "embedded", "encrypted", "ole"), read_ole),
    **dict.fromkeys(("png", "jpeg", "gif", "bmp", "tiff", "webp"), _images.read_image),
    "xlsb": read_xlsb, "pdf": read_pdf, "zip": read_zip, "tar": read_tar, "gz": read_gz, "bz2": read_bz2,
    "xz": read_xz, "7z": read_7z, "rar": read_rar, "rtf": read_rtf,
}  # fmt: skip
_ZIPS = frozenset({"docx", "xlsx", "pptx", "ooxml", "odt", "ods", "odp", "xlsb", "zip"})
_DRAWN = frozenset({"heic", "emf", "wmf"})
_TEXTS = frozenset({"text", "html", "xml", "json"})


def prepare() -> None:
    """Loads everything that is otherwise loaded at first use: later no file can be opened."""
    _images.prepare()
    for module in pkgutil.iter_modules(encodings.__path__):
        try:
            codecs.lookup(module.name)
        except LookupError:
            continue


_decode = msgspec.msgpack.Decoder(Request).decode


def answer(request: bytes) -> Iterator[bytes]:
    """The frames of the file, as they are found."""
    asked = _decode(request)
    walk = Walk(asked.bounds, opened)
    encode = msgspec.msgpack.Encoder().encode
    for frame in guarded(opened(asked.name, asked.data, walk), walk):
        yield encode(frame)


def guarded(frames: Iterator[Frame], walk: Walk) -> Iterator[Frame]:
    """The frames until a limit of the whole walk is reached, which becomes the last of them."""
    try:
        yield from attempt(frames, walk)
    except StopError as stop:
        yield from walk.gap(stop.problem)


def opened(name: str, data: bytes, walk: Walk) -> Iterator[Frame]:
    """What is in a file, at any depth; the outermost also says its type."""
    kind = identify(data)
    if kind == "ole":
        kind = kind_of_ole(data)
    texts = decode(data) if kind == "unknown" else []
    if texts:
        kind = kind_of(texts[0].text)
    if not walk.trail:
        yield TypeFrame(kind, is_disguised(name, kind))
    if kind == "mail":
        yield from attempt(read_mail(data, walk), walk)
    elif texts:
        if not texts[0].is_sure:
            yield from walk.gap(Problem.ENCODING)
        for number, decoded in enumerate(texts):
            yield from attempt(read_text(decoded, kind if not number else "text", data, walk), walk)
    elif kind in _READERS:
        yield from attempt(_READERS[kind](data, walk), walk)
    elif kind in _DRAWN:
        yield from walk.gap(Problem.IMAGES_NOT_READ)
    elif kind != "empty":
        yield from walk.gap(Problem.UNKNOWN_TYPE if kind == "unknown" else Problem.NO_READER)
    if kind in _ZIPS:
        yield from attempt(_unlisted(data, walk), walk)
    else:
        yield from attempt(_behind(kind, data, walk), walk, "behind the picture")
        if has_archive_behind(data):
            yield from attempt(read_zip(data, walk), walk, "archive behind")


def _unlisted(data: bytes, walk: Walk) -> Iterator[Frame]:
    if is_more_than_members(data):
        yield from walk.gap(Problem.MEMBERS_NOT_READ, "unlisted bytes")


def _behind(kind: str, data: bytes, walk: Walk) -> Iterator[Frame]:
    rest = behind_picture(kind, data)
    if rest:
        yield from walk.inside("behind the picture", rest)
