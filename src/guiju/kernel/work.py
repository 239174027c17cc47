"""What waits for people, as those are told of it who look at no screen. No business words.

Each module says what its facts ask of people; one place tells all of it, by each person's wishes and the rules of the moment.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.immutable import immutable


@immutable
class Work:
    """Something that waits for `person`, or that they waited for, because of the entry at `entry`.

    The client has the words of each `kind`, and `path` is where it leads. Of one `tag` people see one notification, the
    newest. `who` brought it about, or is the first of the `count` people whom it is about. What is about a `group` says no
    more than that group's rules allow. `wakes`: it reaches people in their quiet time.
    """

    kind: str
    person: PersonId
    entry: int
    tag: str
    path: str
    who: str = ""
    count: int = 1
    text: str = ""
    group: GroupId | None = None
    wakes: bool = False


class WorkSource(Protocol):
    """A module's `_work.py`."""

    @property
    def KINDS(self) -> tuple[str, ...]:  # noqa: N802  # a constant of the module
        """The facts that ask something of people."""

    def work(
        self, tx: ReadTx, entries: Sequence[Recorded], people: Collection[PersonId]
    ) -> Iterable[Work]:
        """What these entries ask of `people` now, in their order: neither what was done meanwhile nor what they may not know.

        A few queries for each thing that waits, however many people it waits for.
        """
