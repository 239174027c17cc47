"""Bytes under keys, apart from the database: a local folder, or a bucket of an S3-compatible store.

What is written here is sealed before it comes (`ledger/vault.py`); this file knows nothing of keys and people.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from guiju.kernel.errors import NotReadyError

if TYPE_CHECKING:
    from obstore.store import S3Config  # a stub of theirs, which is not there at run time

SCHEME = "s3://"
SLICE = 1 << 20
_BUFFER = 8 << 20
"""A bucket wants pieces of at least 5 MiB."""


class BlobsUnavailableError(NotReadyError):
    """The store of files cannot be reached, or has no room; nothing was changed."""

    code = "kernel.files_unavailable"


class BlobMissingError(LookupError):
    """There are no bytes under this key."""


class Blobs:
    """A store of bytes. A write is whole or absent, and it is durable when the call returns. Safe from any thread."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    def put(self, key: str, data: bytes) -> None:
        """Write bytes, in place of what was there. Raises BlobsUnavailableError."""
        with _reaching():
            obstore.put(self._store, key, data)
            self._settle(key)

    def write(self, key: str, slices: Iterator[bytes]) -> None:
        """The same, slice by slice. Raises BlobsUnavailableError; when `slices` raises, nothing was written."""
        with _reaching():
            writer = obstore.open_writer(self._store, key, buffer_size=_BUFFER)
        for piece in slices:
            with _reaching():
                writer.write(piece)
        with _reaching():
            writer.close()  # only now the bytes stand under their key
            self._settle(key)

    def read(self, key: str, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`. Raises BlobMissingError or BlobsUnavailableError."""
        with _reaching():
            size = int(obstore.head(self._store, key)["size"])
            end = min(start + length, size)
            return (
                bytes(obstore.get_range(self._store, key, start=start, end=end))
                if start < end
                else b""
            )

    def slices(self, key: str, length: int = SLICE) -> Iterator[bytes]:
        """All bytes under a key, in order. Raises BlobMissingError or BlobsUnavailableError."""
        start = 0
        while piece := self.read(key, start, length):
            yield piece
            start += len(piece)

    def sizes(self, prefix: str) -> dict[str, int]:
        """The keys right below `prefix`, by their last part, with their sizes."""
        with _reaching():
            found = obstore.list(self._store, prefix=prefix)
            return {
                str(each["path"]).removeprefix(f"{prefix}/"): int(each["size"])
                for batch in found
                for each in batch
            }

    def delete(self, key: str) -> None:
        """Remove what is there, if anything is. Raises BlobsUnavailableError."""
        try:
            with _reaching():
                obstore.delete(self._store, key)
        except BlobMissingError:
            return

    def _settle(self, key: str) -> None:
        """Have a local file and its name on the disk before anybody is told that it is stored."""
        if self._folder is None:
            return
        path = self._folder / key
        for place in (path, path.parent):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


class _reaching:  # noqa: N801  # used like a function
    """Turns what the store raises into our own errors."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise BlobMissingError(str(error)) from error
        if isinstance(error, (BaseError, OSError)):
            raise BlobsUnavailableError(
                "The store of files cannot be used; try again.", retry_after=5
            ) from error


def open_blobs(place: str) -> Blobs:
    """A folder by its path, or `s3://bucket/prefix?endpoint=…&region=…`. ValueError for what is neither.

    The credentials of a bucket are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment.
    """
    if not place.startswith(SCHEME):
        folder = Path(place)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Blobs(LocalStore(folder), folder)
    parts = urlsplit(place)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = set(options) - {"endpoint", "region"}
    if not parts.netloc or unknown:
        raise ValueError("a bucket is s3://bucket/prefix?endpoint=…&region=…")
    endpoint = options.get("endpoint")
    config: S3Config = {"region": options.get("region", "us-east-1")}
    if endpoint:
        config["endpoint"] = endpoint
    store = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options={
            "timeout": timedelta(seconds=30),
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
    )
    return Blobs(store, None)
