"""Pictures wherever they stand: each is read, or its place is told."""

import base64
import io
import itertools
import struct

import pytest
import zxingcpp
from PIL import Image

from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.extraction.types import Bounds, Problem, Reading
from tests.support import containers, office_files, pdf_files

MARKER = "PICTURE-MARKER-7"
UNREAD = Problem.IMAGES_NOT_READ


def coded(kind: str = "PNG") -> bytes:
    """A picture whose words are a code, which is read without the extra."""
    code = zxingcpp.create_barcode(MARKER, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
    file = io.BytesIO()
    Image.fromarray(code).convert("RGB").save(file, kind)
    return file.getvalue()


def frames(kind: str, count: int) -> bytes:
    shades = [Image.new("L", (64, 64), number % 2 * 128 + number) for number in range(count)]
    file = io.BytesIO()
    shades[0].save(file, kind, save_all=True, append_images=shades[1:])
    return file.getvalue()


def blip(kind: int, instance: int, content: bytes, before: int = 17) -> bytes:
    payload = bytes(before) + content
    return struct.pack("<HHI", instance << 4, 0xF000 | kind, len(payload)) + payload


def places(reading: Reading, problem: Problem) -> list[str]:
    return [gap.where for gap in reading.gaps if gap.problem is problem]


def texts(reading: Reading) -> str:
    return "\n".join(each.text for each in reading.parts)


# ---- frames and pages -------------------------------------------------------------------------------------------


def test_pages_that_are_not_read_are_told(extractor: Extractor) -> None:
    assert places(extractor.extract_bytes("a.tiff", frames("tiff", 41)), Problem.TOO_MANY)
    fewer = extractor.extract_bytes("a.tiff", frames("tiff", 40))
    assert not places(fewer, Problem.TOO_MANY) and len(places(fewer, UNREAD)) == 40


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_what_moves_is_read_from_end_to_end_and_its_other_frames_obey_the_rule_for_pictures(
    extractor: Extractor, kind: str
) -> None:
    reading = extractor.extract_bytes(f"a.{kind}", frames(kind, 64))
    assert {gap.problem for gap in reading.gaps} == {UNREAD}, (
        "no more than a picture that is not read"
    )
    chosen = [*range(1, 65, 7)]
    assert places(reading, UNREAD) == [*(f"picture {at}" for at in chosen), "frames in between"]
    assert len(places(extractor.extract_bytes(f"a.{kind}", frames(kind, 10)), UNREAD)) == 10


# ---- PDF --------------------------------------------------------------------------------------------------------


def annotated(appearance: str, *more: str | bytes, flags: int = 2) -> bytes:
    """A page with one annotation, which is hidden unless `flags` say otherwise."""
    return pdf_files.pdf([
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [5 0 R] >>",
        f"<< /Type /Annot /Subtype /Stamp /Rect [50 50 450 450] /F {flags} /AP << {appearance} >> >>", *more
    ])  # fmt: skip


def drawing(content: str, resources: str = "/Font << /F 3 0 R >>") -> bytes:
    head = f"/Type /XObject /Subtype /Form /BBox [0 0 400 400] /Resources << {resources} >>"
    return pdf_files.stream(content, head)


@pytest.mark.parametrize("flags", [2, 4, 32])
def test_words_that_an_annotation_draws_are_read(extractor: Extractor, flags: int) -> None:
    words = drawing(f"BT /F 12 Tf 10 10 Td ({MARKER}) Tj ET")
    reading = extractor.extract_bytes("a.pdf", annotated("/N 6 0 R", words, flags=flags))
    assert MARKER in texts(reading) and not reading.gaps


def test_a_picture_that_an_annotation_draws_is_seen(extractor: Extractor) -> None:
    head = "/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8"
    picture = pdf_files.stream(bytes(range(64)) * 64, head)
    shown = drawing("400 0 0 400 0 0 cm /I Do", "/XObject << /I 7 0 R >>")
    reading = extractor.extract_bytes("a.pdf", annotated("/N 6 0 R", shown, picture))
    assert places(reading, UNREAD) == ["page 1, picture"]


def test_other_words_under_the_mouse_are_a_gap(extractor: Extractor) -> None:
    words = [drawing(f"BT /F 12 Tf 10 10 Td ({word}) Tj ET") for word in ("OK", MARKER, "OK")]
    other = extractor.extract_bytes("a.pdf", annotated("/N 6 0 R /R 7 0 R", *words))
    assert places(other, Problem.NO_READER) == ["page 1, annotations"]
    same = extractor.extract_bytes("a.pdf", annotated("/N 6 0 R /R 8 0 R /D 8 0 R", *words))
    assert not same.gaps


def xfa(image: str) -> bytes:
    form = f"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template><draw><value>{image}</value></draw></template></xdp:xdp>"
    return pdf_files.pdf([
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA [(a) 4 0 R] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        pdf_files.stream(form),
    ])  # fmt: skip


def test_pictures_of_a_form_are_seen(extractor: Extractor) -> None:
    content = base64.b64encode(coded()).decode()
    reading = extractor.extract_bytes(
        "a.pdf", xfa(f"<image contentType='image/png'>{content}</image>")
    )
    assert MARKER in texts(reading) and content not in texts(reading)
    assert len(places(reading, UNREAD)) == 1
    elsewhere = extractor.extract_bytes("a.pdf", xfa("<image href='https://x.example/a.png'/>"))
    assert places(elsewhere, UNREAD) == ["XFA form, picture 1"]
    broken = extractor.extract_bytes("a.pdf", xfa("<image contentType='image/png'>AAAAA</image>"))
    assert broken.gaps


def page_of(content: str, *, pages: int = 1, shade: int = 0) -> bytes:
    """Pages that can use the picture I; each has its own if `shade` says so."""
    objects: list[str | bytes] = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{' '.join(f'{4 + 3 * n} 0 R' for n in range(pages))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        first = 4 + 3 * number
        objects += [
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 1} 0 R "
                f"/Resources << /Font << /F 3 0 R >> /XObject << /I {first + 2} 0 R >> >> >>"
            ),
            pdf_files.stream(content),
            pdf_files.stream(
                bytes([shade * number]) * 64 * 64,
                "/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8",
            ),
        ]
    return pdf_files.pdf(objects)


