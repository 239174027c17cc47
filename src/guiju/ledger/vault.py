"""Files: each has a key of its own, and is sealed in chunks, so that any part of it can be opened by itself.

The number of a chunk and whether it is the last stand in its associated data: what was cut off, put in another order or
taken from another file does not open. The ledger vouches for the hash of the whole.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guiju.kernel.blobs import BlobMissingError, Blobs
from guiju.ledger.errors import LedgerError
from guiju.ledger.keystore import FILE_KEYS, KeyStore
from guiju.ledger.seal import NONCE

CHUNK: Final = 64 * 1024
PART: Final = 4 * CHUNK
"""What one request brings: whole chunks, so that it can be sealed without its neighbours."""
_SEALED = NONCE + CHUNK + 16
_STORED, _ARRIVING = "files", "arriving"


class FileLostError(LedgerError):
    """A file whose bytes or whose key are gone."""


class FileAlteredError(LedgerError):
    """Bytes that are not those which were sealed."""


def sealed_size(size: int) -> int:
    """How many bytes a file of `size` has when it is sealed."""
    return size + -(-size // CHUNK) * (NONCE + 16)


def _associated(label: str, size: int, chunk: int) -> bytes:
    last = chunk == max(0, -(-size // CHUNK) - 1)
    return b"guiju/file/1\0%s\0%d\0%d" % (label.encode(), chunk, last)


def seal_part(cipher: AESGCM, label: str, size: int, first: int, plain: bytes) -> bytes:
    """Seal `plain`, which begins at chunk `first` of the file `label` of `size` bytes."""
    sealed = []
    for at in range(0, max(len(plain), 1), CHUNK):
        nonce = os.urandom(NONCE)
        bound = _associated(label, size, first + at // CHUNK)
        sealed += [nonce, cipher.encrypt(nonce, plain[at : at + CHUNK], bound)]
    return b"".join(sealed)


def open_part(cipher: AESGCM, label: str, size: int, first: int, sealed: bytes) -> bytes:
    """The opposite of `seal_part`. Raises FileAlteredError."""
    opened = []
    for at in range(0, len(sealed), _SEALED):
        chunk = sealed[at : at + _SEALED]
        bound = _associated(label, size, first + at // _SEALED)
        try:
            opened.append(cipher.decrypt(chunk[:NONCE], chunk[NONCE:], bound))
        except (InvalidTag, ValueError) as error:
            raise FileAlteredError(
                f"{label} was altered in its chunk {first + at // _SEALED}"
            ) from error
    return b"".join(opened)


def _place(file: str, digest: str) -> str:
    return f"{_STORED}/{file}/{digest}"


class Vault:
    """The sealed files of an organisation. Safe from any thread; every call may wait for the store."""

    def __init__(self, blobs: Blobs, keys: KeyStore) -> None:
        self._blobs = blobs
        self._keys = keys

    # ---- arriving ----------------------------------------------------------------------------------------------

    def begin(self, file: str, now: int) -> None:
        """Make the key of a new file."""
        self._keys.make(FILE_KEYS + file, now)

    def receive(self, file: str, size: int, index: int, plain: bytes) -> None:
        """Keep one part of a file, sealed. The same part may come again. Raises FileLostError."""
        sealed = seal_part(self._cipher(file), file, size, index * (PART // CHUNK), plain)
        self._blobs.put(f"{_ARRIVING}/{file}/{index}", sealed)

    def received(self, file: str, size: int) -> set[int]:
        """The numbers of the parts that have come whole."""
        parts = -(-size // PART)
        found = self._blobs.sizes(f"{_ARRIVING}/{file}")
        return {
            index
            for index in range(parts)
            if found.get(str(index)) == sealed_size(min(PART, size - index * PART))
        }

    def store(self, file: str, size: int) -> str:
        """Join the sealed parts for good; the hash of the whole in hex, under which it stands from now on.

        A part may be replaced until the file is joined, but what stands under a hash never is. Raises FileLostError
        when a part is missing or was replaced meanwhile.
        """
        first = hashlib.sha256()
        for sealed in self._parts(file, size):
            first.update(sealed)
        digest, second = first.hexdigest(), hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for sealed in self._parts(file, size):
                second.update(sealed)
                yield sealed
            if second.hexdigest() != digest:
                raise FileLostError(f"a part of {file} was replaced while it was joined")

        self._blobs.write(_place(file, digest), hashed())
        return digest

    def _parts(self, file: str, size: int) -> Iterator[bytes]:
        for index in range(-(-size // PART)):
            expected = sealed_size(min(PART, size - index * PART))
            try:
                yield self._blobs.read(f"{_ARRIVING}/{file}/{index}", 0, expected)
            except BlobMissingError as error:
                raise FileLostError(f"part {index} of {file} is missing") from error

    def forget_parts(self, file: str, size: int) -> None:
        for index in range(-(-size // PART)):
            self._blobs.delete(f"{_ARRIVING}/{file}/{index}")

    # ---- stored ------------------------------------------------------------------------------------------------

    def keep(self, file: str, digest: str, name: str, plain: bytes) -> None:
        """Keep something made from a stored file under its key, such as a picture's thumbnail."""
        self._blobs.put(
            f"{_place(file, digest)}.{name}", self.seal_note(file, f"{digest}.{name}", plain)
        )

    def kept(self, file: str, digest: str, name: str) -> bytes:
        """What was kept with a file. Raises FileLostError or FileAlteredError."""
        try:
            sealed = b"".join(self._blobs.slices(f"{_place(file, digest)}.{name}"))
        except BlobMissingError as error:
            raise FileLostError(f"the {name} of {file} is gone") from error
        return self.open_note(file, f"{digest}.{name}", sealed)

    def read(
        self, file: str, digest: str, size: int, start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """The bytes from `start` to `end` of a stored file, in pieces. Raises FileLostError or FileAlteredError."""
        cipher, at = self._cipher(file), start
        end = size if end is None else end
        while at < end:
            first = at // PART * (PART // CHUNK)
            piece = min(PART, size - first * CHUNK)
            try:
                sealed = self._blobs.read(_place(file, digest), first * _SEALED, sealed_size(piece))
            except BlobMissingError as error:
                raise FileLostError(f"{file} is gone") from error
            if len(sealed) != sealed_size(piece):
                raise FileAlteredError(f"{file} is shorter than it was")
            plain = open_part(cipher, file, size, first, sealed)
            begin = at - first * CHUNK
            yield plain[begin : begin + end - at]
            at += len(plain) - begin

    def destroy(self, file: str, size: int) -> None:
        """Remove a file with its key: it is gone for good, also from copies of the store."""
        self._keys.destroy(FILE_KEYS + file)
        self.forget_parts(file, size)
        for name in self._blobs.sizes(f"{_STORED}/{file}"):
            self._blobs.delete(f"{_STORED}/{file}/{name}")

    # ---- what stands in rows -----------------------------------------------------------------------------------

    def seal_note(self, file: str, name: str, plain: bytes) -> bytes:
        """Seal something about a file that a row keeps. Raises FileLostError."""
        return seal_part(self._cipher(file), f"{file}/{name}", len(plain), 0, plain)

    def open_note(self, file: str, name: str, sealed: bytes) -> bytes:
        """The opposite of `seal_note`. Raises FileLostError or FileAlteredError."""
        size = len(sealed) - -(-len(sealed) // _SEALED) * (NONCE + 16)
        return open_part(self._cipher(file), f"{file}/{name}", size, 0, sealed)

    # ---- verifying ---------------------------------------------------------------------------------------------

    def fault(self, file: str, size: int, digest: str) -> str | None:
        """What is wrong with a stored file; None when it is as the ledger says, or was destroyed with its key."""
        found, length = hashlib.sha256(), 0
        try:
            for piece in self._blobs.slices(_place(file, digest)):
                found.update(piece)
                length += len(piece)
        except BlobMissingError:
            destroyed = self._keys.cipher(FILE_KEYS + file) is None
            return None if destroyed else "it is missing"
        if length != sealed_size(size):
            return f"it has {length} bytes, not {sealed_size(size)}"
        return None if found.hexdigest() == digest else "it was altered"

    def _cipher(self, file: str) -> AESGCM:
        cipher = self._keys.cipher(FILE_KEYS + file)
        if cipher is None:
            raise FileLostError(f"the key of {file} is gone")
        return cipher
