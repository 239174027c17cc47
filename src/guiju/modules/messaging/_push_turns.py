"""Which pushes are under way at once, so that addresses that are slow to answer hold up no others.

People name the addresses. One person has one push under way at a time, one service no more than half of the threads, and
all addresses that were slow the last time share few: whoever is slow for the first time costs others one wait.
"""

from collections import Counter
from typing import Final

from guiju.kernel.ids import PersonId
from guiju.modules.messaging.device_types import Subscription

THREADS: Final = 8
_ONE_SERVICE: Final = 4
_SLOW: Final = 2
_SLOW_MS: Final = 2000


class Turns:
    """Pushes under way. Not for several threads at once."""

    def __init__(self) -> None:
        self._people: set[PersonId] = set()
        self._services: Counter[str] = Counter()
        self._slow: set[str] = set()
        self._slow_now: set[str] = set()
        """Of those under way the ones that were slow before."""

    def __bool__(self) -> bool:
        return bool(self._people)

    @property
    def is_full(self) -> bool:
        """Whether no push may begin, whosever it is."""
        return len(self._people) >= THREADS

    def take(self, to: Subscription) -> bool:
        """Whether a push may begin; then it is under way until `give_back`."""
        service = _service(to)
        is_slow = to.id in self._slow
        if (
            to.person in self._people
            or len(self._people) >= THREADS
            or self._services[service] >= _ONE_SERVICE
            or (is_slow and len(self._slow_now) >= _SLOW)
        ):
            return False
        self._people.add(to.person)
        self._services[service] += 1
        if is_slow:
            self._slow_now.add(to.id)
        return True

    def give_back(self, to: Subscription) -> None:
        service = _service(to)
        self._people.discard(to.person)
        self._slow_now.discard(to.id)
        self._services[service] -= 1
        if not self._services[service]:
            del self._services[service]

    def took(self, to: Subscription, milliseconds: int, *, answered: bool) -> None:
        """How long an address has taken to answer, or not to. One that is given up at once is as slow as it was."""
        if milliseconds >= _SLOW_MS:
            self._slow.add(to.id)
        elif answered:
            self._slow.discard(to.id)

    def forget(self, subscription: str) -> None:
        self._slow.discard(subscription)


def _service(to: Subscription) -> str:
    return to.endpoint.partition("://")[2].partition("/")[0]
