"""Pictures: the texts in their metadata, the codes in them, and the picture itself for reading."""

import io
import warnings
from collections.abc import Iterator
from typing import Any

import zxingcpp
from PIL import ExifTags, Image, UnidentifiedImageError

from guiju.modules.inspection.extraction._encodings import decode
from guiju.modules.inspection.extraction._walk import BombError, Frame, Walk
from guiju.modules.inspection.extraction.types import Flag, Problem

# 50 megapixels are a page at 800 dots an inch; Pillow raises at twice the number.
_MOST_PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
# A bullet, a line, a corner of a frame: nothing to read.
_LEAST_SIDE = 24
# Frames of something that moves; pages of a TIFF are pictures of their own.
_FRAMES = 10
_EXIF_GROUPS = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
_SILENT_TAGS = frozenset({"MakerNote", "PrintImageMatching", "ComponentsConfiguration"})
_SILENT_KEYS = frozenset({"exif", "icc_profile", "dpi", "jfif", "version", "photoshop", "mp"})


def prepare() -> None:
    """Loads what Pillow loads at first use, while files may still be opened."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS // 2
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.init()


def read_image(data: bytes, walk: Walk) -> Iterator[Frame]:
    """Metadata and codes as parts, the picture to be read. Raises `BombError`, ValueError."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            yield from walk.part("metadata", "\n".join(_metadata(image)), Flag.HIDDEN)
            frames = getattr(image, "n_frames", 1)
            is_paper = image.format == "TIFF"
            for number in _chosen(frames, walk.bounds.pictures if is_paper else _FRAMES, is_paper):
                image.seek(number)
                plain = image.convert("RGB")
                name = f"picture {number + 1}" if frames > 1 else "picture"
                yield from walk.part(f"{name}, codes", "\n".join(_codes(plain)))
                if min(plain.size) >= _LEAST_SIDE:
                    yield from walk.picture(name, data if frames == 1 else _png(plain))
            if is_paper and frames > walk.bounds.pictures:
                yield from walk.gap(Problem.TOO_MANY, "pictures")
            elif not is_paper and frames > _FRAMES:
                yield from walk.gap(Problem.IMAGES_NOT_READ, "frames in between")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as reason:
        raise BombError from reason
    except UnidentifiedImageError as reason:
        raise ValueError("not a picture") from reason


def _chosen(frames: int, most: int, is_paper: bool) -> list[int]:
    """The first pages of a paper; of something that moves so many frames, from the first to the last."""
    if frames <= most or is_paper:
        return [*range(min(frames, most))]
    return [round(number * (frames - 1) / (most - 1)) for number in range(most)]


def _codes(image: Image.Image) -> Iterator[str]:
    for code in zxingcpp.read_barcodes(image):
        if code.text:
            yield code.text


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _metadata(image: Image.Image) -> Iterator[str]:
    for key, value in image.info.items():
        if str(key).lower() not in _SILENT_KEYS:
            yield from _words(value)
    exif = image.getexif()
    groups: list[Any] = [exif, *(exif.get_ifd(group) for group in _EXIF_GROUPS)]
    for group in groups:
        for tag, value in group.items():
            if ExifTags.TAGS.get(tag) not in _SILENT_TAGS:
                yield from _words(value)


def _words(value: object) -> Iterator[str]:
    """What a person may have written; numbers and tables of a camera are not."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        for prefix in (b"ASCII\0\0\0", b"UNICODE\0"):
            value = value.removeprefix(prefix)
        yield from (each.text.rstrip("\0") for each in decode(value)[:1])
