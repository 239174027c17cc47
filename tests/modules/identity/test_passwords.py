"""Hashing, tokens, codes, and the limits in front of the hash."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from guiju.modules.identity import _passwords
from guiju.modules.identity.types import TooManyAttemptsError
from tests.support import hashing


@pytest.fixture(autouse=True)
def real_cost() -> Iterator[None]:
    """Hashes as the product makes them."""
    hashing.make_real()
    _passwords.dummy_hash.cache_clear()
    yield
    hashing.make_cheap()
    _passwords.dummy_hash.cache_clear()


@pytest.fixture
def passwords() -> Iterator[_passwords.Passwords]:
    made = _passwords.Passwords()
    yield made
    made.close()


class TestHashing:
    def test_the_parameters_stand_in_the_hash(self) -> None:
        assert _passwords.hash_password("Zq7#mLp2xY").startswith("$argon2id$v=19$m=65536,t=3,p=1$")

    def test_only_the_right_password_matches(self) -> None:
        stored = _passwords.hash_password("Ｚq7#mLp2xY")
        assert _passwords.verify_password(
            stored, "Zq7#mLp2xY"
        )  # full-width letters are the same keys
        assert not _passwords.verify_password(stored, "zq7#mLp2xY")
        assert not _passwords.verify_password("not a hash", "Zq7#mLp2xY")
        assert not _passwords.verify_password(None, "Zq7#mLp2xY")

    def test_an_unknown_account_takes_as_long_as_a_known_one(self) -> None:
        """[oracle]: by the time."""
        stored = _passwords.hash_password("Zq7#mLp2xY")
        _passwords.verify_password(None, "warm up")
        taken = {}
        for which in (stored, None):
            start = time.process_time()
            for _ in range(3):
                _passwords.verify_password(which, "another one")
            taken[which] = time.process_time() - start
        assert 0.5 < taken[None] / taken[stored] < 2


class TestTokensAndCodes:
    def test_a_token_has_32_random_bytes_and_is_stored_hashed(self) -> None:
        """[secret-rest]: of sessions."""
        token, hashed = _passwords.new_token()
        assert len(token) == 43
        assert hashed == _passwords.token_hash(token)
        assert token not in hashed
        assert token != _passwords.new_token()[0]

    def test_a_code_may_be_typed_loosely_and_is_good_for_one_account(self) -> None:
        code = _passwords.new_code()
        stored = _passwords.code_hash("acc_1", code)
        assert _passwords.is_same(
            stored, _passwords.code_hash("acc_1", f" {code.lower().replace('-', ' ')}")
        )
        assert not _passwords.is_same(stored, _passwords.code_hash("acc_2", code))
        assert not _passwords.is_same(None, _passwords.code_hash("acc_1", code))

    def test_odd_texts_do_not_crash(self) -> None:
        assert _passwords.token_hash("\ud800")
        assert _passwords.code_hash("acc_1", "\ud800")
        assert _passwords.login_hash("\ud800")


class TestLimits:
    def test_a_login_is_tried_ten_times_a_minute_from_wherever(
        self, passwords: _passwords.Passwords
    ) -> None:
        """[login-rate]: counted before anything is hashed."""
        for n in range(10):
            passwords.check_limits("cy1", f"10.0.0.{n}")
        with pytest.raises(TooManyAttemptsError) as refused:
            passwords.check_limits("ＣＹ1", "10.0.0.99")
        retry_after = refused.value.data["retry_after"]
        assert isinstance(retry_after, int) and 1 <= retry_after <= 60
        passwords.check_limits("cy2", "10.0.0.99")

    def test_an_address_may_fail_thirty_times_a_minute(
        self, passwords: _passwords.Passwords
    ) -> None:
        for n in range(30):
            passwords.check_limits(f"cy{n}", "10.0.0.1")
            passwords.count_failure("10.0.0.1")
        with pytest.raises(TooManyAttemptsError):
            passwords.check_limits("cy99", "10.0.0.1")
        passwords.check_limits("cy99", "10.0.0.2")

    def test_an_office_behind_one_address_gets_in(self, passwords: _passwords.Passwords) -> None:
        for n in range(600):
            passwords.check_limits(f"cy{n}", "10.0.0.1")
        with pytest.raises(TooManyAttemptsError):
            passwords.check_limits("cy600", "10.0.0.1")

    def test_no_more_wait_than_can_be_served(
        self, passwords: _passwords.Passwords, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_passwords, "WAITING", 2)

        async def three() -> list[bool | BaseException]:
            tries = [passwords.verify(None, "Zq7#mLp2xY") for _ in range(3)]
            return await asyncio.gather(*tries, return_exceptions=True)

        first, second, third = asyncio.run(three())
        assert (first, second) == (False, False)
        assert isinstance(third, TooManyAttemptsError)
        assert asyncio.run(passwords.verify(None, "there is room again")) is False
