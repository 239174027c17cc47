"""Small copies of pictures, without anything but their pixels: runs in a sandbox of its own."""

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_PIXELS = 50_000_000
SIDES = {"thumbnail": 400, "preview": 1600}


def prepare() -> None:
    """Loads what Pillow loads at first use, and writes once so that nothing is loaded later."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.init()
    _webp(Image.new("RGB", (8, 8)))


def answer(request: bytes) -> Iterator[bytes]:
    """`width height` as text, then the copies in the order of SIDES."""
    with Image.open(io.BytesIO(request), formats=_FORMATS) as image:
        upright = ImageOps.exif_transpose(image)
        has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        plain = upright.convert("RGBA" if has_alpha else "RGB")
    yield f"{plain.width} {plain.height}".encode()
    copies = []
    for side in sorted(SIDES.values(), reverse=True):
        plain.thumbnail((side, side))
        copies.append(_webp(plain))
    yield from reversed(copies)


def _webp(image: Image.Image) -> bytes:
    """The pixels alone: what stood in the file beside them (place, camera, author) is not carried over."""
    file = io.BytesIO()
    Image.frombytes(image.mode, image.size, image.tobytes()).save(
        file, "WEBP", quality=78, method=2
    )
    return file.getvalue()
