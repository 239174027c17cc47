"""A small office for tests of groups and messages: who approves, who runs the group, who stands outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Member
from guiju.modules.policy.types import AttemptRefused, MemberState
from guiju.setup import SYSTEM
from tests.support.world import World

E = TypeVar("E", bound=GuijuError)
PEOPLE = 7


@dataclass(frozen=True)
class Office:
    """`head` heads the only unit, `registrar` files, `reviewer` reviews; the other four are ordinary people."""

    world: World
    head: Actor
    registrar: Actor
    reviewer: Actor
    owner: Actor
    administrator: Actor
    member: Actor
    outsider: Actor

    def group(self, **changes: Any) -> GroupId:
        """A registered group of owner, administrator and member."""
        return self.world.group(self.owner, [self.administrator], [self.member], **changes)

    def place(self, group: GroupId, actor: Actor) -> Member:
        """The actor's place in a group, which must exist."""
        found = self.world.read(lambda tx: groups.find_member(tx, group, actor.person_id))
        assert found is not None
        return found

    def state(self, group: GroupId, actor: Actor) -> MemberState:
        return self.place(group, actor).state

    def refused(self, error: type[E], verb: Callable[[WriteTx], Any]) -> E:
        """The verb must raise `error` and leave nothing in the ledger."""
        before = self.world.read(lambda tx: tx.position)
        raised = self._raised(error, verb)
        assert self.world.read(lambda tx: tx.position) == before, "a refusal leaves no trace"
        return raised

    def attempted(self, error: type[E], use: str, verb: Callable[[WriteTx], Any]) -> E:
        """The verb must raise `error`, name the clause of `use`, and leave exactly the record of the attempt."""
        before = self.world.read(lambda tx: tx.position)
        raised = self._raised(error, verb)
        left = [entry for entry in self.world.entries() if entry.position > before]
        assert [type(entry.fact) for entry in left] == [AttemptRefused]
        assert left[0].fact.code == error.code and left[0].uses == (use,)
        clause = raised.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == use.partition("/")[0]
        return raised

    def _raised(self, error: type[E], verb: Callable[[WriteTx], Any]) -> E:
        with pytest.raises(error) as caught:
            self.world.write(verb)
        assert type(caught.value) is error
        return caught.value


def open_office(world: World) -> Office:
    """The people of an office, each of them certified."""
    head = world.person("刘主任")
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, head.person_id))
    return Office(
        world,
        head,
        world.person("王登记", "registrar"),
        world.person("孙审核", "reviewer"),
        world.person("张群主"),
        world.person("李管理"),
        world.person("赵成员"),
        world.person("钱外人"),
    )
