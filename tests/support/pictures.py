"""Screenshots as PNG files of at most 256 colours: a third of the size, without another library."""

import base64
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Page

# Runs in a page: the colours of a picture that matter most, and for every pixel the number of the nearest one.
_QUANTISE = """
async (source) => {
  const image = new Image();
  image.src = "data:image/png;base64," + source;
  await image.decode();
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const parts = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
  const count = new Map();
  for (const one of pixels) count.set(one, (count.get(one) ?? 0) + 1);
  const palette = [];
  const near = (one, least) => {
    const [r, g, b] = parts(one);
    let best = -1, distance = least;
    palette.forEach(([x, y, z], n) => {
      const d = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (d < distance) [best, distance] = [n, d];
    });
    return best;
  };
  const common = [...count].sort((a, b) => b[1] - a[1]).map(([one]) => one);
  for (let apart = 192; palette.length < 256 && apart >= 3; apart /= 4)
    for (const one of common) if (palette.length < 256 && near(one, apart) < 0) palette.push(parts(one));
  const number = new Map(common.map((one) => [one, near(one, Infinity)]));
  const out = Uint8Array.from(pixels, (one) => number.get(one));
  let text = "";
  for (let at = 0; at < out.length; at += 32768) text += String.fromCharCode(...out.subarray(at, at + 32768));
  return { width, height, palette, indices: btoa(text) };
}
"""


def save(page: Page, shot: bytes, path: Path) -> int:
    """Write the screenshot `shot` with a palette; its size in bytes. `page` is a blank page to compute in.

    The format is that of the W3C's PNG specification: colour type 3, no filter.
    """
    found = page.evaluate(_QUANTISE, base64.b64encode(shot).decode())
    width, height = found["width"], found["height"]
    indices = base64.b64decode(found["indices"])
    rows = b"".join(b"\0" + indices[row * width : (row + 1) * width] for row in range(height))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes(part for colour in found["palette"] for part in colour))
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )
    return path.stat().st_size


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
