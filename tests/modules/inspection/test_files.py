"""Every corner of every kind of file is found, and the type is what the content says."""

import base64
import gzip
import io
import tarfile
from email.message import EmailMessage
from pathlib import Path

import pytest
import zxingcpp
from PIL import ExifTags, Image, PngImagePlugin

from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.extraction.types import (
    Flag,
    Gap,
    Mark,
    Part,
    Problem,
    Reading,
    Verdict,
)
from tests.support import containers, office_files, pdf_files

MADE = {
    "docx": office_files.docx_with_corners,
    "xlsx": office_files.xlsx_with_corners,
    "pptx": office_files.pptx_with_corners,
    "odt": office_files.odt_with_corners,
    "pdf": pdf_files.pdf_with_corners,
}
CORNERS = [(kind, corner) for kind, make in MADE.items() for corner in make()[1]]


@pytest.fixture(scope="module")
def readings(extractor: Extractor) -> dict[str, Reading]:
    return {kind: extractor.extract_bytes(f"a.{kind}", make()[0]) for kind, make in MADE.items()}


def part(reading: Reading, name: str) -> Part:
    return next(each for each in reading.parts if each.name == name)


def texts(reading: Reading) -> str:
    return "\n".join(each.text for each in reading.parts)


# ---- corners ----------------------------------------------------------------------------------------------------


def test_there_are_at_least_the_corners_of_the_study() -> None:
    assert len(CORNERS) >= 34


@pytest.mark.parametrize(("kind", "corner"), CORNERS)
def test_a_corner_is_found(readings: dict[str, Reading], kind: str, corner: str) -> None:
    marker = MADE[kind]()[1][corner]
    assert any(marker in each.text for each in readings[kind].parts)


@pytest.mark.parametrize("kind", MADE)
def test_a_whole_file_is_read_and_called_what_it_is(
    readings: dict[str, Reading], kind: str
) -> None:
    assert readings[kind].verdict is Verdict.READ
    assert (readings[kind].type, readings[kind].disguised) == (kind, False)


def test_what_is_hidden_and_deleted_says_so(readings: dict[str, Reading]) -> None:
    docx, xlsx, pptx = readings["docx"], readings["xlsx"], readings["pptx"]
    assert part(docx, "body, hidden text").flags == (Flag.HIDDEN,)
    assert part(docx, "body, deleted text").flags == (Flag.DELETED,)
    assert part(xlsx, "hidden sheet 名单").flags == (Flag.HIDDEN,)
    assert part(pptx, "slide 2").flags == (Flag.HIDDEN,)
    assert part(docx, "body").flags == ()


def test_a_word_that_hiding_or_deleting_cuts_in_two_is_whole_somewhere(
    extractor: Extractor,
) -> None:
    hidden = office_files.run("喧哗", "<w:vanish/>")
    deleted = "<w:del><w:r><w:delText>机</w:delText></w:r></w:del>"
    body = office_files.paragraph(office_files.run("绝"), hidden, office_files.run("密"))
    body += office_files.paragraph(deleted, office_files.run("密"))
    reading = extractor.extract_bytes("a.docx", office_files.docx(body))
    assert part(reading, "body").text == "绝密\n密"
    assert part(reading, "body, deleted text").text == "机密"


def test_a_part_that_nothing_refers_to_is_read(extractor: Extractor) -> None:
    data = office_files.docx("", custom__odd_xml="<x><y>无人引用</y></x>")
    assert "无人引用" in texts(extractor.extract_bytes("a.docx", data))


def test_macros_are_a_mark(extractor: Extractor) -> None:
    data = office_files.docx("", word__vbaProject_bin=b"\xd0\xcf\x11\xe0")
    assert extractor.extract_bytes("a.docm", data).marks == (Mark.MACROS,)


def test_numbers_are_given_as_shown_and_as_stored(extractor: Extractor) -> None:
    styles = (
        f'<styleSheet xmlns="{office_files.S}"><numFmts><numFmt numFmtId="164" formatCode="00000000000"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    row = (
        '<row r="1"><c r="A1"><v>6.2220262000412345E+18</v></c><c r="B1" s="1"><v>1087654321</v></c>'
        '<c r="C1" s="2"><v>45292</v></c></row>'
    )
    for rows in (row, row.replace("<c r", "<c  r")):  # with and without the tree
        data = office_files.xlsx({"表": office_files.sheet(rows)}, others={"xl/styles.xml": styles})
        reading = extractor.extract_bytes("a.xlsx", data)
        assert part(reading, "sheet 表").text == "6222026200041234500\t01087654321\t2024-01-01"
        assert part(reading, "sheet 表, stored numbers").text.split("\n")[1] == "1087654321"


