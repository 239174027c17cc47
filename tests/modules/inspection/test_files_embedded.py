"""Documents of old Office and of Outlook in others, and what their readers might leave out."""

import io
import struct
import zlib

import olefile
import pytest

from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.extraction.types import Mark, Problem, Verdict
from tests.support import containers, office_files
from tests.support.containers import ole

MARKER = "绝密资料"
RICH = rb"{\rtf1\ansi\ansicpg936 " + MARKER.encode("gb18030") + rb"\par}"
MESSAGE = {"__properties_version1.0": bytes(32)}


def atom(kind: int, content: bytes, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4, kind, len(content)) + content


def streams(document: bytes) -> dict[str, bytes]:
    """The streams of a compound file that stand at its top."""
    with olefile.OleFileIO(io.BytesIO(document)) as file:
        return {entry[0]: file.openstream(entry).read() for entry in file.listdir()}


def within(outer: bytes, inner: bytes) -> bytes:
    below = {f"ObjectPool/{name}": content for name, content in streams(inner).items()}
    return ole(streams(outer) | below)


def presentation(instance: int) -> bytes:
    inner = containers.word_document(MARKER)
    packed = len(inner).to_bytes(4, "little") + zlib.compress(inner) if instance else inner
    return ole({"PowerPoint Document": atom(0x1011, packed, instance)})


def packed_rich_text(text: bytes) -> bytes:
    """All characters stand for themselves, then the reference that ends the text."""
    out = bytearray()
    for place in range(0, len(text), 8):
        out += b"\0" + text[place : place + 8]
    out = out[: len(out) - len(text) % 8 - 1] if len(text) % 8 else out
    rest = text[len(text) - len(text) % 8 :]
    end = ((207 + len(text)) % 4096 << 4).to_bytes(2)
    out += bytes([1 << len(rest)]) + rest + end
    return struct.pack("<II4sI", len(out) + 12, len(text), b"LZFu", 0) + bytes(out)


def binary_workbook(part: str, content: bytes) -> bytes:
    return office_files.packed(
        {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01\x00\x84\x01\x00", part: content}
    )  # fmt: skip


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


LINK = struct.pack("<HH", 0x1B8, 24 + 2 * len(MARKER)) + bytes(24) + MARKER.encode("utf-16-le")
BOOK = streams(containers.workbook("a", ["b"]))["Workbook"]
FILES = {
    "doc in doc.doc": within(containers.word_document("正文"), containers.word_document(MARKER)),
    "ppt in doc.doc": within(containers.word_document("正文"), containers.presentation(MARKER, "注")),
    "doc in ppt.ppt": presentation(0),
    "packed doc in ppt.ppt": presentation(1),
    "rich body.msg": ole(MESSAGE | {"__substg1.0_10090102": packed_rich_text(RICH)}),
    "link.xls": ole({"Workbook": BOOK.rstrip(b"\0") + bytes(3) + LINK}),
    "drawing.xlsb": binary_workbook("xl/drawings/drawing1.xml", f"<wsDr><t>{MARKER}</t></wsDr>".encode()),
    "comment.xlsb": binary_workbook("xl/comments1.bin", b"\xf4\x04\0" + wide(MARKER)),
    "picture.xlsb": binary_workbook("xl/media/image1.docx", office_files.docx(office_files.paragraph(office_files.run(MARKER)))),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_embedded_is_read(extractor: Extractor, name: str) -> None:
    reading = extractor.extract_bytes(name, FILES[name])
    assert any(MARKER in part.text for part in reading.parts)
    assert not reading.disguised


def test_rich_text_that_refers_to_what_was_before_it(extractor: Extractor) -> None:
    """The example of [MS-OXRTFCP] 4.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    reading = extractor.extract_bytes("a.msg", ole(MESSAGE | {"__substg1.0_10090102": packed}))
    assert "hello world" in [part.text.strip() for part in reading.parts]
    cut = ole(MESSAGE | {"__substg1.0_10090102": b"x" * 40})
    assert Problem.BROKEN in {gap.problem for gap in extractor.extract_bytes("a.msg", cut).gaps}


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.doc", within(containers.word_document("正文"), containers.workbook("a", ["b"])), Problem.NO_READER),
        ("a.doc", within(containers.word_document("正文"), containers.word_document("x", encrypted=True)), Problem.ENCRYPTED),
        ("a.doc", ole(streams(containers.word_document("正文")) | streams(containers.workbook("a", ["b"]))), Problem.NO_READER),
        ("a.msg", ole(MESSAGE | {"__attach_version1.0_#00000000/__substg1.0_3701000D": b"x"}), Problem.NO_READER),
    ],
)  # fmt: skip
def test_what_is_embedded_and_cannot_be_read_is_told(
    extractor: Extractor, name: str, data: bytes, problem: Problem
) -> None:
    assert problem in {gap.problem for gap in extractor.extract_bytes(name, data).gaps}


def test_macros_of_a_presentation_are_a_mark(extractor: Extractor) -> None:
    macros = ole({"VBA/dir": b"x", "PROJECT": b"y"})
    reading = extractor.extract_bytes("a.ppt", ole({"PowerPoint Document": atom(0x1011, macros)}))
    assert reading.marks == (Mark.MACROS,) and reading.verdict is Verdict.READ