WORDS = "BT /F 12 Tf 50 700 Td (A page with enough words on it) Tj ET "
CURVE = " ".join(f"{n} 10 m {n} 20 {n} 30 {n} 40 c S" for n in range(100))


def test_a_scan_beside_text_is_a_picture(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("a.pdf", page_of(WORDS + "q 500 0 0 500 0 0 cm /I Do Q"))
    assert places(reading, UNREAD) == ["page 1, picture"]
    assert not extractor.extract_bytes("a.pdf", page_of(WORDS)).gaps


def test_a_logo_on_every_page_is_one_picture(extractor: Extractor) -> None:
    drawn = WORDS + "q 50 0 0 50 0 0 cm /I Do Q"
    same = extractor.extract_bytes("a.pdf", page_of(drawn, pages=3))
    assert places(same, UNREAD) == ["page 1, picture"]
    others = extractor.extract_bytes("a.pdf", page_of(drawn, pages=3, shade=9))
    assert len(places(others, UNREAD)) == 3


@pytest.mark.parametrize("words", ["", WORDS])
def test_words_drawn_as_curves_are_a_picture(extractor: Extractor, words: str) -> None:
    reading = extractor.extract_bytes("a.pdf", page_of(words + CURVE))
    assert places(reading, UNREAD) == ["page 1, picture"]
    framed = extractor.extract_bytes("a.pdf", page_of(words + "10 10 500 700 re S"))
    assert not framed.gaps


# ---- office files before 2007 -----------------------------------------------------------------------------------


PICTURES = {
    "png": blip(0x1E, 0x6E0, coded()),
    "two identifiers": blip(0x1E, 0x6E1, coded(), 33),
    "jpeg": blip(0x1D, 0x46A, coded("JPEG")),
    "bitmap": blip(0x1F, 0x7A8, coded("BMP")[14:]),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_old_office_files_are_read(extractor: Extractor, name: str) -> None:
    art = b"before" + PICTURES[name] + b"after"
    files = {
        "ppt": containers.presentation("甲", "乙", pictures=art),
        "doc": containers.word_document("正文", pictures=art),
        "xls": containers.workbook("表", ["甲"], drawings=art),
    }
    for kind, data in files.items():
        reading = extractor.extract_bytes(f"a.{kind}", data)
        assert MARKER in texts(reading), kind
        assert places(reading, UNREAD) == ["picture 1 > picture"], kind


def test_a_drawing_that_nobody_reads_is_told(extractor: Extractor) -> None:
    for art in (blip(0x1A, 0x3D4, b"packed" * 20), b"something else" * 9):
        reading = extractor.extract_bytes("a.ppt", containers.presentation("甲", "乙", art))
        assert len(places(reading, UNREAD)) == 1


# ---- rich text --------------------------------------------------------------------------------------------------


def rich(content: bytes) -> bytes:
    return rb"{\rtf1\ansi text " + content + rb" end}"


@pytest.mark.parametrize(
    "group",
    [rb"{\pict\pngblip " + coded().hex().encode() + b"}",
     rb"{\pict{\*\blipuid 00ff}\pngblip\bin%d " % len(coded()) + coded() + b"}",
     rb"{\pict\dibitmap0 " + coded("BMP")[14:].hex().encode() + b"}",
     rb"{\*\shppict{\pict\pngblip " + coded().hex().encode() + rb"}}{\nonshppict{\pict\wmetafile8 0100}}"],
)  # fmt: skip
def test_pictures_of_rich_text_are_read(extractor: Extractor, group: bytes) -> None:
    reading = extractor.extract_bytes("a.rtf", rich(group))
    assert MARKER in texts(reading) and "text" in texts(reading) and "end" in texts(reading)
    assert places(reading, UNREAD) == ["picture 1 > picture"]


def test_other_pictures_of_rich_text_are_told(extractor: Extractor) -> None:
    for group in (
        rb"{\pict\wmetafile8 0100090000}",
        rb"{\nonshppict{\pict\wmetafile8 0100090000}}",
    ):
        assert places(extractor.extract_bytes("a.rtf", rich(group)), UNREAD) == ["picture 1"]


def embedded(kind: bytes, content: bytes) -> bytes:
    def line(text: bytes) -> bytes:
        return struct.pack("<I", len(text)) + text

    data = struct.pack("<II", 0x501, 2) + line(kind + b"\0") + line(b"") + line(b"")
    return rb"{\object\objemb{\*\objdata " + (data + line(content)).hex().encode() + b"}}"


def test_objects_of_rich_text_are_followed(extractor: Extractor) -> None:
    inner = "绝密资料".encode()
    packed = (
        b"\2\0a.txt\0c:\\a.txt\0\0\0\3\0"
        + struct.pack("<I", 4)
        + b"c:\\\0"
        + struct.pack("<I", 12)
        + inner
    )
    document = office_files.docx(office_files.paragraph(office_files.run("绝密资料")))
    for data in (embedded(b"Package", packed), embedded(b"Word.Document.12", document)):
        reading = extractor.extract_bytes("a.rtf", rich(data))
        assert "绝密资料" in texts(reading) and not reading.gaps
    hidden = extractor.extract_bytes("a.rtf", rich(rb"{\object{\*\objdata 01050000ffff}}"))
    assert places(hidden, Problem.NO_READER) == ["object 1"]


# ---- pages and drawings -----------------------------------------------------------------------------------------

ADDRESS = "data:image/png;base64," + base64.b64encode(coded()).decode()


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.html", f"<html><body><p>text</p><img src='{ADDRESS}'></body></html>"),
     ("a.html", f"<html><body style='background:url({ADDRESS.replace(':', '&#58;')})'><p>text</body></html>"),
     ("a.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><text>text</text><image href='{ADDRESS[:90]}\n{ADDRESS[90:]}'/></svg>"),
     ("a.html", f"<html><p>text<img src='data:image/svg+xml,%3Csvg%3E%3Cimage href=\"{ADDRESS}\"/%3E%3C/svg%3E'></html>")],
)  # fmt: skip
def test_pictures_in_addresses_are_read(extractor: Extractor, name: str, text: str) -> None:
    reading = extractor.extract_bytes(name, text.encode())
    assert MARKER in texts(reading) and len(places(reading, UNREAD)) == 1


