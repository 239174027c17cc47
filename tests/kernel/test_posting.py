"""Posting to an address that somebody chose: a peer that gives a byte now and then holds nobody up."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from guiju.kernel import posting
from guiju.kernel.posting import MOST_NAMES, Poster
from tests.support.waiting import wait_until

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
    """[resp-cap]: of an answer only the status is read, within one time for all."""
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


class TestNames:
    """The resolver hangs for names under `slow.example` until the test lets it go."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
        """The names that the resolver was asked for."""
        asked, self.goes, found = list[str](), threading.Event(), socket.getaddrinfo

        def ask(host: str, *rest: Any, **how: Any) -> Any:
            if "type" in how:  # connecting asks too, for what is an address already
                asked.append(host)
            if host.endswith("slow.example"):
                assert self.goes.wait(30)
                raise socket.gaierror("no such name")
            return found(host, *rest, **how)

        monkeypatch.setattr(socket, "getaddrinfo", ask)
        yield asked
        self.goes.set()
        wait_until(lambda: not any(each.name == "names" for each in threading.enumerate()))

    def post(self, poster: Poster, host: str) -> tuple[str | None, float]:
        """The problem, and the seconds that it took."""
        began = time.monotonic()
        answer = poster.post(f"http://{host}/x", {}, b"{}")
        return answer.problem, time.monotonic() - began

    def poster(self, *hosts: str) -> Poster:
        return Poster(lambda host, found: True, frozenset({"127.0.0.1", *hosts}), SECONDS)

    def test_one_that_hangs_is_left_and_asked_for_once(self, asked: list[str]) -> None:
        poster = self.poster("slow.example")
        problem, took = self.post(poster, "slow.example")
        assert problem == "its name is not found in time" and SECONDS <= took < 10 * SECONDS
        problem, took = self.post(poster, "slow.example")
        assert problem == "its name is not found in time" and took < SECONDS, "it hangs already"
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            other, _ = self.post(poster, f"127.0.0.1:{deaf.getsockname()[1]}")
        assert other == "it did not answer in time", "another name is found meanwhile"
        assert asked == ["slow.example", "127.0.0.1"]
        self.goes.set()
        wait_until(lambda: self.post(poster, "slow.example")[0] == "its name leads nowhere")

    def test_only_so_many_hang(self, asked: list[str]) -> None:
        names = [f"{n}.slow.example" for n in range(MOST_NAMES + 1)]
        poster = Poster(lambda host, found: True, frozenset(names), 0.01)
        problems = [self.post(poster, name)[0] for name in names]
        assert set(problems) == {"its name is not found in time"}
        assert asked == names[:-1], "the last one costs no thread"

    def test_the_name_and_the_answer_share_the_time(
        self, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = socket.getaddrinfo

        def late(*args: Any, **how: Any) -> Any:
            if "type" in how:
                time.sleep(0.8 * SECONDS)
            return found(*args, **how)

        monkeypatch.setattr(socket, "getaddrinfo", late)
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            problem, took = self.post(self.poster(), f"127.0.0.1:{deaf.getsockname()[1]}")
        assert problem == "it did not answer in time"
        assert SECONDS <= took < 1.6 * SECONDS
