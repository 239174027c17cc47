"""Who is connected, and which of them gets what of a commit. Lives on the event loop; no business words.

What a connection leaves untaken is bounded: one that does not keep up is cut with 4408 and resumes with its cursor, so
nothing is dropped in silence. All that one commit brings for a connection leaves as one frame.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec

from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.immutable import immutable
from guiju.kernel.wire import facts_frame, text_frame

TOO_SLOW: Final = 4408
MOST_BYTES: Final = 1 << 20
RECENT: Final = 4096
_encode = msgspec.json.Encoder().encode


class NotReadyYetError(Exception):
    """What is about to be committed can be rendered only when the tables say it too."""


class View:
    """What rendering needs: names, and a snapshot that is opened only when something asks for it."""

    def __init__(
        self,
        names: dict[PersonId, str],
        load_name: Callable[[ReadTx, PersonId], str],
        load_group_name: Callable[[ReadTx, GroupId], str],
        open_tx: Callable[[], AbstractContextManager[ReadTx]],
        tx: ReadTx | None = None,
    ) -> None:
        self._names = names
        self._load_name = load_name
        self._load_group_name = load_group_name
        self._open_tx = open_tx
        self._opened: AbstractContextManager[ReadTx] | None = None
        self._tx = tx
        self.rendered: Sequence[Recorded] = ()
        """What is told again to one who was away: much may have become of it since. Empty for what has just happened."""
        self.person: PersonId | None = None
        """Who was away: what others would get need not be rendered."""
        self.connected: Collection[PersonId] = ()
        """Who can get what is rendered. Asked where those whom a fact concerns are too many to look for."""
        self.is_ahead = False
        """What is rendered is not committed yet, so that no table tells of it."""

    @property
    def tx(self) -> ReadTx:
        if self.is_ahead:
            raise NotReadyYetError
        if self._tx is None:
            self._opened = self._open_tx()
            self._tx = self._opened.__enter__()
        return self._tx

    def name(self, person: PersonId) -> str:
        """The real name of a person."""
        if person not in self._names:
            self._names[person] = self._load_name(self.tx, person)
        return self._names[person]

    def mark(self, person: str | None) -> dict[str, str] | None:
        """`{"id", "name"}`; None for the system."""
        if person is None or person.startswith("system:"):
            return None
        return {"id": person, "name": self.name(PersonId(person))}

    def group_name(self, group: GroupId) -> str:
        """The full name of a group."""
        return self._load_group_name(self.tx, group)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.__exit__(None, None, None)
            self._opened = self._tx = None


@immutable
class Delivery:
    """An item and its audience: the present members of a group, named people (who still read `within`), or holders of a role."""

    item: dict[str, Any]
    group: GroupId | None = None
    people: frozenset[PersonId] = frozenset()
    roles: frozenset[str] = frozenset()
    everyone: bool = False
    without: frozenset[PersonId] = frozenset()
    within: GroupId | None = None

    def reaches(self, person: PersonId, roles: frozenset[str], present: bool) -> bool:
        """Whether a person gets the item; `present` says whether they may read the group at this position."""
        if person in self.without or (self.within is not None and not present):
            return False
        if self.everyone or person in self.people or self.roles & roles:
            return True
        return self.group is not None and present


Router = Callable[[View, Recorded], Sequence[Delivery]]
"""What a fact brings, and for whom. Of several deliveries a person gets the first that reaches them."""

Presence = Callable[[View, Recorded], Mapping[PersonId, bool]]
"""Who enters (True) or leaves (False) the fact's group by this fact."""


class Sink(Protocol):
    """Where a connection's frames go."""

    def write(self, wire: bytes) -> None:
        """Send bytes that are framed already."""

    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""


@dataclass(eq=False, slots=True)
class Connection:
    """One socket. `on_close` is called once, with the code to close it with.

    `told` is how far its peer has everything: the next frame says so, and a peer that knows less has lost a frame.
    `is_visible` says whether somebody looks at it, as far as its peer tells.
    """

    person: PersonId
    roles: frozenset[str]
    session: str
    since: int
    sink: Sink
    on_close: Callable[[int], None]
    close_code: int | None = None
    is_visible: bool = True
    groups: set[GroupId] = field(default_factory=set)
    told: int = field(init=False)

    def __post_init__(self) -> None:
        self.told = self.since

    def push(self, wire: bytes) -> None:
        """Send a frame; a peer that leaves too much untaken is cut instead, and resumes with its cursor."""
        if self.close_code is not None:
            return
        if self.sink.buffered() > MOST_BYTES:
            self.close(TOO_SLOW)
            return
        self.sink.write(wire)

    def close(self, code: int) -> None:
        if self.close_code is None:
            self.close_code = code
            self.on_close(code)


