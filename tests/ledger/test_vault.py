"""Sealed files: any part opens by itself, and nothing opens that was cut, moved or taken from elsewhere."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guiju.kernel.blobs import BlobMissingError, BlobsUnavailableError, open_blobs
from guiju.ledger.vault import (
    CHUNK,
    PART,
    FileAlteredError,
    FileLostError,
    Vault,
    open_part,
    seal_part,
    sealed_size,
)
from tests.support.world import World

STEP = CHUNK + 28


class TestSealing:
    @pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
    def test_what_was_sealed_opens(self, size: int) -> None:
        cipher, plain = AESGCM(os.urandom(32)), os.urandom(size)
        sealed = seal_part(cipher, "a", size, 0, plain)
        assert len(sealed) == sealed_size(size)
        assert open_part(cipher, "a", size, 0, sealed) == plain

    def test_nothing_else_does(self) -> None:
        cipher, size = AESGCM(os.urandom(32)), 3 * CHUNK
        sealed = seal_part(cipher, "a", size, 0, os.urandom(size))
        first, second = sealed[:STEP], sealed[STEP : 2 * STEP]
        for label, length, at, altered in (
            ("b", size, 0, sealed),  # of another file
            ("a", size, 0, second + first),  # in another order
            ("a", 2 * CHUNK, 0, sealed[: 2 * STEP]),  # cut off, as if it ended there
            ("a", size, 1, first),  # in another place
            ("a", size, 0, sealed[:-1]),
            ("a", size, 0, sealed[:10]),
            ("a", size, 0, bytes([sealed[0] ^ 1]) + sealed[1:]),
        ):
            with pytest.raises(FileAlteredError):
                open_part(cipher, label, length, at, altered)


@pytest.fixture
def vault(world: World) -> Vault:
    return world.runtime.vault


class TestVault:
    def test_a_part_that_was_replaced_while_it_is_joined(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        size = PART + 1
        vault.begin("fil_a", 0)
        vault.receive("fil_a", size, 0, bytes(PART))
        vault.receive("fil_a", size, 1, b"x")
        assert vault.received("fil_a", size) == {0, 1}
        write = vault._blobs.write

        def slowly(key: str, slices: object) -> None:
            vault.receive("fil_a", size, 1, b"y")
            write(key, slices)  # type: ignore[arg-type]  # what it was given

        monkeypatch.setattr(vault._blobs, "write", slowly)
        with pytest.raises(FileLostError):
            vault.store("fil_a", size)
        monkeypatch.undo()
        digest = vault.store("fil_a", size)
        assert b"".join(vault.read("fil_a", digest, size)) == bytes(PART) + b"y"
        assert vault.fault("fil_a", size, digest) is None

    def test_without_its_key_it_is_gone_for_good(self, vault: Vault) -> None:
        vault.begin("fil_b", 0)
        vault.receive("fil_b", 5, 0, b"hello")
        digest = vault.store("fil_b", 5)
        vault.keep("fil_b", digest, "thumbnail", b"small")
        assert vault.kept("fil_b", digest, "thumbnail") == b"small"
        vault.destroy("fil_b", 5)
        for lost in (
            lambda: list(vault.read("fil_b", digest, 5)),
            lambda: vault.kept("fil_b", digest, "thumbnail"),
            lambda: vault.receive("fil_b", 5, 0, b"hello"),
        ):
            with pytest.raises(FileLostError):
                lost()
        assert vault.fault("fil_b", 5, digest) is None, "destroyed with its key, as retention does"
        vault.begin("fil_b", 0)
        assert vault.fault("fil_b", 5, digest) == "it is missing"


class TestFolder:
    def test_bytes_under_keys(self, tmp_path: Path) -> None:
        blobs = open_blobs(str(tmp_path / "files"))
        blobs.put("a/b", b"hello")
        blobs.write("a/c", iter([b"x" * 10, b"y"]))
        assert blobs.sizes("a") == {"b": 5, "c": 11} and blobs.sizes("b") == {}
        assert blobs.read("a/b", 1, 2) == b"el" and blobs.read("a/b", 9, 2) == b""
        assert b"".join(blobs.slices("a/c", 4)) == b"x" * 10 + b"y"
        blobs.delete("a/b")
        blobs.delete("a/b")
        with pytest.raises(BlobMissingError):
            blobs.read("a/b", 0, 1)

    def test_a_write_that_breaks_off_leaves_nothing(self, tmp_path: Path) -> None:
        blobs = open_blobs(str(tmp_path))

        def broken() -> object:
            yield b"x"
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            blobs.write("a/b", broken())  # type: ignore[arg-type]  # slices that end with a bang
        assert blobs.sizes("a") == {}

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        blobs = open_blobs(str(tmp_path / "x"))
        (tmp_path / "x" / "a").write_bytes(b"a file where a folder should be")
        with pytest.raises(BlobsUnavailableError) as caught:
            blobs.put("a/b", b"hello")
        assert caught.value.code == "kernel.files_unavailable"

    @pytest.mark.parametrize("place", ["s3://", "s3://bucket?password=x"])
    def test_what_is_no_bucket(self, place: str) -> None:
        with pytest.raises(ValueError, match="bucket"):
            open_blobs(place)
