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

# 50 megapixels are a page at 800 dots an inch, and the best phones; Pillow warns of more, and a warning is an error here.
_MOST_PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
# A bullet, a line, a corner of a frame: nothing to read. A line of small words is longer than it is high.
_LEAST_LONG, _LEAST_SHORT = 24, 10
_WHITE, _BLACK = "white", "black"
# Frames of something that moves; pages of a TIFF are pictures of their own.
_FRAMES = 10
_EXIF_GROUPS = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
_SILENT_TAGS = frozenset({"MakerNote", "PrintImageMatching", "ComponentsConfiguration"})
_SILENT_KEYS = frozenset({"exif", "icc_profile", "dpi", "jfif", "version", "photoshop", "mp"})


def prepare() -> None:
    """Loads what Pillow loads at first use, while files may still be opened."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
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
                name = f"picture {number + 1}" if frames > 1 else "picture"
                codes = dict.fromkeys(code for each in on_grounds(image) for code in _codes(each))
                yield from walk.part(f"{name}, codes", "\n".join(codes))
                if is_legible(image.size):
                    yield from walk.picture(name, data if frames == 1 else _png(image))
            if is_paper and frames > walk.bounds.pictures:
                yield from walk.gap(Problem.TOO_MANY, "pictures")
            elif not is_paper and frames > _FRAMES:
                yield from walk.gap(Problem.IMAGES_NOT_READ, "frames in between")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as reason:
        raise BombError from reason
    except UnidentifiedImageError as reason:
        raise ValueError("not a picture") from reason


def is_legible(size: tuple[int, int]) -> bool:
    """Whether a picture of so many pixels can hold words."""
    return max(size) >= _LEAST_LONG and min(size) >= _LEAST_SHORT


def on_grounds(image: Image.Image) -> Iterator[Image.Image]:
    """The picture as it looks on a page; one with transparent places on a white page and on a black one."""
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
        is_see_through = any(layered.getchannel("A").histogram()[:255])
        for ground in (_WHITE, _BLACK) if is_see_through else (_WHITE,):
            page = Image.new("RGBA", layered.size, ground)
            yield Image.alpha_composite(page, layered).convert("RGB")
    else:
        yield image.convert("RGB")


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
    is_layered = "A" in image.getbands() or "transparency" in image.info
    image.convert("RGBA" if is_layered else "RGB").save(file, "PNG", compress_level=1)
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