_Rendered = tuple[Delivery, bytes | None]
"""A delivery, and its item where it is encoded already."""


class Hub:
    """All connections of this process, and the fan-out of each commit."""

    def __init__(
        self,
        routers: Mapping[str, Router],
        presence: Mapping[str, Presence],
        new_view: Callable[[], View],
        foreseeable: frozenset[str] = frozenset(),
    ) -> None:
        """`foreseeable`: the kinds of facts that change nothing which the rendering of others looks at."""
        self._foreseeable = foreseeable
        self.routers = routers
        self._presence = presence
        self._new_view = new_view
        self._by_person: dict[PersonId, set[Connection]] = defaultdict(set)
        self._by_group: dict[GroupId, set[Connection]] = defaultdict(set)
        self._audiences: dict[GroupId, frozenset[Connection]] = {}
        self._newest = -1
        self._ready: dict[int, tuple[Recorded, Sequence[_Rendered]]] = {}
        self.recent: deque[Recorded] = deque(maxlen=RECENT)

    def __len__(self) -> int:
        return sum(len(connections) for connections in self._by_person.values())

    def add(self, connection: Connection, groups: Iterable[GroupId]) -> None:
        self._by_person[connection.person].add(connection)
        self._newest = max(self._newest, connection.since)
        for group in groups:
            self._enter(connection, group)

    def remove(self, connection: Connection) -> None:
        mine = self._by_person[connection.person]
        mine.discard(connection)
        if not mine:
            del self._by_person[connection.person]
        for group in list(connection.groups):
            self._leave(connection, group)

    def since(self, position: int) -> list[Recorded] | None:
        """The entries published after `position`; None when they are no longer all at hand."""
        missed = [entry for entry in self.recent if entry.position > position]
        expected = range(position + 1, position + 1 + len(missed))
        return (
            missed if all(e.position == p for e, p in zip(missed, expected, strict=True)) else None
        )

    def presence_after(
        self, view: View, entries: Iterable[Recorded], person: PersonId, groups: set[GroupId]
    ) -> set[GroupId]:
        """The groups that a person reads after `entries`, having read `groups` before."""
        for entry in entries:
            presence = self._presence.get(entry.kind)
            if presence is not None and entry.group is not None:
                enters = presence(view, entry).get(person)
                if enters is not None:
                    (groups.add if enters else groups.discard)(entry.group)
        return groups

    def of_person(self, person: PersonId) -> Sequence[Connection]:
        return tuple(self._by_person.get(person, ()))

    def people(self) -> frozenset[PersonId]:
        """Who has a page open. From any thread, as of some moment."""
        return frozenset(self._by_person)

    def is_watching(self, person: PersonId) -> bool:
        """Whether the person looks at a screen. From any thread: a moment's truth, no more."""
        return any(connection.is_visible for connection in self.of_person(person))

    def of_group(self, group: GroupId) -> Iterable[Connection]:
        """Who reads the group now."""
        return self._present(group)

    def all(self) -> Sequence[Connection]:
        return [connection for mine in self._by_person.values() for connection in mine]

    def _enter(self, connection: Connection, group: GroupId) -> None:
        connection.groups.add(group)
        self._by_group[group].add(connection)
        self._audiences.pop(group, None)

    def _leave(self, connection: Connection, group: GroupId) -> None:
        connection.groups.discard(group)
        self._audiences.pop(group, None)
        present = self._by_group[group]
        present.discard(connection)
        if not present:
            del self._by_group[group]

    def foresee(self, entries: Sequence[Recorded]) -> None:
        """Render what is about to be committed, as far as its facts alone tell; nothing of it leaves before `publish`.

        From any thread: where something is published meanwhile, this is lost with the dictionary that it replaces.
        """
        ready = self._ready = {}
        if any(entry.kind not in self._foreseeable for entry in entries):
            return
        view = self._new_view()
        view.is_ahead = True
        for entry in entries:
            if entry.group not in self._by_group:
                continue
            try:
                router = self.routers[entry.kind.partition(".")[0]]
                made = [(each, _encode(each.item)) for each in router(view, entry)]
            except NotReadyYetError:
                continue
            ready[entry.position] = entry, made

    def publish(self, entries: Sequence[Recorded]) -> None:
        """Queue what a commit brings for each connection. When that breaks, all are cut and resume with their cursors."""
        outgoing: dict[Connection, list[list[bytes]]] | None = None
        try:
            outgoing = self._collect(entries)
        finally:
            self._ready = {}
            if outgoing is None:
                for connection in self.all():
                    connection.close(TOO_SLOW)
        self.recent.extend(entries)
        position = entries[-1].position
        frames: dict[tuple[int, ...], bytes] = {}
        for connection, runs in outgoing.items():
            same = (connection.told, *map(id, runs))
            if same not in frames:
                items = [item for run in runs for item in run]
                frames[same] = facts_frame(items, connection.told, position)
            connection.push(frames[same])
            connection.told = position

    def _collect(self, entries: Sequence[Recorded]) -> dict[Connection, list[list[bytes]]]:
        """What each connection gets: runs of items that several share, so that a run costs each of them one step."""
        outgoing: dict[Connection, list[list[bytes]]] = defaultdict(list)
        audience: frozenset[Connection] = frozenset()
        run: list[bytes] = []
        view = self._new_view()
        view.connected = self._by_person.keys()
        try:
            for entry in entries:
                self._change_presence(view, entry)
                for targets, item in self._route(view, entry):
                    if targets is not audience:
                        audience, run = targets, []
                        for connection in targets:
                            outgoing[connection].append(run)
                    run.append(item)
        finally:
            view.close()
        return outgoing

    def _change_presence(self, view: View, entry: Recorded) -> None:
        presence = self._presence.get(entry.kind)
        if presence is None or entry.group is None:
            return
        for person, enters in presence(view, entry).items():
            for connection in self._by_person.get(person, ()):
                (self._enter if enters else self._leave)(connection, entry.group)

    def _route(self, view: View, entry: Recorded) -> Iterable[tuple[frozenset[Connection], bytes]]:
        served: set[Connection] = set()
        for delivery, item in self._rendered(view, entry):
            targets = self._targets(delivery)
            if not served.isdisjoint(targets):
                targets -= served
            # A connection's snapshot may have been newer than what was published so far.
            if entry.position <= self._newest:
                targets = frozenset(each for each in targets if entry.position > each.since)
            if targets:
                served |= targets
                yield targets, item if item is not None else _encode(delivery.item)

    def _rendered(self, view: View, entry: Recorded) -> Sequence[_Rendered]:
        ready = self._ready.get(entry.position)
        # Another entry was foreseen there when its commit did not come about.
        if ready is not None and ready[0] is entry:
            return ready[1]
        router = self.routers.get(entry.kind.partition(".")[0])
        return [(delivery, None) for delivery in router(view, entry)] if router is not None else []

    def _targets(self, delivery: Delivery) -> frozenset[Connection]:
        if delivery.everyone or delivery.roles:
            return frozenset(
                connection
                for connection in self.all()
                if delivery.reaches(
                    connection.person, connection.roles, delivery.group in connection.groups
                )
            )
        found = self._present(delivery.group) if delivery.group is not None else frozenset()
        if delivery.people:
            # At once: a set that grows by one person after the other costs the square of their number.
            mine = (self._by_person.get(person, ()) for person in delivery.people)
            found = found.union(*mine)
        if delivery.within is not None:
            found &= self._present(delivery.within)
        if delivery.without:
            found = frozenset(each for each in found if each.person not in delivery.without)
        return found

    def _present(self, group: GroupId) -> frozenset[Connection]:
        """The connections in a group; the same object until one enters or leaves."""
        if group not in self._audiences:
            self._audiences[group] = frozenset(self._by_group.get(group, ()))
        return self._audiences[group]


def items_for(
    routers: Mapping[str, Router],
    view: View,
    entries: Sequence[Recorded],
    person: PersonId,
    roles: frozenset[str],
    visible_from: Mapping[GroupId, int],
) -> list[dict[str, Any]]:
    """What `person` gets of `entries`, by what they may see now: `visible_from` of the groups that they read."""
    found = []
    view.rendered, view.person, view.connected = entries, person, (person,)
    for entry in entries:
        router = routers.get(entry.kind.partition(".")[0])
        start = visible_from.get(entry.group) if entry.group is not None else None
        present = start is not None and entry.position >= start
        for delivery in router(view, entry) if router is not None else ():
            if delivery.reaches(person, roles, present):
                found.append(delivery.item)
                break
    return found


def tell_person(hub: Hub, person: PersonId, frame: Mapping[str, Any]) -> None:
    """Show something on all screens of a person. No fact: what is missed is read again with the next snapshot."""
    wire = text_frame(_encode(frame))
    for connection in hub.of_person(person):
        connection.push(wire)