def test_a_font_in_an_address_is_no_picture(extractor: Extractor) -> None:
    font = base64.b64encode(b"wOF2" + bytes(60)).decode()
    page = (
        f"<html><style>@font-face{{src:url(data:font/woff2;base64,{font})}}</style><p>text</html>"
    )
    assert not extractor.extract_bytes("a.html", page.encode()).gaps


def test_pictures_beyond_the_number_that_is_read_are_told() -> None:
    with Extractor(Bounds(pictures=1), images=False) as few:
        page = f"<html><p>text<img src='{ADDRESS}'><img src='{ADDRESS}'></html>"
        assert places(few.extract_bytes("a.html", page.encode()), Problem.TOO_MANY)


# ---- words that are seen, and that no reader finds -------------------------------------------------------------


def lettered(
    *fonts: str | bytes, content: str = "(aaaaaaaaaaaaaaaaaaaaaaaa) Tj", more: str = ""
) -> bytes:
    """A page of text in the first font."""
    return pdf_files.pdf([
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> {more} >> >>",
        pdf_files.stream(f"BT /F 12 Tf 9 9 Td {content} ET"), *fonts,
    ])  # fmt: skip


LATIN = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
DRAWN = (
    (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [0.1 0 0 0.1 0 0] /CharProcs << /a 6 0 R >> "
        "/Encoding << /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [9] >>"
    ),
    pdf_files.stream("9 0 0 0 9 9 d1 0 0 9 9 re f"),
)
UNNAMED = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype "
    "/CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>"
)


