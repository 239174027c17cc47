"""Real peers of files: an S3-compatible store, and a malware scanner."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from guiju.kernel.blobs import BlobMissingError, Blobs, BlobsUnavailableError, open_blobs
from guiju.kernel.malware import Scan, Scanner

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_READY_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        assert process.poll() is None, "the peer ended while it started"
        assert time.monotonic() < deadline, "the peer did not start in time"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


# ---- S3 ---------------------------------------------------------------------------------------------------------

_IDENTITIES = """{"identities": [{"name": "guiju", "credentials": [{"accessKey": "guiju", "secretKey": "not-secret"}],
"actions": ["Admin", "Read", "Write", "List"]}]}"""
WEED = Path(__file__).parents[2] / ".venv" / "bin" / "weed"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty bucket of a real SeaweedFS."""
    folder = tmp_path_factory.mktemp("weed")
    (folder / "s3.json").write_text(_IDENTITIES)
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    grpc = {name: free_port() for name in ports}
    options = [f"-{name}.port={port}" for name, port in ports.items()]
    options += [f"-{name}.port.grpc={port}" for name, port in grpc.items()]
    command = [
        str(WEED), "server", "-ip=127.0.0.1", f"-dir={folder}", "-s3", f"-s3.config={folder / 's3.json'}",
        "-master.volumeSizeLimitMB=64", "-volume.max=16", *options,
    ]  # fmt: skip
    with open(folder / "log", "wb") as log:  # noqa: PTH123  # beside the data
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        wait_for(ports["s3"], process)
        master = f"-master=127.0.0.1:{ports['master']}.{grpc['master']}"
        filer = f"-filer=127.0.0.1:{ports['filer']}.{grpc['filer']}"
        subprocess.run(
            [str(WEED), "shell", master, filer],
            input=b"s3.bucket.create -name guiju\n", check=True, timeout=60, capture_output=True, cwd=folder,
        )  # fmt: skip
        yield f"s3://guiju/files?endpoint=http://127.0.0.1:{ports['s3']}"
    finally:
        process.kill()  # asked to end, it first waits for clients that are gone
        process.wait(20)


@pytest.fixture
def stored(bucket: str, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "guiju")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-secret")
    return open_blobs(bucket)


class TestBucket:
    def test_bytes_under_keys(self, stored: Blobs) -> None:
        stored.put("a/b", b"hello")
        stored.put("a/b", b"there")
        assert stored.read("a/b", 1, 2) == b"he" and stored.read("a/b", 9, 2) == b""
        assert stored.sizes("a") == {"b": 5} and stored.sizes("b") == {}
        stored.delete("a/b")
        stored.delete("a/b")
        assert stored.sizes("a") == {}
        with pytest.raises(BlobMissingError):
            stored.read("a/b", 0, 1)

    def test_a_large_file_in_slices(self, stored: Blobs) -> None:
        whole = bytes(range(256)) * 4096 * 20  # 20 MiB
        stored.write("large/x", (whole[at : at + 300_000] for at in range(0, len(whole), 300_000)))
        assert stored.sizes("large") == {"x": len(whole)}
        assert b"".join(stored.slices("large/x", 4_000_000)) == whole

    def test_wrong_credentials(self, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "guiju")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        with pytest.raises(BlobsUnavailableError):
            open_blobs(bucket).put("a/b", b"x")


# ---- clamd ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a clamd that knows one signature."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    if not Path(program).exists():
        pytest.skip("Debian's clamav-daemon is not installed")
    folder = tmp_path_factory.mktemp("clamd")
    folder.chmod(0o755)
    (folder / "tiny.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    port = free_port()
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\nUser root\n"
        "StreamMaxLength 1M\n"
    )
    with open(folder / "log", "wb") as log:  # noqa: PTH123  # beside its settings
        process = subprocess.Popen(
            [program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=log
        )
    try:
        wait_for(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


class TestScanner:
    def test_what_a_real_one_says(self, clamd: str) -> None:
        scanner = Scanner(clamd)
        assert scanner.scan(b"a plan for monday") is Scan.CLEAN
        assert scanner.scan(EICAR) is Scan.INFECTED
        assert scanner.scan(bytes(500_000) + EICAR) is Scan.INFECTED, "across many frames"

    def test_more_than_it_takes_is_not_clean(self, clamd: str) -> None:
        assert Scanner(clamd).scan(bytes(2_000_000)) is Scan.UNKNOWN

    def test_one_that_cannot_be_reached(self) -> None:
        assert Scanner(f"127.0.0.1:{free_port()}").scan(b"x") is Scan.UNKNOWN
