"""Everybody's screens: what each person gets while things happen, and what a server would show to one who comes anew."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import Batch, answer_inline
from guiju.kernel.live import Connection, Delivery, Hub, View, items_for
from guiju.modules.approvals import service as approvals
from guiju.modules.followup import absences
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.direct_types import BarredError
from guiju.modules.groups.types import GroupKind
from guiju.modules.messaging import _shape, service
from guiju.modules.policy import service as policy
from guiju.runtime import PRESENCE, ROUTERS
from tests.support.world import World

_RENDERED_FOR_ONE = ("notices.", "groups.barrier_", "followup.absence_")
_RIGHTS_MOVE = frozenset({"groups.barriers_changed", "policy.adopted"})
"""Items on which a client asks again whether it may write to those it has a direct conversation with."""
_COMPANY_MOVES = frozenset(
    {
        "groups.registered",
        "groups.direct_opened",
        "groups.member_changed",
        "groups.rules_published",
        "groups.barriers_changed",
        "policy.adopted",
    }
)
"""Items on which a client asks again who cannot answer, for with whom it is in a group has changed."""
Json = dict[str, Any]
_ALWAYS: Final = frozenset({"employee owner", "employee member"})
_TURNS: Final = 8


class Screen:
    """Where one connection's frames go: the items of its facts, in order."""

    def __init__(self) -> None:
        self.items: list[Json] = []

    def write(self, wire: bytes) -> None:
        size = wire[1]
        start = 2 if size < 126 else 4 if size == 126 else 10
        frame = json.loads(wire[start:])
        assert frame["type"] == "facts"
        self.items.extend(frame["items"])

    def buffered(self) -> int:
        return 0


