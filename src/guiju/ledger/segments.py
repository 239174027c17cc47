"""Pieces of a search index, kept as sealed bytes: each under the key of its group and month, so that they end with the messages.

They are made from the ledger and can be made again. A piece that was lost, altered or whose key is gone counts as absent.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from guiju.kernel.blobs import BlobMissingError, Blobs
from guiju.kernel.facts import Content
from guiju.kernel.ids import GroupId
from guiju.ledger.keystore import KeyStore
from guiju.ledger.seal import NONCE, key_id

_FOLDER = "search"


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """Where the piece begins: a position of the ledger, and its time in milliseconds."""

    start: int
    at: int


class Segments:
    """The sealed pieces of all groups. Safe from any thread; every call may wait for the store."""

    def __init__(self, blobs: Blobs, keys: KeyStore) -> None:
        self._blobs = blobs
        self._keys = keys

    def names(self, group: GroupId) -> list[Segment]:
        """What is kept of a group, in the order of the ledger. Raises BlobsUnavailableError."""
        found = self._blobs.sizes(f"{_FOLDER}/{group}")
        return sorted(Segment(*map(int, name.split("-"))) for name in found)

    def has_key(self, group: GroupId, at: int) -> bool:
        """Whether what a group said in the month of `at` (ms) can be sealed and opened."""
        return self._keys.cipher(key_id(Content.CONTENT, group, None, at)) is not None

    def read(self, group: GroupId, segment: Segment) -> bytes | None:
        """The plain bytes of a piece; None when it cannot be had. Raises BlobsUnavailableError."""
        cipher = self._keys.cipher(key_id(Content.CONTENT, group, None, segment.at))
        if cipher is None:
            return None
        place = _place(group, segment)
        try:
            sealed = b"".join(self._blobs.slices(place))
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _associated(place))
        except (BlobMissingError, InvalidTag, ValueError):
            return None

    def write(self, group: GroupId, segment: Segment, plain: bytes) -> None:
        """Keep a piece in place of what was kept; nothing where its key is gone. Raises BlobsUnavailableError."""
        cipher = self._keys.cipher(key_id(Content.CONTENT, group, None, segment.at))
        if cipher is None:
            return
        nonce, place = os.urandom(NONCE), _place(group, segment)
        self._blobs.put(place, nonce + cipher.encrypt(nonce, plain, _associated(place)))

    def drop(self, group: GroupId, segment: Segment) -> None:
        """Remove a piece. Raises BlobsUnavailableError."""
        self._blobs.delete(_place(group, segment))


def _place(group: GroupId, segment: Segment) -> str:
    return f"{_FOLDER}/{group}/{segment.start}-{segment.at}"


def _associated(place: str) -> bytes:
    return b"guiju/search/1\0" + place.encode()
