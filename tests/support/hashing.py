"""Passwords at next to no cost: the suite signs in thousands of times, and a real hash takes a quarter of a second."""

from argon2 import PasswordHasher

from guiju.modules.identity import _passwords

REAL = _passwords.ARGON2


def make_cheap() -> None:
    """Hash passwords cheaply in this process from now on."""
    _passwords.ARGON2 = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def make_real() -> None:
    """Hash passwords as the product does."""
    _passwords.ARGON2 = REAL
