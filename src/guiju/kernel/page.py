"""Pages of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from guiju.kernel.errors import InvalidError

T = TypeVar("T")
MAXIMUM = 200


class BadLimitError(InvalidError):
    """`limit` is not between 1 and 200."""

    code = "http.bad_limit"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and whether there is more."""

    items: Sequence[T]
    more: bool
    total: int | None = None


def check_limit(limit: int) -> int:
    """`limit` itself; raises BadLimitError outside 1 to 200."""
    if not 1 <= limit <= MAXIMUM:
        raise BadLimitError(f"The limit is 1 to {MAXIMUM}.", limit=limit)
    return limit