def test_letters_that_their_font_does_not_name_are_looked_at(extractor: Extractor) -> None:
    assert not extractor.extract_bytes("a.pdf", lettered(LATIN)).gaps
    assert places(extractor.extract_bytes("a.pdf", lettered(*DRAWN)), UNREAD) == ["page 1, picture"]
    codes = "<" + "".join(f"{code:04x}" for code in range(18, 40)) + "> Tj"
    unnamed = extractor.extract_bytes("a.pdf", lettered(UNNAMED, content=codes))
    assert places(unnamed, UNREAD) == ["page 1, picture"]


def test_a_picture_in_strips_is_one(extractor: Extractor) -> None:
    names = " ".join(f"/S{number} {6 + number} 0 R" for number in range(8))
    drawn = " ".join(f"q 90 0 0 8 9 {number * 8} cm /S{number} Do Q" for number in range(8))
    strips = [
        pdf_files.stream(
            bytes([number]) * 720,
            "/Type /XObject /Subtype /Image /Width 90 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8",
        )
        for number in range(8)
    ]
    page = lettered(
        LATIN, *strips, content=f"({'a' * 24}) Tj {drawn}", more=f"/XObject << {names} >>"
    )
    assert places(extractor.extract_bytes("a.pdf", page), UNREAD) == ["page 1, picture"]


def test_a_line_of_small_words_is_a_picture_and_a_bullet_is_none(extractor: Extractor) -> None:
    for size, gaps in (((200, 12), 1), ((12, 200), 1), ((20, 20), 0), ((200, 3), 0)):
        file = io.BytesIO()
        Image.new("L", size).save(file, "PNG")
        assert len(extractor.extract_bytes("a.png", file.getvalue()).gaps) == gaps


def test_a_code_is_read_whatever_stands_behind_its_transparent_places(extractor: Extractor) -> None:
    with Image.open(io.BytesIO(coded())) as code:
        mask = code.convert("L")
        for ink in ("black", "white"):
            layered = Image.new("RGBA", code.size, ink)
            layered.putalpha(mask.point(lambda value: 255 - value) if ink == "black" else mask)
            file = io.BytesIO()
            layered.save(file, "PNG")
            assert MARKER in texts(extractor.extract_bytes("a.png", file.getvalue()))


@pytest.mark.parametrize("side", [2001, 3000, 14_000])
def test_pieces_of_a_large_picture_cover_it_and_overlap(side: int) -> None:
    pictures = pytest.importorskip("guiju.modules.inspection.extraction.pictures")
    spans = [*pictures._spans(side)]
    assert spans[0][0] == 0 and spans[-1][1] == side
    for (begin, end), (following, _) in itertools.pairwise(spans):
        assert end - begin <= 1200
        assert end - following >= 150


@pytest.mark.parametrize(("side", "problem"), [(7000, UNREAD), (7100, Problem.BOMB)])
def test_fifty_million_pixels_are_a_photograph_and_more_a_bomb(
    extractor: Extractor, side: int, problem: Problem
) -> None:
    """[img-mem]: what a picture says of its size is asked before it is unfolded, in a process of its own."""
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    assert {gap.problem for gap in extractor.extract_bytes("a.png", file.getvalue()).gaps} == {
        problem
    }
