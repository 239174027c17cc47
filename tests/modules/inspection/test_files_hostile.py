"""Files that are broken, locked, or made to harm: a clear verdict each, in bounded time."""

import gzip
import io
import random
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from guiju.kernel.sandbox import Answer, End, Limits, Sandboxes
from guiju.modules.inspection.extraction._walk import PartFrame, PictureFrame
from guiju.modules.inspection.extraction.reading import Extractor, Previewer
from guiju.modules.inspection.extraction.types import Bounds, Gap, Problem, Reading, Verdict
from tests.support import containers, office_files, pdf_files
from tests.support.made_files import made_files

FILES = made_files()


def problems(reading: Reading) -> set[Problem]:
    return {gap.problem for gap in reading.gaps}


# ---- locked -----------------------------------------------------------------------------------------------------


def locked_zip() -> bytes:
    """Encryption is a flag on each member, in both places where it is described."""
    data = bytearray(office_files.packed({"机密.txt": "x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


LOCKED = {
    "a.docx": containers.ole({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y"}),
    "a.doc": containers.word_document("正文", encrypted=True),
    "a.pdf": pdf_files.encrypted_pdf(),
    "a.zip": locked_zip(),
    "a.7z": containers.sevenzip({"甲.txt": b"x"}, coder=bytes.fromhex("06f10701")),
    "a.rar": containers.rar({"甲.txt": b"x"}, encrypted=True),
    "a.odt": office_files.packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<m xmlns='x'><encryption-data/></m>",
        }
    ),
}


@pytest.mark.parametrize("name", LOCKED)
def test_what_is_locked_is_held_as_encrypted(extractor: Extractor, name: str) -> None:
    reading = extractor.extract_bytes(name, LOCKED[name])
    assert problems(reading) == {Problem.ENCRYPTED}
    assert reading.verdict is not Verdict.READ


# ---- bombs ------------------------------------------------------------------------------------------------------


def zipped(content: bytes, name: str = "a") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def nested(levels: int) -> bytes:
    data = b"the bottom"
    for level in range(levels):
        data = zipped(data, f"{level}.zip" if level else "bottom.txt")
    return data


def image_bomb() -> bytes:
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    return file.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + ']><w:document xmlns:w="x"><w:t>&j;</w:t></w:document>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.zip", zipped(bytes(50 << 20)), Problem.BOMB),
        ("a.gz", gzip.compress(bytes(50 << 20)), Problem.BOMB),
        ("a.zip", nested(9), Problem.TOO_DEEP),
        ("a.zip", office_files.packed({f"{n}": "x" for n in range(2001)}), Problem.TOO_MANY),
        ("a.png", image_bomb(), Problem.BOMB),
        ("a.docx", office_files.packed({"[Content_Types].xml": "<a/>", "word/document.xml": LAUGHS}), Problem.BROKEN),
        ("a.xml", OUTSIDE.encode(), Problem.BROKEN),
        ("a.xml", OUTSIDE.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"), Problem.BROKEN),
    ],
)  # fmt: skip
def test_a_bomb_is_held_at_once(
    extractor: Extractor, name: str, data: bytes, problem: Problem
) -> None:
    """[zip-*]: sizes are bounded while they grow, not after."""
    begin = time.monotonic()
    reading = extractor.extract_bytes(name, data)
    assert problem in problems(reading)
    assert "root:" not in "".join(part.text for part in reading.parts)
    assert time.monotonic() - begin < 20


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with Extractor(Bounds(file=10), images=False) as small:
        assert small.extract_bytes("a.txt", b"x" * 11).gaps == (Gap(Problem.TOO_LARGE),)


def test_all_that_is_unpacked_together_is_bounded() -> None:
    noise = random.Random(1).randbytes(300_000)
    data = office_files.packed({f"{n}.txt": noise for n in range(5)})
    with Extractor(Bounds(unpacked=1_000_000), images=False) as small:
        assert Problem.TOO_LARGE in problems(small.extract_bytes("a.zip", data))


def test_more_text_than_anybody_reads_is_bounded() -> None:
    with Extractor(Bounds(text=1000), images=False) as small:
        data = office_files.packed({f"{n}.txt": "平" * 400 for n in range(5)})
        reading = small.extract_bytes("a.zip", data)
        assert problems(reading) == {Problem.TEXT_TOO_LARGE}
        assert reading.verdict is Verdict.PARTLY_READ


# ---- depth ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [10_000, 100_000])
def test_depth_costs_no_stack(extractor: Extractor, levels: int) -> None:
    body = "<w:sdt>" * levels + "<w:p><w:r><w:t>最深处</w:t></w:r></w:p>" + "</w:sdt>" * levels
    reading = extractor.extract_bytes("a.docx", office_files.docx(body))
    assert "最深处" in "".join(part.text for part in reading.parts)
    assert reading.verdict is Verdict.READ


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", "[" * 100_000 + '"最深处"' + "]" * 100_000),
        ("a.html", "<html>" + "<div>" * 100_000 + "最深处"),
        ("a.xml", "<?xml version='1.0'?>" + "<a>" * 100_000 + "最深处" + "</a>" * 100_000),
    ],
)
def test_depth_of_texts(extractor: Extractor, name: str, data: str) -> None:
    reading = extractor.extract_bytes(name, data.encode())
    assert any("最深处" in part.text for part in reading.parts)


