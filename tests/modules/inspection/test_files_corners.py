"""Corners that few programs fill: each is read, and what stands beside a word does not part it."""

import pytest

from guiju.modules.inspection.extraction.reading import Extractor
from tests.support import office_files, pdf_files

MARKER = "绝密资料"
S, W = office_files.S, office_files.W


def word(body: str, settings: str = "") -> bytes:
    kept = f'<w:settings xmlns:w="{W}">{settings}</w:settings>'
    return office_files.docx(body, word__settings_xml=kept)


def sheets(**others: str) -> bytes:
    named = {f"xl/{name.replace('__', '/')}.xml": part for name, part in others.items()}
    return office_files.xlsx({"表": office_files.sheet("<row/>")}, others=named)


def pdf(catalogue: str = "", *more: str | bytes) -> bytes:
    return pdf_files.pdf(
        [f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
         "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", *more]
    )  # fmt: skip


def form() -> bytes:
    packets = (
        "<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>",
        f"<template><field><caption><value><text>{MARKER}</text></value></caption></field></template>", "</xdp:xdp>",
    )  # fmt: skip
    streams = [pdf_files.stream(packet.encode()) for packet in packets]
    return pdf("/AcroForm << /Fields [] /XFA [(a) 4 0 R (template) 5 0 R (b) 6 0 R] >>", *streams)


FILES = {
    "pivot records.xlsx": sheets(
        pivotCache__pivotCacheRecords1=f'<pivotCacheRecords xmlns="{S}"><r><s v="{MARKER}"/></r></pivotCacheRecords>'
    ),
    "pivot fields.xlsx": sheets(
        pivotCache__pivotCacheDefinition1=f'<pivotCacheDefinition xmlns="{S}"><cacheFields><cacheField name="x">'
        f'<sharedItems><s v="{MARKER}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>'
    ),
    "readings.xlsx": sheets(
        sharedStrings=f'<sst xmlns="{S}"><si><t>x</t><rPh sb="0" eb="1"><t>{MARKER}</t></rPh></si></sst>'
    ),
    "variable.docx": word("", f'<w:docVars><w:docVar w:name="x" w:val="{MARKER}"/></w:docVars>'),
    "field.docx": word(f'<w:p><w:fldSimple w:instr=" QUOTE &quot;{MARKER}&quot; "/></w:p>'),
    "form.pdf": form(),
    "behind.pdf": pdf() + MARKER.encode() + b"\n%%EOF\n",
    "comment.pdf": pdf().replace(b"xref\n", b"% " + MARKER.encode() + b"\nxref\n", 1),
}


@pytest.mark.parametrize("name", FILES)
def test_a_corner_that_few_programs_fill_is_read(extractor: Extractor, name: str) -> None:
    reading = extractor.extract_bytes(name, FILES[name])
    assert any(MARKER in part.text for part in reading.parts)
    assert not reading.gaps


def test_what_a_pdf_ends_with_is_no_text(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("a.pdf", pdf_files.pdf_with_corners()[0])
    assert not reading.gaps and not [p for p in reading.parts if "behind" in p.name]


# ---- ruby -------------------------------------------------------------------------------------------------------


def in_word(base: str, reading: str) -> str:
    inner = (
        f"<w:rt>{office_files.run(reading)}</w:rt><w:rubyBase>{office_files.run(base)}</w:rubyBase>"
    )
    return f"<w:r><w:ruby><w:rubyPr/>{inner}</w:ruby></w:r>"


def in_text(base: str, reading: str) -> str:
    return f"<text:ruby><text:ruby-base>{base}</text:ruby-base><text:ruby-text>{reading}</text:ruby-text></text:ruby>"


def in_page(base: str, reading: str) -> str:
    return f"<ruby>{base}<rp>(</rp><rt>{reading}<rp>)</rp></ruby>"


NAMES = 'xmlns:office="o" xmlns:text="t"'
PAIRS = [*zip("绝密资料", "代开发票", strict=True)]
RUBY = {
    "a.docx": office_files.docx(office_files.paragraph(*(in_word(*pair) for pair in PAIRS))),
    "a.odt": office_files.packed(
        {"mimetype": "application/vnd.oasis.opendocument.text",
         "content.xml": f"<office:document-content {NAMES}><text:p>{''.join(in_text(*pair) for pair in PAIRS)}</text:p></office:document-content>"}
    ),
    "a.html": f"<html><p>{''.join(in_page(*pair) for pair in PAIRS)}</p>behind</html>".encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", RUBY)
def test_readings_beside_characters_do_not_part_a_word(extractor: Extractor, name: str) -> None:
    reading = extractor.extract_bytes(name, RUBY[name])
    shown = [part.text for part in reading.parts]
    assert any(MARKER in text for text in shown) and any("代开发票" in text for text in shown)
    assert not reading.gaps and (name != "a.html" or any("behind" in text for text in shown))
