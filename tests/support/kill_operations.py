"""Everything besides sending that is done while a server is killed: who does it, and where."""

import functools
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.bots import service as bots
from guiju.modules.directory import service as directory
from guiju.modules.policy import service as policy
from guiju.runtime import load_pack, open_runtime
from guiju.settings import read_settings
from guiju.setup import SYSTEM
from tests.support.crowd import FLOOD, NO_FLOOD, register
from tests.support.kill_changes import Editing, Pinning, Reacting, Recalling, Saving
from tests.support.kill_duties import PER_DAY, Answering, Notifying, Paired, Questioning
from tests.support.kill_ending import Burning, Urging
from tests.support.kill_messages import Calling, Forwarding, Uploading
from tests.support.kill_personal import Drafting, Marking, Reading, Scheduling
from tests.support.repeating import Seat, Worker
from tests.support.robots import free_bots
from tests.support.sending import with_editing
from tests.support.server import Place

OWNER, ISSUER, HEAD, FIRST, LAST = 2, 0, 1, 12, 37
_LEADING, _BOTS = 4, 5
_OFTEN = ("per_day: 20}", f"per_day: {PER_DAY}}}")


OPERATIONS: Final[tuple[type[Worker], ...]] = (
    Reacting, Pinning, Editing, Recalling, Forwarding, Uploading, Calling, Scheduling, Drafting, Saving, Reading,
    Notifying, Answering, Marking, Questioning, Urging, Burning,
)  # fmt: skip
FEW: Final = frozenset({"edit", "forward", "scheduled"})
"""A fact about a message, messages that have a key, and a row that no fact tells of."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A group of those who do not send under load, its bots, each with its key, and what is done there.

    As many as may read a message that burns; `unit` is that of all of them.
    """

    operations: Collection[str]
    group: str
    unit: str
    bots: tuple[str, ...]
    keys: tuple[str, ...]


def make_beside(
    place: Place, accounts: Sequence[dict[str, str]], operations: Collection[str]
) -> Beside:
    """The group beside the load, under rules that allow all of it and do not slow it down; nothing serves meanwhile."""
    runtime = open_runtime(read_settings(place.environment))
    try:
        text, dictionaries = load_pack("party-run-plant")
        for old, new in ((FLOOD, NO_FLOOD), _OFTEN):
            assert old in text, "the pack has the limit"
            text = text.replace(old, new)
        changed = free_bots(with_editing(text, minutes=600), f", per_group: {_BOTS}")
        runtime.write(lambda tx: policy.adopt(tx, SYSTEM, text=changed, dictionaries=dictionaries))
        numbers = [each["account"] for each in accounts]
        people = runtime.read(
            lambda tx: directory.people_by_number(tx, staff_nos=numbers, phones=[])
        )
        ids = [person.id for person in people]
        group = register(runtime, ids[:_LEADING] + ids[FIRST : LAST + 1], "澄远停机工作群", "停机")
        made = runtime.write(lambda tx: _make_bots(tx, Actor(ids[OWNER]), group))
        unit = people[0].unit
        assert unit is not None, "the crowd works in one"
        names, keys = zip(*made, strict=True)
        return Beside(operations, group, unit, names, keys)
    finally:
        runtime.close()


def _make_bots(tx: WriteTx, owner: Actor, group: GroupId) -> list[tuple[str, str]]:
    made = [
        bots.ask(tx, owner, group, name=f"告警{number}", purpose="转发设备告警")
        for number in range(_BOTS)
    ]
    return [(bot.id, bots.issue_key(tx, owner, group, bot.id)) for bot in made]


def make_workers(
    place: Place, accounts: Sequence[dict[str, str]], main: str, beside: Beside, seed: int
) -> list[Worker]:
    """One for each of the operations, signed in on the running server."""

    @functools.cache
    def seat(number: int) -> Seat:
        session = place.sign_in(accounts[number]["account"], accounts[number]["password"])
        person = session.expect("GET", "/api/me").said["person"]["id"]
        return Seat(session, person, main, beside.group)

    def make(kind: type[Worker], number: int, own: Sequence[int]) -> Worker:
        who = {Pinning: OWNER, Notifying: ISSUER}.get(kind, own[0])
        more: dict[str, Any] = {}
        if issubclass(kind, Paired):
            more["other"] = seat(own[1])
        if kind is Calling:
            more = {"keys": beside.keys, "bots": beside.bots}
        if kind is Questioning:
            more |= {"head": seat(HEAD), "unit": beside.unit}
        if kind is Urging:
            more["callers"] = [seat(each) for each in own[2:]]
        return kind(seat(who), random.Random(seed * 100 + number), **more)

    free = iter(range(FIRST, LAST + 1))
    taken = {kind: [next(free) for _ in range(kind.accounts)] for kind in OPERATIONS}
    return [
        make(kind, FIRST + at, taken[kind])
        for at, kind in enumerate(OPERATIONS)
        if kind.name in beside.operations
    ]