class Audience:
    """Everybody, each with a screen on one Hub that every commit of the world is published to."""

    def __init__(self, world: World, people: dict[str, Actor], *, every: int = 1) -> None:
        """`every`: after so many acts comes whoever would come after one."""
        self.world, self.people = world, people
        self._every = every
        self.recordings: list[Json] = []
        self.kinds: set[str] = set()
        self.seen: dict[str, set[str]] = {}
        self._hub = Hub(ROUTERS, PRESENCE, world.runtime.new_view)
        self._screens: dict[str, Screen] = {}
        self._barred: dict[tuple[str, GroupId], Json | None] = {}
        self._absent: dict[str, dict[str, int]] = {}
        self._first: dict[str, Json] = {}
        self._now: dict[str, Json] = {}
        self._told: dict[str, int] = {}
        self._position = self._acts = 0
        world.runtime.lane.deliver = self._deliver

    def _deliver(self, batch: Batch) -> None:
        if batch.entries:
            self.world.runtime.forget_names(batch.entries)
            self._hub.publish(batch.entries)
        answer_inline(batch)

    def snapshots(self, whose: Iterable[str]) -> dict[str, Json]:
        """What the client of each fetches when it starts, with every timeline open."""

        def take(tx: ReadTx) -> dict[str, Json]:
            view = self.world.runtime.new_view(tx)
            rendered = Rendered(view)
            return {who: self._snapshot(tx, view, rendered, self.people[who]) for who in whose}

        found: dict[str, Json] = plain(self.world.read(take))
        return found

    def _snapshot(self, tx: ReadTx, view: View, rendered: "Rendered", actor: Actor) -> Json:
        rows = service.list_conversations(tx, actor)
        timelines = {}
        for group in service.present_groups(tx, actor):
            page = service.timeline(tx, actor, group, before=None, limit=200)
            assert not page.more, "the comparison wants whole timelines"
            timelines[group] = rendered.items(page.items)
        conversations = _shape.conversations(view, rows)
        return {
            "position": tx.position,
            "conversations": conversations,
            "timelines": timelines,
            "todo": {"approvals": approvals.count_todo(tx, actor.person_id)},
        }

    def join(self) -> None:
        """Everybody connects now."""
        for name, actor in self.people.items():
            screen = self._screens[name] = Screen()

            def place(
                tx: ReadTx, actor: Actor = actor
            ) -> tuple[int, frozenset[str], list[GroupId]]:
                return (
                    tx.position,
                    policy.roles_of(tx, actor),
                    list(service.present_groups(tx, actor)),
                )

            position, roles, groups = self.world.read(place)
            self._hub.add(
                Connection(actor.person_id, roles, name, position, screen, lambda code: None),
                groups,
            )
        self._first = self.snapshots(self.people)
        self._now, self._told = dict(self._first), dict.fromkeys(self.people, 0)
        self._position = self.world.read(lambda tx: tx.position)

    def resumed(self, since: dict[str, int]) -> dict[str, list[Json]]:
        """What clients with these cursors get when they reconnect now. What a fact brings is asked for once."""
        made: dict[tuple[int, PersonId | None], Sequence[Delivery]] = {}
        after: dict[int, Sequence[Recorded]] = {}

        def once(view: View, entry: Recorded) -> Sequence[Delivery]:
            module = entry.kind.partition(".")[0]
            for_one = entry.kind.startswith(_RENDERED_FOR_ONE)
            key = entry.position, view.person if for_one else None
            if key not in made:
                made[key] = ROUTERS[module](view, entry)
            return made[key]

        def take(tx: ReadTx) -> dict[str, list[Json]]:
            view, found = self.world.runtime.new_view(tx), {}
            for who, actor in self.people.items():
                if since[who] not in after:
                    after[since[who]] = tx.entries(EntryQuery(after=since[who], limit=5000))
                entries = after[since[who]]
                roles, places = policy.roles_of(tx, actor), service.present_groups(tx, actor)
                routers = dict.fromkeys(ROUTERS, once)
                found[who] = items_for(routers, view, entries, actor.person_id, roles, places)
            return found

        return dict(plain(self.world.read(take)))

    def act(self, name: str, perform: Callable[[], Any]) -> Any:
        """Record an act: what each gets, and for those whose turn it is their state before and after.

        A state is dear: who waits for a turn is compared over a few acts at once.
        """
        start = self.world.read(lambda tx: tx.position)
        assert start == self._position, "something happened between two acts"
        told = {who: len(screen.items) for who, screen in self._screens.items()}
        result = perform()
        made = self.world.read(lambda tx: tx.entries(EntryQuery(after=start, limit=1000)))
        assert made, f"{name}: nothing happened"
        self._position = made[-1].position
        self.kinds |= {entry.kind for entry in made}
        resumed = self.resumed(dict.fromkeys(self.people, start))
        for who in self.people:
            live = self._screens[who].items[told[who] :]
            assert live == resumed[who], f"{name}: {who} gets something else on reconnecting"
            self.seen.setdefault(who, set()).update(item["kind"] for item in live)
        self._ask_again(name, told)
        self._follow_absences(name, told)
        self._acts += 1
        self.compare(name, self._due())
        return result

    def _ask_again(self, name: str, told: dict[str, int]) -> None:
        """What each knows of their right to write alone, asked for at first and when an item says so, is what holds."""
        now = self.world.read(self._barriers)
        for (who, group), fresh in now.items():
            items = {item["kind"] for item in self._screens[who].items[told[who] :]}
            known = self._barred.get((who, group), fresh)
            assert known == fresh or items & _RIGHTS_MOVE, f"{name}: {who} is not told to ask again"
        self._barred = now

    def _follow_absences(self, name: str, told: dict[str, int]) -> None:
        """Who cannot answer, as each was told by items, is what holds, unless they are to ask again."""
        now, at = self.world.read(self._absences), self.world.clock.now()
        for who, fresh in now.items():
            known, items = dict(self._absent.get(who, {})), self._screens[who].items[told[who] :]
            for item in items:
                if item["kind"] == "followup.absence":
                    known[item["person"]["id"]] = (item["absence"] or {"until": 0})["until"]
            lasting = {person: until for person, until in known.items() if until > at}
            asks = any(self._moves_company(item) for item in items)
            assert lasting == fresh or asks, f"{name}: {who} knows of other absences"
        self._absent = now

    def _moves_company(self, item: Json) -> bool:
        if item["kind"] in ("messaging.sent", "messaging.released"):
            found = self.world.read(lambda tx: groups.find_group(tx, item["group"]))
            return found is not None and found.kind is GroupKind.DIRECT
        return item["kind"] in _COMPANY_MOVES or item.get("what") == "closed"

    def _absences(self, tx: ReadTx) -> dict[str, dict[str, int]]:
        """By person: until when each cannot answer whom they see."""
        return {
            who: {one.person: one.until for one in absences.list_absences(tx, actor)}
            for who, actor in self.people.items()
            if policy.may(tx, actor, absences.SAY)
        }

    def _barriers(self, tx: ReadTx) -> dict[tuple[str, GroupId], Json | None]:
        """By person and direct conversation: what a barrier has a message answered with, if one stands."""
        found: dict[tuple[str, GroupId], Json | None] = {}
        for who, actor in self.people.items():
            for group in service.present_groups(tx, actor):
                other = direct.other_in(tx, group, actor.person_id)
                if other is not None:
                    refusal = direct.refusal(tx, actor.person_id, other)
                    barred = refusal if isinstance(refusal, BarredError) else None
                    found[who, group] = {"until": barred.data["until"]} if barred else None
        return found

    def _due(self) -> list[str]:
        """Whose turn it is: always that of the owner and the member, who act most, and of a part of all others."""
        turns, left = divmod(self._acts, self._every)
        if left:
            return []
        return [
            who
            for turn, who in enumerate(self.people)
            if who in _ALWAYS or (turn + turns) % _TURNS == 0
        ]

    def compare(self, name: str, whose: Collection[str]) -> None:
        """Record the states that they had at their last turn, the items since then, and their states now."""
        for who, fresh in self.snapshots(whose).items():
            screen = self._screens[who]
            self.record(f"{name}: {who}", self._now[who], screen.items[self._told[who] :], fresh)
            self._now[who], self._told[who] = fresh, len(screen.items)

    def record(self, name: str, snapshot: Json, items: list[Json], fresh: Json) -> None:
        me = self.people[name.rpartition(": ")[2]].person_id
        self.recordings.append(
            {"name": name, "me": me, "snapshot": snapshot, "items": items, "fresh": fresh}
        )

    def whole(self) -> None:
        """The same from the first snapshot to now, followed live and resumed after everything."""
        self.compare("at last", self.people)
        resumed = self.resumed({who: state["position"] for who, state in self._first.items()})
        for who in self.people:
            first, fresh = self._first[who], self._now[who]
            self.record(f"followed: {who}", first, self._screens[who].items, fresh)
            self.record(f"resumed: {who}", first, resumed[who], fresh)


class Rendered:
    """Items of timelines at one position of the ledger: who reads an item has no part in how it shows."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._made: dict[int, tuple[Recorded, Json]] = {}

    def items(self, entries: Sequence[Recorded]) -> list[Json]:
        """A page of a timeline; what another page had too is not made again."""
        new = [entry for entry in entries if entry.position not in self._made]
        for entry, item in zip(new, _shape.items(self._view, new), strict=True):
            self._made[entry.position] = entry, item
        found = [self._made[entry.position] for entry in entries]
        assert [entry for entry, _ in found] == list(entries), "everybody reads the same entry"
        return [item for _, item in found]


def plain(value: Any) -> Any:
    """As JSON carries it."""
    return msgspec.json.decode(msgspec.json.encode(value))
