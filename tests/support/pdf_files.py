"""PDF files made object by object (ISO 32000-2, 7.5), with texts in every corner."""

import io

from pypdf import PdfReader, PdfWriter

_FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts ["
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) "
    "/Supplement 4 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 0 1000 1000] "
    "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >> >>] >>"
)
CORNERS = ("正文", "白字", "标题", "主题", "批注", "隐形文字", "表单值", "书签", "附件", "链接")


def _hex(text: str) -> str:
    return "<" + text.encode("utf-16-be").hex() + ">"


def _string(text: str) -> str:
    return "<feff" + text.encode("utf-16-be").hex() + ">"


def pdf(objects: list[str | bytes], info: int | None = None) -> bytes:
    """A file of these objects, the first of which is the catalogue."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        body = content if isinstance(content, bytes) else content.encode("latin-1")
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    begin = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    about = f"/Info {info} 0 R" if info else ""
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {about} >>\nstartxref\n{begin}\n%%EOF\n".encode()
    return bytes(out)


def stream(content: str | bytes, entries: str = "") -> bytes:
    body = content if isinstance(content, bytes) else content.encode("latin-1")
    return f"<< {entries} /Length {len(body)} >>\nstream\n".encode() + body + b"\nendstream"


def pdf_with_corners() -> tuple[bytes, dict[str, str]]:
    """The file, and the marker that stands in each corner."""
    mark = {corner: f"页标{number:02}{corner}" for number, corner in enumerate(CORNERS)}
    content = "\n".join(
        (
            f"BT /F1 12 Tf 50 700 Td {_hex(mark['正文'])} Tj ET",
            f"BT 1 1 1 rg /F1 12 Tf 50 650 Td {_hex(mark['白字'])} Tj ET",
            f"BT 3 Tr /F1 12 Tf 50 600 Td {_hex(mark['隐形文字'])} Tj ET",
        )
    )
    objects: list[str | bytes] = [
        ("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] >> /Outlines 9 0 R "
        f"/Names << /EmbeddedFiles << /Names [{_string('附件.txt')} 11 0 R] >> >> >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        ("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "
        "/Annots [6 0 R 7 0 R 13 0 R] >>"),
        stream(content),
        _FONT,
        f"<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents {_string(mark['批注'])} >>",
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V {_string(mark['表单值'])} /Rect [50 500 200 520] /P 3 0 R >>",
        f"<< /Title {_string(mark['标题'])} /Subject {_string(mark['主题'])} >>",
        "<< /Type /Outlines /First 10 0 R /Last 10 0 R /Count 1 >>",
        f"<< /Title {_string(mark['书签'])} /Parent 9 0 R /Dest [3 0 R /Fit] >>",
        f"<< /Type /Filespec /F (a.txt) /UF {_string('附件.txt')} /EF << /F 12 0 R >> >>",
        stream(mark["附件"].encode(), "/Type /EmbeddedFile"),
        "<< /Type /Annot /Subtype /Link /Rect [10 50 90 60] /A << /S /URI /URI (https://x.example/"
        + mark["链接"].encode().hex() + ") >> >>",
    ]  # fmt: skip
    mark["链接"] = mark["链接"].encode().hex()
    return pdf(objects, info=8), mark


def encrypted_pdf() -> bytes:
    """The same file behind a password."""
    writer = PdfWriter(clone_from=PdfReader(_file(pdf_with_corners()[0])))
    writer.encrypt("geheim", algorithm="AES-256")
    out = _file(b"")
    writer.write(out)
    return out.getvalue()


def _file(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)
