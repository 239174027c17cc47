"""Mail that is written as mail programs forgive it: everything that they show is read."""

import base64
import binascii
import quopri

import pytest

from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.extraction.types import Problem

MARKER = "绝密资料"
HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def mail(headers: str, body: bytes) -> bytes:
    return HEAD + headers.encode() + b"\r\n\r\n" + body


def read(extractor: Extractor, data: bytes) -> str:
    reading = extractor.extract_bytes("a.eml", data)
    assert reading.type == "mail" and not reading.gaps
    return "\n".join(part.text for part in reading.parts)


def uuencoded(name: str, content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"begin 644 " + name.encode() + b"\n" + b"".join(lines) + b"`\nend\n"


TEXT = MARKER.encode()
CODE = base64.b64encode(TEXT)
INNER = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + TEXT
MIXED = 'Content-Type: multipart/mixed; boundary="B"'
PART = b"\r\n--B\r\nContent-Type: text/plain\r\n\r\nplain\r\n"
MAILS = {
    "message in base64": mail(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64",
        base64.encodebytes(INNER),
    ),
    "message in quoted printable": mail(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable",
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + quopri.encodestring(TEXT),
    ),
    "quoted encoding": mail(
        'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "base64"', CODE
    ),
    "commented encoding": mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64 (so it is)",
        CODE,
    ),
    "gbk as latin": mail("Content-Type: text/plain; charset=iso-8859-1", MARKER.encode("gbk") * 9),
    "utf-8 as latin": mail("Content-Type: text/plain; charset=iso-8859-1", TEXT),
    "utf-8 as ascii": mail("Content-Type: text/plain; charset=us-ascii", TEXT),
    "uuencoded": mail("Content-Type: text/plain", b"see\n\n" + uuencoded("a.txt", TEXT) + b"bye\n"),
    "preamble": mail(MIXED, TEXT + PART + b"--B--\r\n"),
    "epilogue": mail(MIXED, b"none" + PART + b"--B--\r\n" + TEXT),
}


@pytest.mark.parametrize("name", MAILS)
def test_what_a_mail_program_shows_is_read(extractor: Extractor, name: str) -> None:
    assert MARKER in read(extractor, MAILS[name])


def test_latin_mail_is_read_as_it_says(extractor: Extractor) -> None:
    said = "Le café est fermé à midi, désolé."
    text = read(
        extractor, mail("Content-Type: text/plain; charset=iso-8859-1", said.encode("latin-1"))
    )
    assert said in text


def test_a_broken_uuencoded_file_is_told(extractor: Extractor) -> None:
    body = b"see\n\nbegin 644 a.txt\n\xff\xff broken\nend\n"
    reading = extractor.extract_bytes(
        "a.eml", mail("Content-Type: text/plain; charset=latin-1", body)
    )
    assert Problem.BROKEN in {gap.problem for gap in reading.gaps}