@pytest.mark.parametrize(
    "row", ['<row r="1">{}</row>', '<row r="1" >{}</row>', '<x:row xmlns:x="{ns}" r="1">{}</x:row>']
)
def test_a_sheet_reads_the_same_however_it_is_written(extractor: Extractor, row: str) -> None:
    cell = (
        office_files.text_cell("A1", "甲&amp;乙")
        if "x:" not in row
        else "<x:c><x:is><x:t>甲&amp;乙</x:t></x:is></x:c>"
    )
    if "x:" in row:
        cell = cell.replace("<x:c>", '<x:c t="inlineStr">')
    rows = row.replace("{ns}", office_files.S).replace("{}", cell)
    data = office_files.xlsx({"表": office_files.sheet(rows)})
    assert "甲&乙" in texts(extractor.extract_bytes("a.xlsx", data))


# ---- what stands in files ---------------------------------------------------------------------------------------


def test_files_in_files_are_followed_and_named(extractor: Extractor) -> None:
    inner = office_files.docx_with_corners()[0]
    data = office_files.packed({"资料/甲.docx": inner})
    reading = extractor.extract_bytes("a.zip", data)
    assert part(reading, "资料/甲.docx > header 1").text == "角标03页眉"
    assert part(reading, "member names").text == "资料/甲.docx"


def test_an_embedded_workbook_is_read(extractor: Extractor) -> None:
    book = office_files.xlsx_with_corners()[0]
    data = office_files.docx("", word__embeddings__book_xlsx=book)
    assert "表标00单元格" in texts(extractor.extract_bytes("a.docx", data))


def test_names_of_members_in_old_encodings_are_read(extractor: Extractor) -> None:
    data = office_files.packed({"XX.txt": "x"}).replace(b"XX.txt", "名.txt".encode("gb18030"))
    assert part(extractor.extract_bytes("a.zip", data), "member names").text == "名.txt"


def test_tar_and_gz(extractor: Extractor) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("名单.txt")
        content = "里面的话".encode("gb18030")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    reading = extractor.extract_bytes("a.tar.gz", gzip.compress(file.getvalue()))
    assert part(reading, "content > 名单.txt > text").text == "里面的话"


@pytest.mark.parametrize("packs_header", [False, True])
def test_7z(extractor: Extractor, packs_header: bool) -> None:
    members = {"甲.txt": "内容甲".encode(), "乙.txt": "内容乙".encode()}
    reading = extractor.extract_bytes(
        "a.7z", containers.sevenzip(members, packs_header=packs_header)
    )
    assert reading.verdict is Verdict.READ
    assert part(reading, "member names").text == "甲.txt\n乙.txt"
    assert part(reading, "乙.txt > text").text == "内容乙"


def test_a_coder_that_is_not_known_leaves_names_and_a_gap(extractor: Extractor) -> None:
    data = containers.sevenzip({"甲.txt": b"x"}, coder=bytes.fromhex("030401"))
    reading = extractor.extract_bytes("a.7z", data)
    assert reading.gaps == (Gap(Problem.MEMBERS_NOT_READ),)
    assert reading.verdict is Verdict.PARTLY_READ


