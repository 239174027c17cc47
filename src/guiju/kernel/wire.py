"""What leaves on a socket, framed (RFC 6455)."""

from collections.abc import Sequence


def text_frame(payload: bytes) -> bytes:
    """`payload` as one unmasked, final text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def facts_frame(items: Sequence[bytes], after: int, position: int) -> bytes:
    """What happened up to `position`, for one who has everything up to `after`; items are encoded already."""
    tail = b'],"after":%d,"position":%d}' % (after, position)
    return text_frame(b'{"type":"facts","items":[' + b",".join(items) + tail)
