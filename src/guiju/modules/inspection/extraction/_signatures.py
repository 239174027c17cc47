"""What a file is, by its content. Sources: the formats' own specifications."""

import io
import zipfile

# Beginnings that name a format by themselves.
_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x8b\x08", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zst"),
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"BM", "bmp"),
    (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"), (b"\xd7\xcd\xc6\x9a", "wmf"), (b"{\\rtf", "rtf"), (b"MZ", "program"),
    (b"\x7fELF", "program"), (b"\xcf\xfa\xed\xfe", "program"), (b"ID3", "media"), (b"OggS", "media"),
    (b"fLaC", "media"), (b"\x1a\x45\xdf\xa3", "media"), (b"\x00\x00\x01\xba", "media"), (b"#!AMR", "media"),
    (b"\xff\xfb", "media"), (b"\xff\xf3", "media"), (b"FLV\x01", "media"), (b"wOFF", "font"), (b"wOF2", "font"),
    (b"\x00\x01\x00\x00\x00", "font"), (b"OTTO", "font"), (b"SQLite format 3\x00", "sqlite"), (b"MSCF", "cab"),
    (b"\x01\x00\x00\x00", "emf"),
)  # fmt: skip
_PICTURES = frozenset({"png", "jpeg", "gif", "bmp", "tiff", "webp", "heic"})
_TEXTS = frozenset({"text", "html", "xml", "json", "mail", "svg"})
# What an extension claims; one that is not here claims nothing that could be untrue.
_CLAIMS: dict[str, frozenset[str]] = {
    **{name: frozenset({name}) for name in ("docx", "xlsx", "pptx", "xlsb", "odt", "ods", "odp", "doc", "xls", "ppt", "msg",
       "pdf", "zip", "7z", "rar", "gz", "bz2", "xz", "tar", "rtf", "png", "gif", "bmp", "webp")},
    **dict.fromkeys(("docm", "dotx", "dotm"), frozenset({"docx"})),
    **dict.fromkeys(("xlsm", "xltx", "xltm"), frozenset({"xlsx"})),
    **dict.fromkeys(("pptm", "potx", "ppsx", "ppsm"), frozenset({"pptx"})),
    **dict.fromkeys(("dot",), frozenset({"doc"})), **dict.fromkeys(("xlt", "et"), frozenset({"xls"})),
    **dict.fromkeys(("pps", "pot", "dps"), frozenset({"ppt"})), "wps": frozenset({"doc"}),
    **dict.fromkeys(("jpg", "jpeg", "jpe"), frozenset({"jpeg"})), **dict.fromkeys(("tif", "tiff"), frozenset({"tiff"})),
    **dict.fromkeys(("heic", "heif", "avif"), frozenset({"heic"})), "tgz": frozenset({"gz"}), "eml": frozenset({"mail"}),
    **dict.fromkeys(("txt", "csv", "md", "log", "tsv", "ini", "yaml", "yml"), _TEXTS), "json": _TEXTS,
    **dict.fromkeys(("html", "htm", "xml"), _TEXTS), "svg": frozenset({"xml"}),
    **dict.fromkeys(("mp3", "mp4", "m4a", "wav", "amr", "ogg", "avi", "mov", "mkv", "flac"), frozenset({"media"})),
    **dict.fromkeys(("exe", "dll"), frozenset({"program"})),
}  # fmt: skip
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odp",
}
_END_OF_ARCHIVE = b"PK\x05\x06"


def identify(data: bytes) -> str:
    """The short name of the format; `unknown` for what may be text or anything else."""
    if not data:
        return "empty"
    if data.startswith((b"PK\x03\x04", _END_OF_ARCHIVE, b"PK\x07\x08")):
        return _packed(data)
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return _checked(name, data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[257:262] == b"ustar":
        return "tar"
    if data[4:8] == b"ftyp":
        return "heic" if data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif") else "media"
    if data.startswith(b"RIFF"):
        return "webp" if data[8:12] == b"WEBP" else "media"
    return "unknown"


def _checked(name: str, data: bytes) -> str:
    """Short beginnings are words as well: BM, MZ and the like begin texts too."""
    head = data[:64]
    if name == "bmp":
        return name if len(data) >= 26 and data[6:10] == b"\0\0\0\0" else "unknown"
    if name == "program" and data.startswith(b"MZ"):
        return name if b"\0" in head else "unknown"
    if name == "bz2":
        return name if data[3:4].isdigit() and data[4:10] == b"1AY&SY" else "unknown"
    if name == "emf":
        return name if data[40:44] == b" EMF" else "unknown"
    if name == "media" and data.startswith((b"\xff\xfb", b"\xff\xf3")):
        return name if b"\0" in head else "unknown"
    return name


def _packed(data: bytes) -> str:
    """Which of the formats that are zip archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return _office(names)
            if "mimetype" in names:
                info = archive.getinfo("mimetype")
                if info.file_size < 200 and not info.flag_bits & 1:
                    return _OPEN_DOCUMENT.get(archive.read(info).strip(), "zip")
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        RuntimeError,
        NotImplementedError,
        LookupError,
    ):
        return "zip"
    return "zip"


def _office(names: set[str]) -> str:
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    for folder, name in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
        if any(each.startswith(folder) for each in names):
            return name
    return "ooxml"


def is_picture(kind: str) -> bool:
    """Whether people look at it instead of reading it."""
    return kind in _PICTURES


def has_archive_behind(data: bytes) -> bool:
    """Whether a zip archive stands at the end of something else."""
    place = data.rfind(_END_OF_ARCHIVE, max(len(data) - 65_557, 0))
    return place >= 0 and zipfile.is_zipfile(io.BytesIO(data))


def is_disguised(name: str, kind: str) -> bool:
    """Whether the name claims another format than the content has.

    A picture under the name of another picture is none: programs that save pictures do it every day.
    """
    _, dot, extension = name.rpartition(".")
    claimed = _CLAIMS.get(extension.lower()) if dot else None
    if claimed is not None and is_picture(kind) and claimed <= _PICTURES:
        return False
    return claimed is not None and kind not in claimed and kind not in ("empty", "encrypted")