def test_groups_of_rich_text_without_end(extractor: Extractor) -> None:
    reading = extractor.extract_bytes("a.rtf", rb"{\rtf1 " + b"{" * 100_000)
    assert problems(reading) == {Problem.BROKEN}


# ---- broken -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.zip", "a.doc", "a.7z", "a.png"])
def test_a_file_that_is_cut_off_is_never_wholly_read(
    extractor: Extractor, name: str, share: float
) -> None:
    data = FILES[name]
    reading = extractor.extract_bytes(name, data[: int(len(data) * share)])
    assert reading.verdict is not Verdict.READ


@pytest.mark.parametrize("sector", range(9))
def test_sectors_in_a_circle_end(extractor: Extractor, sector: int) -> None:
    """The table of sectors is the last one of the made file: this entry leads to itself."""
    data = bytearray(FILES["a.xls"])
    struct.pack_into("<I", data, len(data) - 512 + 4 * sector, sector)
    reading = extractor.extract_bytes("a.xls", bytes(data))
    assert reading.verdict is not Verdict.READ
    assert not problems(reading) & {Problem.CRASHED, Problem.TIME, Problem.MEMORY}


def test_one_broken_part_leaves_the_others(extractor: Extractor) -> None:
    body = office_files.paragraph(office_files.run("正文"))
    data = office_files.docx(body, word__header1_xml="<w:hdr xmlns:w='x'><w:p>")
    reading = extractor.extract_bytes("a.docx", data)
    assert any(part.text == "正文" for part in reading.parts)
    assert reading.gaps == (Gap(Problem.BROKEN, "word/header1.xml"),)
    assert reading.verdict is Verdict.PARTLY_READ


