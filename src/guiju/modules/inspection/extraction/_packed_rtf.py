"""Rich text as Outlook packs it ([MS-OXRTFCP] 2.2)."""

import io
import struct

from guiju.modules.inspection.extraction._walk import Walk

_HEAD = 16
_PACKED, _STORED = b"LZFu", b"MELA"
_WINDOW = 4096
_KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans "
    rb"SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def unpack_rich_text(data: bytes, walk: Walk) -> bytes:
    """The rich text. Raises ValueError, `struct.error`, IndexError, `BombError` and `StopError`."""
    form = data[8:12]
    if form == _STORED:
        return data[_HEAD : _HEAD + struct.unpack_from("<I", data, 4)[0]]
    if form != _PACKED:
        raise ValueError("packed in an unknown way")
    return walk.take(io.BytesIO(_unpacked(data)).read, len(data))


def _unpacked(data: bytes) -> bytes:
    """A byte says of the eight that follow which are themselves and which refer to the window behind; at most nine for one."""
    out = bytearray(_KNOWN)
    place = _HEAD
    while True:
        control = data[place]
        place += 1
        for bit in range(8):
            if not control >> bit & 1:
                out.append(data[place])
                place += 1
                continue
            reference = data[place] << 8 | data[place + 1]
            place += 2
            offset = reference >> 4
            if offset == len(out) % _WINDOW:
                return bytes(out[len(_KNOWN) :])
            begin = len(out) - (len(out) - offset) % _WINDOW
            for step in range((reference & 0xF) + 2):
                out.append(out[begin + step] if begin + step >= 0 else 0)