def test_rar_gives_names_and_a_gap(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("a.rar", containers.rar({"机密名单.txt": b"x"}))
    assert part(reading, "member names").text == "机密名单.txt"
    assert reading.gaps == (Gap(Problem.MEMBERS_NOT_READ),)


def test_mail_with_everything(extractor: Extractor) -> None:
    mail = EmailMessage()
    mail["From"] = "某人 <a@x.example>"
    mail["To"] = "b@x.example"
    mail["Subject"] = "主题里的话"
    mail.set_content("正文里的话", charset="gb2312")
    mail.add_alternative("<p>网<b>页</b>里的话<!-- 注释里的话 --></p>", subtype="html")
    mail.add_attachment(
        office_files.docx_with_corners()[0],
        maintype="application",
        subtype="octet-stream",
        filename="附件.docx",
    )
    reading = extractor.extract_bytes("a.eml", mail.as_bytes())
    assert reading.type == "mail" and reading.verdict is Verdict.READ
    for words in (
        "主题里的话",
        "正文里的话",
        "网页里的话",
        "注释里的话",
        "角标03页眉",
        "附件.docx",
    ):
        assert words in texts(reading)


def test_old_office_files(extractor: Extractor) -> None:
    doc = extractor.extract_bytes("a.doc", containers.word_document("正文", "页眉", "批注"))
    assert [each.text for each in doc.parts[1:]] == ["正文", "页眉", "批注"]
    ppt = extractor.extract_bytes("a.ppt", containers.presentation("幻灯片", "备注"))
    assert part(ppt, "notes 1").text == "备注" and part(ppt, "slide 1").text == "幻灯片"


def test_an_old_workbook(extractor: Extractor) -> None:
    data = containers.workbook("名单", ["张三", "李四"], comment="批注里的话")
    reading = extractor.extract_bytes("a.xls", data)
    assert (reading.type, reading.verdict) == ("xls", Verdict.READ)
    assert part(reading, "sheet 名单").text == "张三\n李四"
    assert part(reading, "comments and text boxes").text == "批注里的话"


def test_mail_of_outlook(extractor: Extractor) -> None:
    attached = ("甲.docx", office_files.docx_with_corners()[0])
    data = containers.outlook_message("主题", "正文", attached)
    reading = extractor.extract_bytes("a.msg", data)
    assert part(reading, "message").text == "subject: 主题\nbody: 正文"
    assert part(reading, "甲.docx > header 1").text == "角标03页眉"


def test_rich_text(extractor: Extractor) -> None:
    data = rb"{\rtf1\ansi\ansicpg936\uc1{\fonttbl{\f0 SimSun;}}\f0 \'bb\'fa{\b\'c3\'dc}\par \u32477?\u23494?{\v hidden}}"
    reading = extractor.extract_bytes("a.rtf", data)
    assert part(reading, "text").text == "机密\n绝密"
    assert part(reading, "hidden text").flags == (Flag.HIDDEN,)


# ---- texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
@pytest.mark.parametrize("text", ["机密", "请把名单发给我", "姓名,电话\n张三,13812345678\n"])
def test_texts_in_simplified_chinese(extractor: Extractor, encoding: str, text: str) -> None:
    reading = extractor.extract_bytes("a.txt", text.encode(encoding))
    assert text in [each.text for each in reading.parts]
    assert (reading.type, reading.verdict) == ("text", Verdict.READ)


@pytest.mark.parametrize("text", ["機密", "請把名單發給我", "姓名,電話\n張三,0912345678\n"])
def test_texts_in_big5(extractor: Extractor, text: str) -> None:
    assert extractor.extract_bytes("a.txt", text.encode("big5")).parts[1].text == text


def test_words_that_are_valid_utf8_by_chance(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("a.txt", "联通".encode("gb18030"))
    assert reading.parts[1].text == "联通"


SIMPLIFIED, TRADITIONAL = "请把核心配方发给我，不要告诉别人", "請把核心配方發給我，不要告訴別人"
LINES = "明天上午九点在三号会议室开会，请大家准时参加。\n" * 100


@pytest.mark.parametrize(
    "data",
    [
        SIMPLIFIED.encode("gb18030") + b"\xff",
        SIMPLIFIED.encode("gb18030")[:4] + b"\xff" + SIMPLIFIED.encode("gb18030")[4:],
        b"x" * 5000 + SIMPLIFIED.encode("gb18030") + b"\xff",
        TRADITIONAL.encode("big5") + b"\xff",
        SIMPLIFIED.encode() + b"\xff",
        LINES.encode() + SIMPLIFIED.encode("gb18030"),
        LINES.encode("gb18030") + SIMPLIFIED.encode(),
        LINES.encode("gb18030") + TRADITIONAL.encode("big5"),
    ],
)
def test_bytes_out_of_place_hide_no_words_and_are_a_gap(extractor: Extractor, data: bytes) -> None:
    reading = extractor.extract_bytes("a.txt", data)
    assert "核心配方" in texts(reading)
    assert reading.gaps == (Gap(Problem.ENCODING),)


@pytest.mark.parametrize(
    "data",
    [
        LINES.encode() + "请看：".encode() + "核心配方".encode("gb18030"),
        LINES.encode("gb18030") + "请看：".encode("gb18030") + "核心配方".encode(),
        "请看核心配方".encode("gb18030") + "核心配方".encode() + "的说明".encode("gb18030"),
        "Привет, как дела".encode("cp1251"),
        "機密".encode("iso2022_jp_2"),
    ],
)
def test_a_text_in_two_encodings_or_an_unknown_one_is_a_gap(
    extractor: Extractor, data: bytes
) -> None:
    assert extractor.extract_bytes("a.txt", data).gaps == (Gap(Problem.ENCODING),)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müller, café déjà vu – “the résumé” of Größe", "cp1252"),
        ("naïve", "latin-1"),
        ("姓名,电话\n─────\n张喆,13812345678\n■ 苯甲酰胺\n" * 30, "gb18030"),
        ("姓名,電話\n林懿萱,0912345678\n" * 30, "big5"),
    ],
)
def test_one_old_encoding_alone_is_sure(extractor: Extractor, text: str, encoding: str) -> None:
    reading = extractor.extract_bytes("a.txt", text.encode(encoding))
    assert (reading.parts[1].text, reading.gaps) == (text, ())


