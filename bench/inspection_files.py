"""Office files of a known size, made here, and how long their extraction takes."""

import contextlib
import importlib
import statistics
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench.inspection_texts import corpus, real_messages
from bench.process import BenchError

# The only place that knows where the product reads attachments.
_MODULE: Final = "guiju.modules.inspection.extraction.reading"
_CLASS: Final = "Extractor"
_PARAGRAPHS: Final = 700
_ROWS: Final = 10_000
_PAGES: Final = 60
_LINES: Final = 30
_PASSES: Final = 5
# Characters: a file that was not read is read very quickly.
_LEAST: Final = 10_000
_TYPES: Final = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{}" ContentType="{}"/></Types>'
)
_RELATIONS: Final = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION: Final = '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and char not in "<>&")


def _package(path: Path, main: str, content_type: str, parts: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", _TYPES.format(main, _OFFICE + content_type))
        file.writestr("_rels/.rels", _RELATIONS.format(_RELATION.format("officeDocument", main)))
        for name, text in parts.items():
            file.writestr(name, text)


def docx(path: Path, texts: list[str]) -> None:
    """A report of 700 paragraphs (ECMA-376)."""
    body = "".join(f"<w:p><w:r><w:t>{_plain(t)}</w:t></w:r></w:p>" for t in texts[:_PARAGRAPHS])
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>'
    _package(
        path,
        "word/document.xml",
        "wordprocessingml.document.main+xml",
        {"word/document.xml": document},
    )


def xlsx(path: Path, texts: list[str]) -> None:
    """A sheet of 10,000 rows with a number, a shared text, an amount and a text in the cell."""
    shared = [_plain(text)[:60] for text in texts[:2000]]
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>{n % len(shared)}</v></c>'
        f'<c r="C{n}"><v>{n * 7.25}</v></c><c r="D{n}" t="inlineStr"><is><t>行{n}</t></is></c></row>'
        for n in range(1, _ROWS + 1)
    )
    name = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    strings = "".join(f"<si><t>{text}</t></si>" for text in shared)
    links = _RELATION.format("worksheet", "worksheets/sheet1.xml")
    links += _RELATION.format("sharedStrings", "sharedStrings.xml").replace("rId1", "rId2")
    _package(path, "xl/workbook.xml", "spreadsheetml.sheet.main+xml", {
        "xl/workbook.xml": f'<workbook {name} {relations}><sheets><sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(links),
        "xl/worksheets/sheet1.xml": f"<worksheet {name}><sheetData>{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {name}>{strings}</sst>",
    })  # fmt: skip


def pdf(path: Path, texts: list[str]) -> None:
    """60 pages of 30 lines in a Chinese font that is named, not embedded (ISO 32000-1, 9.7.5.2)."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b"",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
    ]  # fmt: skip
    pages = []
    for page in range(_PAGES):
        lines = (texts * 2)[page * _LINES : (page + 1) * _LINES]
        shown = " ".join(
            f"<{_plain(t)[:40].encode('utf-16-be', 'replace').hex()}> Tj T*" for t in lines
        )
        content = zlib.compress(f"BT /F1 10 Tf 14 TL 50 800 Td {shown} ET".encode())
        pages.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (len(objects) + 2)
        )
        objects.append(
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content)
        )
    kids = " ".join(f"{page} 0 R" for page in pages)
    objects[1] = f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode()
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, value in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(out)


MAKERS: Final[dict[str, Callable[[Path, list[str]], None]]] = {
    "docx": docx,
    "pdf": pdf,
    "xlsx": xlsx,
}


def extractor() -> Any | None:
    """The product's reader of files, with its limited process; None where the product has none."""
    try:
        module = importlib.import_module(_MODULE)
    except ModuleNotFoundError as error:
        if error.name is not None and _MODULE.startswith(error.name):
            return None
        raise BenchError(f"extraction cannot be measured: {error}") from error
    return getattr(module, _CLASS)()


def measure() -> dict[str, float]:
    """Milliseconds that a caller waits for each kind of file, the median of some passes.

    The limited process runs already, as in a server. Empty where the product reads no files.
    """
    reader = extractor()
    if reader is None:
        return {}
    texts = real_messages(corpus())
    found = {}
    with (
        contextlib.closing(reader),
        tempfile.TemporaryDirectory(prefix="guiju-bench-") as folder,
    ):
        reader.warm()
        for kind, make in MAKERS.items():
            path = Path(folder) / f"file.{kind}"
            make(path, texts)
            reading = reader.extract(path)
            if sum(len(part.text) for part in reading.parts) < _LEAST:
                raise BenchError(f"the {kind} file was not read: {reading.gaps}")
            times = []
            for _ in range(_PASSES):
                started = time.perf_counter()
                reader.extract(path)
                times.append((time.perf_counter() - started) * 1000)
            found[kind] = statistics.median(times)
    return found
