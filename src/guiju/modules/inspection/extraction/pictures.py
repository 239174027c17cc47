"""Reading pictures by RapidOCR (extra `images`): runs in a sandbox of its own."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageOps
from rapidocr import RapidOCR

from guiju.modules.inspection.extraction._images import on_grounds

# What the engine takes as it is.
_LONGEST = 2000
# It is quicker with pieces, and finds single words in them.
_PIECE, _OVERLAP = 1200, 160
# A line that touches the edges of a low picture is not found.
_LOW, _MARGIN = 64, 24
_LEAST_SCORE = 0.3
_THREADS = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "critical",
    "Global.text_score": _LEAST_SCORE,
}
_engine: list[Any] = []


def prepare() -> None:
    """Loads the models, which are in the package, and reads once so that nothing is loaded later."""
    Image.init()
    engine = RapidOCR(params=_THREADS)
    sample = Image.new("RGB", (320, 64), "white")
    ImageDraw.Draw(sample).text((10, 10), "sample 2026", fill="black", font_size=32)
    engine(np.asarray(sample))
    _engine.append(engine)


def answer(request: bytes) -> Iterator[bytes]:
    """The lines of the picture from top to bottom, in UTF-8.

    The engine shrinks what is large. So it gets a large picture as a whole, for large words, and then in pieces, for small ones.
    """
    with Image.open(io.BytesIO(request)) as image:
        for page in on_grounds(image):
            for piece in _pieces(page):
                found = _engine[0](np.asarray(piece)[:, :, ::-1])
                for line in found.txts or ():
                    yield line.encode()


def _pieces(page: Image.Image) -> Iterator[Image.Image]:
    if min(page.size) < _LOW:
        page = ImageOps.expand(page, _MARGIN, tuple(page.crop((0, 0, 1, 1)).tobytes()))
    if max(page.size) <= _LONGEST:
        yield page
        return
    whole = page.copy()
    whole.thumbnail((_LONGEST, _LONGEST))
    yield whole
    for top, bottom in _spans(page.height):
        for left, right in _spans(page.width):
            yield page.crop((left, top, right, bottom))


def _spans(side: int) -> Iterator[tuple[int, int]]:
    """Stretches of about the same length, of which each overlaps the next: a word at an edge is whole in one of them."""
    count = max(-(-(side - _OVERLAP) // (_PIECE - _OVERLAP)), 1)
    step = (side - _OVERLAP) / count
    for number in range(count):
        yield round(number * step), round((number + 1) * step) + _OVERLAP