@pytest.mark.parametrize(
    "page",
    [
        '<html><p>机<span style="display:none">x</span>密★10年</p>', "<html><p>机<b hidden>甲<b>乙</b>丙</b>密★10年</p>", '<html><p>机<i style="font-size: 0px">x</i>密★10年</p>',
        '<html><style>p{color:red} span.q, .z {visibility: hidden}</style><p>机<u class="a z">x</u>密★<span class="q">甲</span>10年</p>',
        '<html><style>#n{display:none}</style><p>机<u id="n">x<br>y</u>密★10年</p>', "<html><p>机<template>x</template>密★10年</p>",
    ],
)  # fmt: skip
def test_a_page_is_also_read_without_what_it_hides(extractor: Extractor, page: str) -> None:
    parts = {
        part.name: part.text for part in extractor.extract_bytes("a.html", page.encode()).parts
    }
    assert parts["visible text"].strip() == "机密★10年"
    assert parts["text"].strip() != "机密★10年", "what is hidden is read as well"


def test_a_page_that_hides_nothing_is_read_once(extractor: Extractor) -> None:
    page = '<html><style>p{opacity:0.5;width:05px}</style><p class="x" style="font-size:0.8em">机密</p>'
    names = [part.name for part in extractor.extract_bytes("a.html", page.encode()).parts]
    assert "visible text" not in names and "text" in names


def test_html_json_and_xml(extractor: Extractor) -> None:
    page = '<html><body><p>机<i>密</i></p><a href="http://x.example/领奖">x</a><script>var a="隐"</script></body></html>'
    reading = extractor.extract_bytes("a.html", page.encode())
    assert "机密" in part(reading, "text").text
    assert "领奖" in part(reading, "attributes").text
    assert reading.marks == (Mark.SCRIPTS,)
    escaped = extractor.extract_bytes("a.json", rb'{"a": "\u673a\u5bc6"}')
    assert "机密" in part(escaped, "escaped text").text
    xml = extractor.extract_bytes(
        "a.xml", "<?xml version='1.0'?><a>机<b>密</b><!-- 注 --></a>".encode()
    )
    assert xml.type == "xml" and part(xml, "comments").text.strip() == "注"


# ---- types ------------------------------------------------------------------------------------------------------


