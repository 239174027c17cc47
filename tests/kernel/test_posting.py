"""Posting to an address that somebody chose: a peer that gives a byte now and then holds nobody up."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from guiju.kernel import posting
from guiju.kernel.posting import Poster

SECONDS = 0.5


@contextmanager
def dripping(content: bytes) -> Iterator[int]:
    """The port of a peer that reads nothing and says `content` over and over, a byte at a time."""
    ended = threading.Event()

    def drip(peer: socket.socket) -> None:
        with peer, suppress(OSError):
            while not ended.is_set():
                for byte in content:
                    peer.sendall(bytes([byte]))
                    ended.wait(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def accept() -> None:
            with suppress(OSError):
                drip(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize(
    ("scheme", "content"),
    [("https", b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc" + bytes(16_000)), ("http", b"HTTP/1.1 200 OK\r\nX: y")],
)  # fmt: skip
def test_a_peer_that_drips_is_left(scheme: str, content: bytes) -> None:
    poster = Poster(lambda host, found: True, frozenset({"127.0.0.1"}), SECONDS)
    with dripping(content) as port:
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(poster.post(f"{scheme}://127.0.0.1:{port}/x", {}, b"{}"))
        )
        thread.start()
        thread.join(10)
        assert not thread.is_alive(), "it was held for as long as the peer wished"
    (answer,) = answers
    assert answer.status is None and answer.problem


def test_the_client_has_words_for_every_problem() -> None:
    said = re.findall(
        r'(?:answer\(None, |AddressRefusedError\()f?"([^"{(]+)', Path(posting.__file__).read_text()
    )
    words = Path(__file__).parents[2] / "web/src/console/webhooks/problems.ts"
    known = set(re.findall(r', "([^"]+)"\],', words.read_text(encoding="utf-8")))
    assert {one.strip() for one in said} == known
