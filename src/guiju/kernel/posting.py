"""POST to an address that somebody chose: only to where a server may connect, no further than there, and not for long."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import SplitResult, urlsplit

from typing_extensions import override

SECONDS = 10.0
_ANSWER_BYTES = 16 * 1024
MOST_NAMES = 32
"""So many names may be asked for at once. Who posts from eight threads, and is refused a name that hangs, stays far below."""


class AddressRefusedError(Exception):
    """An address to which the server does not connect; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or the problem that there is none. `took` is in milliseconds."""

    status: int | None
    problem: str | None
    took: int


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, not to the name again, which may mean another one by now."""

    def __init__(self, url: SplitResult, address: str, timeout: float) -> None:
        assert url.hostname is not None, "the address was checked"
        super().__init__(url.hostname, port_of(url), timeout=timeout)
        self._address = address
        self._secure = url.scheme == "https"
        self._until = perf_counter() + timeout

    @override
    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            # What is cut from another thread has to be the socket in use already while hands are shaken.
            context = ssl.create_default_context()
            wrapped = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = wrapped
            self._check_time()
            wrapped.do_handshake()
        self._check_time()

    def _check_time(self) -> None:
        """Raises TimeoutError: who cuts found nothing to cut while the connection was made."""
        if perf_counter() > self._until:
            raise TimeoutError


@dataclass(frozen=True, slots=True)
class _Asked:
    """A name that is being asked for since `began`, by the clock of `perf_counter`."""

    began: float
    found: Future[list[str]] = field(default_factory=Future)


class _Names:
    """What names resolve to. The system's resolver cannot be interrupted: it is asked in threads that nobody waits for.

    So who runs a name server that never answers costs a thread each name, and others nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], _Asked] = {}

    def find(self, host: str, port: int, seconds: float) -> list[str]:
        """The addresses of a host, each once.

        Raises TimeoutError when they are not known so many seconds after somebody asked first, or too many names hang;
        OSError or UnicodeError when the name leads nowhere.
        """
        with self._lock:
            asked = self._asked.get((host, port))
            if asked is None:
                if len(self._asked) >= MOST_NAMES:
                    raise TimeoutError
                asked = _Asked(perf_counter())
                threading.Thread(
                    target=self._ask, args=(host, port, asked.found), name="names", daemon=True
                ).start()
                self._asked[host, port] = asked
        return asked.found.result(max(0.0, asked.began + seconds - perf_counter()))

    def _ask(self, host: str, port: int, asked: Future[list[str]]) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            asked.set_result(list(dict.fromkeys(str(each[4][0]) for each in found)))
        except (OSError, UnicodeError) as error:
            asked.set_exception(error)
        finally:
            with self._lock:
                del self._asked[host, port]


def port_of(url: SplitResult) -> int:
    """The port of an address, written or usual. Raises ValueError."""
    return url.port or (443 if url.scheme == "https" else 80)


class Poster:
    """Posts from threads that may wait. `is_public` says whether a host may be reached by what its name resolves to.

    `inside` are the hosts of one's own network that the operator allows all the same, with or without a port. A post takes
    `seconds` at most, the name and the answer together.
    """

    def __init__(
        self,
        is_public: Callable[[str, Iterable[str]], bool],
        inside: frozenset[str] = frozenset(),
        seconds: float = SECONDS,
    ) -> None:
        self._is_public = is_public
        self._inside = inside
        self._seconds = seconds
        self._names = _Names()

    def check(self, address: str) -> SplitResult:
        """The parts of an address that can be posted to, without asking for its name. Raises AddressRefusedError."""
        try:
            url = urlsplit(address)
            port_of(url)
        except ValueError as error:
            raise AddressRefusedError("it is no address") from error
        plain = address.isascii() and address.isprintable() and " " not in address
        if not plain or not url.hostname or url.username is not None or url.fragment:
            raise AddressRefusedError("it is no address")
        if url.scheme != "https" and not (url.scheme == "http" and self._is_inside(url)):
            raise AddressRefusedError("it is not https")
        return url

    def resolve(self, address: str) -> tuple[SplitResult, str]:
        """An address with the host address to connect to. Raises AddressRefusedError."""
        url = self.check(address)
        assert url.hostname is not None, "the address was checked"
        try:
            resolved = self._names.find(url.hostname, port_of(url), self._seconds)
        except TimeoutError as error:
            raise AddressRefusedError("its name is not found in time") from error
        except (OSError, UnicodeError) as error:
            raise AddressRefusedError("its name leads nowhere") from error
        if not self._is_inside(url) and not self._is_public(url.hostname, resolved):
            raise AddressRefusedError("it is inside the network")
        return url, resolved[0]

    def _is_inside(self, url: SplitResult) -> bool:
        return not self._inside.isdisjoint({url.hostname, f"{url.hostname}:{port_of(url)}"})

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post a body and read the status; a redirect is an answer like any other, and is not followed."""
        began = perf_counter()
        until = began + self._seconds

        def answer(status: int | None, problem: str | None) -> Answer:
            return Answer(status, problem, int((perf_counter() - began) * 1000))

        try:
            url, resolved = self.resolve(address)
        except AddressRefusedError as error:
            return answer(None, str(error))
        left = until - perf_counter()
        if left <= 0:
            return answer(None, "it did not answer in time")
        connection = _Pinned(url, resolved, left)
        # A peer that sends a byte now and then would never run into the timeout of a single read.
        cut = threading.Timer(left, _shut, [connection])
        cut.daemon = True
        cut.start()
        try:
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            response.read(_ANSWER_BYTES)
            return answer(response.status, None)
        except TimeoutError:
            return answer(None, "it did not answer in time")
        except ssl.SSLCertVerificationError:
            return answer(None, "its certificate does not hold")
        except (OSError, http.client.HTTPException, ValueError) as error:
            if perf_counter() >= until:  # it was cut
                return answer(None, "it did not answer in time")
            return answer(None, f"it could not be reached ({type(error).__name__})")
        finally:
            cut.cancel()
            connection.close()


def _shut(connection: http.client.HTTPConnection) -> None:
    taken = connection.sock
    if taken is not None:
        try:
            taken.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