def test_a_file_that_lies_about_its_type_is_read_as_what_it_is(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("photo.jpg", office_files.docx_with_corners()[0])
    assert (reading.type, reading.disguised) == ("docx", True)
    assert "角标03页眉" in texts(reading)


def test_an_archive_behind_a_picture_is_read(extractor: Extractor) -> None:
    data = picture() + office_files.packed({"a.txt": "后面藏着的话"})
    assert "后面藏着的话" in texts(extractor.extract_bytes("a.png", data))


def test_text_behind_the_end_of_a_picture_is_read(extractor: Extractor) -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        file = io.BytesIO()
        Image.effect_noise((64, 64), 60).save(file, kind)
        whole = file.getvalue()
        reading = extractor.extract_bytes("a", whole + "后面藏着的话".encode())
        assert "后面藏着的话" in texts(reading), kind
        assert extractor.extract_bytes("a", whole).gaps == (
            Gap(Problem.IMAGES_NOT_READ, "picture"),
        )


def test_a_member_that_the_directory_leaves_out_is_a_gap(extractor: Extractor) -> None:
    hidden = office_files.packed({"b.txt": "藏着的话"})
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    shown = office_files.packed({"a.txt": "x"})
    for data in (hidden + shown, shown + "藏着的话".encode()):
        gaps = extractor.extract_bytes("a.zip", data).gaps
        assert Gap(Problem.MEMBERS_NOT_READ, "unlisted bytes") in gaps


def test_the_name_in_a_gzip_is_read(extractor: Extractor) -> None:
    file = io.BytesIO()
    with gzip.GzipFile("plan.txt", "wb", fileobj=file) as packed:
        packed.write(b"x")
    assert part(extractor.extract_bytes("a.gz", file.getvalue()), "member names").text == "plan.txt"


@pytest.mark.parametrize("first", ["MIME-Version: 1.0\n", "Subject: x\n", ""])
def test_a_mail_with_few_headers_is_a_mail(extractor: Extractor, first: str) -> None:
    body = base64.b64encode("藏着的话".encode()).decode()
    head = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    reading = extractor.extract_bytes("a.eml", (first + head + body).encode())
    assert reading.type == "mail" and "藏着的话" in texts(reading)


def test_an_empty_file_and_a_file_of_noise(extractor: Extractor) -> None:
    assert extractor.extract_bytes("a.txt", b"").verdict is Verdict.READ
    noise = extractor.extract_bytes("a.bin", bytes(range(256)) * 40)
    assert noise.verdict is Verdict.CANNOT_BE_READ
    assert noise.gaps == (Gap(Problem.UNKNOWN_TYPE),)


@pytest.mark.parametrize(
    "data", [b"ID3\x04" + bytes(50), b"\x7fELF" + bytes(50), b"MSCF" + bytes(50)]
)
def test_what_has_no_reader_is_named_and_not_passed(extractor: Extractor, data: bytes) -> None:
    reading = extractor.extract_bytes("a.bin", data)
    assert reading.verdict is Verdict.CANNOT_BE_READ
    assert reading.gaps == (Gap(Problem.NO_READER),)


def test_the_name_of_the_file_is_a_part(extractor: Extractor, tmp_path: Path) -> None:
    path = tmp_path / "机密名单.txt"
    path.write_bytes(b"x")
    assert extractor.extract(path).parts[0] == Part("file name", "机密名单.txt")


# ---- pictures ---------------------------------------------------------------------------------------------------


def picture(words: str = "", code: str = "") -> bytes:
    image = Image.new("RGB", (300, 300), "white")
    if code:
        made = zxingcpp.write_barcode_to_image(
            zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode), scale=5
        )
        image.paste(Image.fromarray(made).convert("RGB"), (40, 40))
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Comment", words)
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "author in exif"
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=info, exif=exif)
    return file.getvalue()


def test_without_the_extra_a_picture_says_that_it_is_not_read(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("a.png", picture())
    assert reading.gaps == (Gap(Problem.IMAGES_NOT_READ, "picture"),)
    assert reading.verdict is not Verdict.READ


def test_codes_and_metadata_are_read_without_the_extra(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("a.png", picture("图中文字", "https://x.example/领奖"))
    assert part(reading, "picture, codes").text == "https://x.example/领奖"
    assert "图中文字" in part(reading, "metadata").text
    assert "author in exif" in part(reading, "metadata").text


def test_a_code_in_a_document_is_read(extractor: Extractor) -> None:
    data = office_files.docx("", word__media__image1_png=picture(code="https://x.example/a"))
    assert part(extractor.extract_bytes("a.docx", data), "image1.png > picture, codes").text


def test_pictures_are_read_with_the_extra() -> None:
    pytest.importorskip("rapidocr", reason="the extra `images` is not installed")
    image = Image.new("RGB", (600, 120), "white")
    drawing = pytest.importorskip("PIL.ImageDraw")
    drawing.Draw(image).text((20, 30), "CONFIDENTIAL 13812345678", fill="black", font_size=36)
    file = io.BytesIO()
    image.save(file, "PNG")
    with Extractor() as reader:
        reading = reader.extract_bytes("a.png", file.getvalue())
        assert "13812345678" in part(reading, "picture").text
        assert reading.verdict is Verdict.READ
