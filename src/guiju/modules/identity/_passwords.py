"""Passwords and tokens: hashing off the write lane, in few threads, behind limits that are checked first.

Argon2id (RFC 9106) with 64 MiB, 3 passes and 1 lane. A hash costs about a quarter of a second and 64 MiB, so at most
two run at once, and no more wait than can be served in seconds.
"""

import asyncio
import base64
import functools
import hashlib
import math
import secrets
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from guiju.kernel.clock import SystemClock
from guiju.modules.identity._rules import login_key
from guiju.modules.identity.types import TooManyAttemptsError

ARGON2 = PasswordHasher(
    time_cost=3, memory_cost=64 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
THREADS, WAITING = 2, 64

ATTEMPTS_PER_LOGIN = RateLimitItemPerMinute(10)
# An office behind one address signs in within minutes of each other, so only what goes wrong is counted tightly.
ATTEMPTS_PER_ADDRESS = RateLimitItemPerMinute(600)
FAILURES_PER_ADDRESS = RateLimitItemPerMinute(30)

# Letters and digits without those that are mistaken for each other when read aloud or written down.
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _bytes(password: str) -> bytes:
    # Input methods produce full-width digits and composed or decomposed accents for the same keys.
    return unicodedata.normalize("NFKC", password).encode()


def hash_password(password: str) -> str:
    """The Argon2id hash of a password. Takes a quarter of a second: MUST NOT be called inside the write lane."""
    return ARGON2.hash(_bytes(password))


@functools.cache
def dummy_hash() -> str:
    """What a password for an unknown account is compared with, so that both take the same time."""
    return hash_password(secrets.token_urlsafe(32))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password matches; as slow without a stored hash as with one. MUST NOT be called inside the write lane."""
    try:
        ARGON2.verify(stored if stored is not None else dummy_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_token() -> tuple[str, str]:
    """(a session token of 32 random bytes in base64url, what is stored of it)."""
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """What is stored of a token. SHA-256 suffices: 32 random bytes cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_code() -> str:
    """An activation code: three times four characters, 59 bits."""
    drawn = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(12))
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def code_hash(account: str, code: str) -> str:
    """What is stored of a code; dashes, spaces and case do not matter when it is typed."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(f"{account}\0{plain}".encode("utf-8", "replace")).hexdigest()


def login_hash(key: str) -> str:
    """The name under which attempts at a login are counted; `key` is its `login_key`."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def is_same(stored: str | None, given: str) -> bool:
    """Whether two hashes are equal, in constant time; False without a stored one."""
    return secrets.compare_digest(stored if stored is not None else "", given)


class Passwords:
    """One process's hashing threads and its limits. `close` it at the end."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._waiting = 0
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._threads.submit(dummy_hash)  # else the first unknown account would take twice as long

    def check_limits(self, login: str, address: str) -> None:
        """Count an attempt. Raises TooManyAttemptsError, before anything costly is done."""
        if not self._limiter.test(FAILURES_PER_ADDRESS, "failure", address):
            raise self._refusal(FAILURES_PER_ADDRESS, "failure", address)
        if not self._limiter.hit(ATTEMPTS_PER_ADDRESS, "address", address):
            raise self._refusal(ATTEMPTS_PER_ADDRESS, "address", address)
        hashed = login_hash(login_key(login))
        if not self._limiter.hit(ATTEMPTS_PER_LOGIN, "login", hashed):
            raise self._refusal(ATTEMPTS_PER_LOGIN, "login", hashed)

    def count_failure(self, address: str) -> None:
        """An attempt from this address went wrong."""
        self._limiter.hit(FAILURES_PER_ADDRESS, "failure", address)

    def _refusal(self, limit: RateLimitItem, *key: str) -> TooManyAttemptsError:
        # The limits run on the machine's clock: they guard the machine, and no fact depends on them.
        rest = self._limiter.get_window_stats(limit, *key).reset_time - SystemClock().now() / 1000
        return TooManyAttemptsError(
            "Too many attempts; wait a moment.", retry_after=max(1, math.ceil(rest))
        )

    async def hash(self, password: str) -> str:
        """`hash_password` in one of the threads. Raises TooManyAttemptsError when too many wait already."""
        with self._place():
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, hash_password, password
            )

    async def verify(self, stored: str | None, password: str) -> bool:
        """`verify_password` in one of the threads. Raises TooManyAttemptsError when too many wait already."""
        with self._place():
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, verify_password, stored, password
            )

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._waiting >= WAITING:
            raise TooManyAttemptsError("Too many people are signing in right now.", retry_after=10)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
