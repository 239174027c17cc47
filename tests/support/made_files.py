"""One made file of every kind that is read, by name: what the fuzzer starts from."""

import bz2
import gzip
import io
import lzma
import tarfile
from email.message import EmailMessage

from PIL import Image

from tests.support import containers, office_files, pdf_files


def made_files() -> dict[str, bytes]:
    """Small files, all of which can be read."""
    docx = office_files.docx_with_corners()[0]
    pixels = Image.new("RGB", (64, 64), "white")
    return {
        "a.docx": docx,
        "a.xlsx": office_files.xlsx_with_corners()[0],
        "a.pptx": office_files.pptx_with_corners()[0],
        "a.odt": office_files.odt_with_corners()[0],
        "a.pdf": pdf_files.pdf_with_corners()[0],
        "a.doc": containers.word_document("正文", "页眉", "批注"),
        "a.ppt": containers.presentation("幻灯片", "备注"),
        "a.msg": containers.outlook_message("主题", "正文", ("甲.txt", "附件".encode() * 1000)),
        "a.xls": containers.workbook("名单", ["单元格", "第二格"]),
        "a.zip": office_files.packed({"甲.docx": docx, "b.txt": "里面"}),
        "a.7z": containers.sevenzip({"甲.txt": b"a", "b.txt": b"bb"}, packs_header=True),
        "a.rar": containers.rar({"甲.txt": b"a"}),
        "a.tar": _tar({"甲.txt": b"a" * 600}),
        "a.gz": gzip.compress("里面".encode()),
        "a.bz2": bz2.compress("里面".encode()),
        "a.xz": lzma.compress("里面".encode()),
        "a.eml": _mail(),
        "a.rtf": rb"{\rtf1\ansi\ansicpg936\uc1 \'bb\'fa\'c3\'dc\par \u32477?{\v hidden}}",
        "a.html": "<html><body><p>网<b>页</b></p><!-- 注 --><a href='x'>y</a></body></html>".encode(),
        "a.xml": "<?xml version='1.0'?><a>甲<b title='乙'>丙</b></a>".encode(),
        "a.json": rb'{"a": "\u673a\u5bc6"}',
        "a.txt": "请把名单发给我".encode("gb18030"),
        "a.png": _saved(pixels, "PNG"),
        "a.jpg": _saved(pixels, "JPEG"),
        "a.gif": _saved(pixels, "GIF"),
        "a.tif": _saved(pixels, "TIFF"),
        "a.webp": _saved(pixels, "WEBP"),
        "a.bmp": _saved(pixels, "BMP"),
    }


def _saved(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "author"
    image.save(file, kind, **({"exif": exif} if kind in ("PNG", "JPEG", "TIFF", "WEBP") else {}))
    return file.getvalue()


def _tar(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def _mail() -> bytes:
    mail = EmailMessage()
    mail["From"] = "某人 <a@x.example>"
    mail["Subject"] = "主题里的话"
    mail["Date"] = "Mon, 01 Jan 2024 00:00:00 +0000"
    mail.set_content("正文里的话", charset="gb2312", cte="base64")
    mail.add_alternative("<p>网<b>页</b></p>", subtype="html", cte="quoted-printable")
    mail.add_attachment(b"x,y", maintype="text", subtype="csv", filename="附件.csv")
    return mail.as_bytes()
