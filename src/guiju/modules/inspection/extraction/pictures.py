"""Reading pictures by RapidOCR (extra `images`): runs in a sandbox of its own."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from rapidocr import RapidOCR

# Characters in larger pictures are large enough after shrinking.
_LONGEST = 4000
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
    """The lines of the picture from top to bottom, in UTF-8."""
    with Image.open(io.BytesIO(request)) as image:
        image.thumbnail((_LONGEST, _LONGEST))
        pixels = np.asarray(_flat(image))[:, :, ::-1]
    found = _engine[0](pixels)
    for line in found.txts or ():
        yield line.encode()


def _flat(image: Image.Image) -> Image.Image:
    """On white, for what is transparent would be black on black."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    return image.convert("RGB")
