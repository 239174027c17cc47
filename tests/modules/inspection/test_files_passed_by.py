"""Ways past a reader: parts it took for something that nobody sees, and tables that say other things than what is there."""

import base64
import io
import struct
import tarfile
import zipfile
import zlib

import pytest

from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.extraction.types import Problem, Verdict
from tests.support import office_files
from tests.support.office_files import RELS, R, S

MARKER = "绝密资料"
PLAIN = office_files.paragraph(office_files.run("正文"))
LETTER = office_files.docx(office_files.paragraph(office_files.run(MARKER)))
HEAD = f'<worksheet xmlns="{S}"><sheetData><row r="1">'
TAIL = "</row></sheetData></worksheet>"


def strings(*texts: str) -> str:
    return f'<sst xmlns="{S}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>'


def book(cell: str, **tables: str) -> bytes:
    others = {f"xl/{name}.xml": table for name, table in tables.items()}
    return office_files.xlsx({"表": HEAD + cell + TAIL}, others=others)


def open_document(**members: str | bytes) -> bytes:
    named = {name.replace("__", "/").replace("_", "."): part for name, part in members.items()}
    return office_files.packed({"mimetype": "application/vnd.oasis.opendocument.text", **named})


def related(name: str, use: str, content: bytes) -> bytes:
    """A docx with a member that is related as `use`, once."""
    relation = f'<Relationship Id="r9" Type="{R}/{use}" Target="{name}"/>'
    return office_files.packed(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<w:document xmlns:w="{office_files.W}">{PLAIN}</w:document>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELS}">{relation}</Relationships>',
            f"word/{name}": content,
        }
    )


def with_folder() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/", MARKER.encode())
    return file.getvalue()


def tar(kind: bytes = b"0", name: str = "b.txt") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        first, second = tarfile.TarInfo("a.txt"), tarfile.TarInfo(name)
        archive.addfile(first)
        second.size, second.type = len(MARKER.encode()), kind
        archive.addfile(second, io.BytesIO(MARKER.encode()))
    return file.getvalue()


FILES = {
    "named like a font.docx": office_files.docx(PLAIN, word__media__font1_docx=LETTER),
    "named like settings.docx": office_files.docx(PLAIN, word__media__printerSettings1_bin=LETTER),
    "related as a font.docx": related("a.bin", "font", LETTER),
    "named like macros.docx": office_files.docx(PLAIN, word__vbaProject_bin=LETTER),
    "silent root.docx": office_files.docx(PLAIN, word__a_xml=f"<theme><t>{MARKER}</t></theme>"),
    "two tables.xlsx": book('<c r="A1" t="s"><v>0</v></c>', sharedStrings=strings(MARKER), z=strings("早")),
    "odd index.xlsx": book('<c r="A1" t="s"><v>00</v></c>', sharedStrings=strings(MARKER)),
    "no cell.xlsx": book('<c r="A1" t="s"><v>1</v></c>', sharedStrings=strings(MARKER, "早")),
    "two values.xlsx": book(f'<c r="A1" t="str"><v>{MARKER}</v><is><t>早</t></is></c>'),
    "formula alone.xlsx": book(f'<c r="A1"><f>"{MARKER}"&amp;""</f></c>'),
    "link.odt": open_document(content_xml=f'<a xmlns:x="l"><p x:href="http://a.cn/{MARKER}">早</p></a>'),
    "thumbnail.odt": open_document(
        content_xml='<a xmlns:x="l"><i x:href="./Thumb%6eails/thumbnail.png"/></a>', Thumbnails__thumbnail_png=MARKER.encode()
    ),
    "folder.zip": with_folder(),
    "unknown member.tar": tar(b"Z"),
    "attribute.xml": f'<?xml version="1.0"?><a b="{MARKER}"/>'.encode(),
    "instruction.xml": f'<?xml version="1.0"?><?a {MARKER}?><a/>'.encode(),
    "like markup.txt": f'<a b="{MARKER}"/>'.encode(),
    "attribute.html": f'<html><p data-a="{MARKER}">早</p></html>'.encode(),
    "section.html": f"<html><svg><text><![CDATA[{MARKER}]]></text></svg></html>".encode(),
    "style.html": rb'<html><style>p::after{content:"\7edd\5bc6\8d44\6599"}</style></html>',
    "one part.fodt": b'<?xml version="1.0"?><a><binary-data>' + base64.b64encode(LETTER) + b"</binary-data></a>",
    "one part.xml": b'<?xml version="1.0"?><a><binData>' + base64.b64encode(LETTER) + b"</binData></a>",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_a_reader_might_pass_by_is_read(extractor: Extractor, name: str) -> None:
    reading = extractor.extract_bytes(name, FILES[name])
    assert any(MARKER in part.text for part in reading.parts)
    assert reading.verdict is Verdict.READ and not reading.disguised


def test_what_nobody_sees_is_no_gap(extractor: Extractor) -> None:
    for name, use in (("fonts/font1.odttf", "font"), ("a.bin", "printerSettings")):
        reading = extractor.extract_bytes("a.docx", related(name, use, bytes(range(256))))
        assert reading.verdict is Verdict.READ
    document = open_document(
        content_xml="<a>早</a>", Thumbnails__thumbnail_png=b"\x89PNG\r\n\x1a\n"
    )
    assert extractor.extract_bytes("a.odt", document).verdict is Verdict.READ


def lying() -> bytes:
    """The directory knows a part of what its only member holds, with the check sum of that part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", f"早{MARKER}")
    data, shown = bytearray(file.getvalue()), "早".encode()
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 16, zlib.crc32(shown))
    struct.pack_into("<I", data, entry + 24, len(shown))
    return bytes(data)


CURVES = '<path d="' + "C1 2 3 4 5 6" * 70 + '"/>'


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.zip", lying(), Problem.BROKEN),
        ("a.tar", tar(b"5"), Problem.MEMBERS_NOT_READ),
        ("a.tar", tar() + tar(), Problem.MEMBERS_NOT_READ),
        ("a.tar", tar()[:512] + b"x" * 512 + tar(), Problem.MEMBERS_NOT_READ),
        ("a.svg", f"<svg>{CURVES}</svg>".encode(), Problem.IMAGES_NOT_READ),
        ("a.html", f"<html><svg>{CURVES}</svg></html>".encode(), Problem.IMAGES_NOT_READ),
    ],
)
def test_what_others_may_see_and_no_reader_takes_out_is_told(
    extractor: Extractor, name: str, data: bytes, problem: Problem
) -> None:
    assert problem in {gap.problem for gap in extractor.extract_bytes(name, data).gaps}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_with_links_and_folders_is_read_to_its_end(extractor: Extractor, form: int) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.REGTYPE):
            member = tarfile.TarInfo("长" * 40 if form != tarfile.USTAR_FORMAT else "a")
            member.type, member.linkname = kind, "../../etc/passwd"
            archive.addfile(member)
    reading = extractor.extract_bytes("a.tar", file.getvalue())
    assert reading.verdict is Verdict.READ
    assert "../../etc/passwd" in reading.parts[-1].text