# ---- noise ------------------------------------------------------------------------------------------------------


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A made file with bytes changed, cut out, repeated, or another file's bytes put in."""
    name = draw(st.sampled_from(sorted(FILES)))
    data = bytearray(FILES[name])
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        size = draw(st.integers(1, 64))
        match draw(st.integers(0, 4)):
            case 0:
                data[place : place + 1] = draw(st.binary(min_size=1, max_size=8))
            case 1:
                del data[place : place + size]
            case 2:
                data[place:place] = data[place : place + size] * draw(st.integers(1, 50))
            case 3:
                other = FILES[draw(st.sampled_from(sorted(FILES)))]
                data[place:place] = other[: size * 8]
            case _:
                data[place : place + 4] = draw(
                    st.sampled_from([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"])
                )
    return name, bytes(data)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(damaged())
def test_damage_ends_in_a_verdict_and_never_in_a_crash(
    extractor: Extractor, sample: tuple[str, bytes]
) -> None:
    name, data = sample
    reading = extractor.extract_bytes(name, data)
    assert reading.verdict in Verdict
    assert not problems(reading) & {Problem.CRASHED, Problem.TIME, Problem.MEMORY}
    assert bool(reading.gaps) == (reading.verdict is not Verdict.READ)


def test_no_reader_loads_a_module_after_the_doors_are_closed(tmp_path: Path) -> None:
    """A module that is loaded late would fail in the sandbox only, and look like a broken file."""
    made = tmp_path / "made"
    made.write_bytes(msgspec.msgpack.encode(FILES))
    program = (
        "import sys, pathlib, msgspec\n"
        "from guiju.modules.inspection.extraction import worker\n"
        "from guiju.modules.inspection.extraction._walk import Request\n"
        "from guiju.modules.inspection.extraction.types import Bounds\n"
        "files = msgspec.msgpack.decode(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "worker.prepare()\n"
        "before = set(sys.modules)\n"
        "for name, data in files.items():\n"
        "    list(worker.answer(msgspec.msgpack.encode(Request(name, data, Bounds()))))\n"
        "    assert set(sys.modules) == before, (name, set(sys.modules) - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(made)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_made_file_is_read_in_the_sandbox(extractor: Extractor, name: str) -> None:
    reading = extractor.extract_bytes(name, FILES[name])
    pending = {Problem.IMAGES_NOT_READ, Problem.MEMBERS_NOT_READ}
    assert problems(reading) <= pending
    assert not reading.disguised


# ---- a parser that a file has taken over ------------------------------------------------------------------------

FORGED = {
    "no text": msgspec.msgpack.encode(PartFrame("p", "xy")).replace(b"xy", b"\xff\xfe"),
    "no frame": b"\xc1",
    "half a frame": msgspec.msgpack.encode(PartFrame("p", "text"))[:-2],
    "nothing": b"",
    "another frame": msgspec.msgpack.encode({"type": "verdict", "name": "pass"}),
}


def answers(monkeypatch: pytest.MonkeyPatch, *frames: bytes) -> None:
    monkeypatch.setattr(Sandboxes, "ask", lambda *_: Answer(frames, End.DONE))


@pytest.mark.parametrize("name", FORGED)
def test_a_frame_that_cannot_be_read_holds_the_file(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = msgspec.msgpack.encode(PartFrame("page 1", "前"))
    answers(monkeypatch, before, FORGED[name], before)
    with Extractor(images=False) as extractor:
        reading = extractor.extract_bytes("a.pdf", b"%PDF")
    assert [part.text for part in reading.parts] == ["a.pdf", "前"]
    assert reading.gaps == (Gap(Problem.CRASHED),)
    assert reading.verdict is not Verdict.READ


def test_words_of_a_picture_that_cannot_be_read_hold_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = msgspec.msgpack.encode(PictureFrame("page 1, picture", b"png"))
    with Extractor(images=False) as extractor:
        files = extractor._files
        extractor._pictures = Sandboxes("none", Limits(), 1)
        monkeypatch.setattr(
            Sandboxes,
            "ask",
            lambda asked, _: Answer((picture if asked is files else b"\xff\xfe",), End.DONE),
        )
        reading = extractor.extract_bytes("a.pdf", b"%PDF")
    assert reading.gaps == (Gap(Problem.CRASHED, "page 1, picture"),)


@pytest.mark.parametrize("size", [b"\xff 3", b"3", b"3 4 5", b""])
def test_a_copy_without_its_size_is_none(monkeypatch: pytest.MonkeyPatch, size: bytes) -> None:
    answers(monkeypatch, size, b"a", b"b")
    assert Previewer().copies(b"png") is None
