"""Who may hear of what somebody asks: nobody whom they may not write to, be it for a head that stands above the asked."""

from collections.abc import Iterable

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.modules.directory import service as directory
from guiju.modules.groups import barriers


def permitted(tx: ReadTx, asker: PersonId, people: Iterable[PersonId]) -> list[PersonId]:
    """Those of these people from whom no barrier keeps the asker now."""
    return [each for each in people if barriers.between(tx, asker, each) is None]


def heads_above(tx: ReadTx, person: PersonId) -> list[PersonId]:
    """The heads above a person who can use their account, upward; none where the person is unknown or in no unit."""
    unit = directory.get_person(tx, person).unit if directory.has_person(tx, person) else None
    return directory.heads_over(tx, unit, person) if unit is not None else []


def barred_below(every: list[PersonId], allowed: list[PersonId], at: int) -> tuple[PersonId, ...]:
    """Whom a barrier has passed over on the way to `allowed[at]`, or to the end where there is no such head."""
    below = every[: every.index(allowed[at])] if at < len(allowed) else every
    return tuple(each for each in below if each not in allowed)
