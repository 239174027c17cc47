"""Blocking: a person takes no direct messages from another one, and only these two learn of it.

No fact records it, like a mute and unlike a barrier: it is no act of the organisation, and an entry would tell
everybody who may verify the ledger who feels pestered. The table is read under the lane's lock where a barrier is, so
it decides in the order of the ledger. A refused message leaves nothing, so a replay has nothing to miss.

Some cannot be blocked, for their messages are work that must arrive: by default the heads above a person and who stands
in for these, HR and the security administrator. That is asked each time, of the chart and the roles of now.
"""

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import Safe
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import deputising
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import Role
from guiju.modules.groups import _block_store
from guiju.modules.groups.direct_types import (
    Block,
    BlockNotAllowedError,
    BlockRules,
    DirectWithSelfError,
    NotBlockableError,
    TooManyBlockedError,
)
from guiju.modules.policy import service as policy

CONTROL, BLOCK = "groups.blocking", "groups.block"
MOST_BLOCKED = 500
HEAD = "head"


def check_blocks(params: BlockRules) -> None:
    """Raises ValueError for roles that there are not."""
    strange = sorted(set(params.never) - {HEAD, *Role})
    if strange:
        raise ValueError(f"`never` holds `{HEAD}` and roles, not {strange}")


def block(tx: WriteTx, actor: Actor, person: PersonId) -> None:
    """Take no direct messages from a person any more; again is harmless.

    Raises NotAllowedError, PersonNotFoundError, DirectWithSelfError, BlockNotAllowedError, NotBlockableError or
    TooManyBlockedError.
    """
    policy.require(tx, actor, BLOCK)
    directory.get_person(tx, person)
    if person == actor.person:
        raise DirectWithSelfError("Choose somebody else.")
    allowed, _ = _rules(tx)
    if not allowed:
        raise BlockNotAllowedError("The rules allow nobody to block.", clause=clause_of(tx))
    if _is_spared(tx, actor.person_id, person):
        raise NotBlockableError("The work needs this person's messages.", clause=clause_of(tx))
    if blocks(tx, actor, person):
        return
    if _block_store.count(tx, actor.person_id) >= MOST_BLOCKED:
        raise TooManyBlockedError("The list is full.", most=MOST_BLOCKED)
    _block_store.save(tx, actor.person_id, person)


def unblock(tx: WriteTx, actor: Actor, person: PersonId) -> None:
    """Take direct messages from a person again; one who is not blocked is no matter.

    Raises NotAllowedError or PersonNotFoundError.
    """
    policy.require(tx, actor, BLOCK)
    directory.get_person(tx, person)
    _block_store.drop(tx, actor.person_id, person)


def list_blocks(tx: ReadTx, actor: Actor) -> list[Block]:
    """Whom the actor blocks, the latest first. Raises NotAllowedError."""
    policy.require(tx, actor, BLOCK)
    return _block_store.blocks_of(tx, actor.person_id)


def blocks(tx: ReadTx, actor: Actor, person: PersonId) -> bool:
    """Whether the actor has blocked a person."""
    return actor.person_id in _block_store.blockers(tx, actor.person_id, person)


def blocker_of(tx: ReadTx, writer: PersonId, reader: PersonId) -> PersonId | None:
    """Who of the two keeps `writer` from writing, the reader first; None where no block stands."""
    found = _block_store.blockers(tx, writer, reader)
    if not found or not _rules(tx)[0]:
        return None
    if reader in found and not _is_spared(tx, reader, writer):
        return reader
    return writer if writer in found and not _is_spared(tx, writer, reader) else None


def clause_of(tx: ReadTx) -> dict[str, Safe] | None:
    """The clause that speaks of blocking, if one does."""
    use = policy.first_use(tx, CONTROL)
    return dict(use.mark()) if use is not None else None


def _rules(tx: ReadTx) -> tuple[bool, frozenset[str]]:
    """Whether people may block, and who cannot be blocked; without a clause the defaults hold."""
    found = [use.params for use in policy.uses(tx, CONTROL)] or [BlockRules()]
    return all(each.allowed for each in found), frozenset().union(*(each.never for each in found))


def _is_spared(tx: ReadTx, blocker: PersonId, other: PersonId) -> bool:
    """Whether `other` cannot be blocked by `blocker` now."""
    _, never = _rules(tx)
    if policy.roles_of(tx, Actor(other)) & never - {HEAD}:
        return True
    unit = directory.get_person(tx, blocker).unit
    if HEAD not in never or unit is None:
        return False
    heads = set(directory.heads_over(tx, unit, blocker))
    return other in heads or not heads.isdisjoint(deputising.stands_in_for(tx, other))
