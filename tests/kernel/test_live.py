"""The fan-out of commits: one frame each, to whom it concerns, and to nobody else."""

from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from guiju.kernel.clock import ManualClock
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import Command
from guiju.kernel.live import (
    MOST_BYTES,
    TOO_SLOW,
    Connection,
    Delivery,
    Hub,
    View,
    items_for,
)
from guiju.kernel.wire import text_frame
from guiju.modules.groups import governing, roster
from guiju.modules.messaging import review
from guiju.runtime import ROUTERS
from tests.support.listening import Listening
from tests.support.office import Office


def together(office: Office, *verbs: Any) -> None:
    answers: list[Future[Any]] = [Future() for _ in verbs]
    commands = [
        Command(None, verb, answer.set_result) for verb, answer in zip(verbs, answers, strict=True)
    ]
    office.world.runtime.lane.submit(commands)
    for answer in answers:
        result = answer.result(30)
        assert not isinstance(result, Exception), result


def test_one_commit_is_one_frame(office: Office) -> None:
    group = office.group()
    listening = Listening(office.world)
    ear = listening.ear(office.member)
    together(
        office,
        lambda tx: governing.publish_rules(tx, office.owner, group, text="一"),
        lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]),
        lambda tx: governing.close(tx, office.owner, group, reason="完工"),
    )
    (frame,) = ear.frames
    assert frame["type"] == "facts" and ear.kinds[0] == "groups.rules_published"
    assert frame["position"] == office.world.read(lambda tx: tx.position)
    assert [item["position"] for item in ear.items] == sorted(
        item["position"] for item in ear.items
    )


def test_messages_go_to_present_members_only(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    ears = {
        who: listening.ear(who)
        for who in (office.owner, office.member, office.outsider, office.registrar)
    }
    two = listening.ear(office.member)
    world.send(office.owner, group, "大家好")
    assert [len(ear.frames) for ear in ears.values()] == [1, 1, 0, 0] and two.frames == ears[
        office.member
    ].frames
    (item,) = ears[office.member].items
    assert (item["kind"], item["message"]["text"], item["number"]) == (
        "messaging.sent",
        "大家好",
        2,
    )


def test_presence_changes_inside_a_batch(office: Office) -> None:
    """Who is removed in a batch gets nothing that follows in it; who is admitted gets all that follows."""
    world, group = office.world, office.group()
    listening = Listening(world)
    leaving, coming = listening.ear(office.member), listening.ear(office.outsider)
    together(
        office,
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x"),
        lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]),
    )
    removed, admitted = world.entries("groups.member_changed")
    world.send(office.owner, group, "之后的")
    assert [item["position"] for item in leaving.items] == [removed.position]
    assert coming.items[0]["position"] == admitted.position, "nothing from before their time"
    assert leaving.kinds == ["groups.member_changed"] and leaving.items[0]["card"] is None
    assert coming.kinds == ["groups.member_changed", "messaging.sent"]
    assert listening.hub.of_person(office.member.person_id)[0].groups == set()


def test_new_rules_stop_delivery_until_they_are_signed(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    ear = listening.ear(office.member)
    world.write(lambda tx: governing.publish_rules(tx, office.owner, group, text="一"))
    world.send(office.owner, group, "签了再看")
    world.write(lambda tx: roster.sign_rules(tx, office.member, group, version=1))
    world.send(office.owner, group, "现在能看")
    assert ear.kinds == ["groups.rules_published", "groups.member_changed", "messaging.sent"]
    assert ear.items[-1]["message"]["text"] == "现在能看"


def test_held_messages_go_to_their_author_and_without_text_to_reviewers(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    people = (office.member, office.owner, office.reviewer, office.outsider)
    author, owner, reviewer, outsider = (listening.ear(who) for who in people)
    held = world.send(office.member, group, "这是核心配方").position
    assert (author.kinds, reviewer.kinds) == (["messaging.held"], ["messaging.review_waiting"])
    assert owner.frames == outsider.frames == []
    assert "核心配方" not in str(reviewer.frames) and reviewer.items[0]["held"] == held
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""))
    assert owner.kinds == ["messaging.released"] and author.kinds[-1] == "messaging.released"
    assert reviewer.kinds[-1] == "messaging.review_done" and outsider.frames == []
    blocked = world.send(office.member, group, "去赌博网站玩").position
    assert (
        author.items[-1]["position"] == blocked
        and len(owner.frames) == 1
        and len(reviewer.frames) == 2
    )


def test_of_several_deliveries_the_first_that_reaches_counts(office: Office) -> None:
    """A reviewer who wrote the message gets the message, not the queue's notice."""
    world = office.world
    group = world.group(office.owner, [office.administrator], [office.reviewer])
    listening = Listening(world)
    ear = listening.ear(office.reviewer)
    held = world.send(office.reviewer, group, "这是核心配方").position
    other = world.person("周审核", "reviewer")
    world.write(lambda tx: review.release(tx, other, held, masked=False, reason=""))
    assert ear.kinds == ["messaging.held", "messaging.released"]


def test_a_slow_client_is_cut_and_nothing_more_is_sent(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    slow, quick = listening.ear(office.member), listening.ear(office.member)
    slow.untaken = MOST_BYTES
    world.send(office.owner, group, "一")
    slow.untaken = MOST_BYTES + 1
    world.send(office.owner, group, "二")
    slow.untaken = 0
    world.send(office.owner, group, "三")
    assert (len(slow.frames), slow.closed, slow.connection.close_code) == (1, [TOO_SLOW], TOO_SLOW)
    assert len(quick.frames) == 3 and quick.closed == []


def test_who_asked_to_join_hears_nothing_of_the_group(office: Office) -> None:
    """The number may have been guessed: before somebody admits them, not even the name shows."""
    world, group = office.world, office.group()
    listening = Listening(world)
    ear = listening.ear(office.outsider)
    number = world.find_group(group).filing_number
    for admits in (False, True):
        world.write(
            lambda tx: roster.ask_to_join(tx, office.outsider, filing_number=number, reason="x")
        )
        world.write(
            lambda tx, admits=admits: roster.decide_join(  # type: ignore[misc]  # bound at once
                tx, office.owner, group, office.outsider.person_id, admits=admits, reason=""
            )
        )
    asked, refused, again, admitted = ear.items
    for item in (asked, refused, again):
        assert item["card"] is None and item["members"] is None and "澄远" not in str(item)
    assert admitted["card"]["name"] == world.find_group(group).name and admitted["members"] == 4


def test_what_a_snapshot_held_already_is_not_sent_again(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    ear = listening.ear(office.member)
    listening.hub.remove(ear.connection)
    ear.connection.since += 1
    listening.hub.add(ear.connection, [group])
    world.send(office.owner, group, "在快照里")
    world.send(office.owner, group, "快照之后")
    assert [item["message"]["text"] for item in ear.items] == ["快照之后"]


def test_a_connection_that_went_away_gets_nothing(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    ear, other = listening.ear(office.member), listening.ear(office.member)
    listening.hub.remove(ear.connection)
    world.send(office.owner, group, "一")
    assert ear.frames == [] and len(other.frames) == 1 and len(listening.hub) == 1
    listening.hub.remove(other.connection)
    assert (
        len(listening.hub) == 0
        and listening.hub.all() == []
        and listening.hub.of_person(office.member.person_id) == ()
    )


def test_live_and_fetched_later_say_the_same(office: Office) -> None:
    """What was heard live equals what a reconnect with the old cursor brings, for each person."""
    world, group = office.world, office.group()
    listening = Listening(world)
    people = (office.owner, office.member, office.reviewer, office.outsider)
    ears = {who: listening.ear(who) for who in people}
    start = world.read(lambda tx: tx.position)
    first = world.send(office.owner, group, "大家好").position
    held = world.send(office.member, group, "这是核心配方", quote=first).position
    world.send(office.member, group, "去赌博网站玩")
    world.send(office.owner, group, "证件11010119900307889X")
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=True, reason=""))
    world.write(lambda tx: roster.ask_to_leave(tx, office.member, group, reason="x"))
    entries = [entry for entry in world.entries() if entry.position > start]
    assert listening.hub.since(start) == entries
    for who, ear in ears.items():
        place = (
            {group: office.place(group, who).visible_from}
            if who in (office.owner, office.member)
            else {}
        )
        roles = ear.connection.roles
        with world.runtime.reading() as tx:
            fetched = items_for(
                ROUTERS, world.runtime.new_view(tx), entries, who.person_id, roles, place
            )
        assert [item["position"] for item in fetched] == [item["position"] for item in ear.items], (
            who
        )
        assert [item.get("message") for item in fetched] == [
            item.get("message") for item in ear.items
        ]


def test_how_far_back_the_hub_remembers() -> None:
    hub = Hub({}, {}, lambda: View({}, _no_name, _no_name, _no_tx))
    entries = [_entry(position) for position in range(5, 9)]
    hub.publish(entries)
    assert hub.since(6) == entries[2:] and hub.since(8) == [] and hub.since(4) == entries
    assert hub.since(3) is None, "position 4 was not heard here"


class _Counting:
    """A router that reads the tables for the facts that say so, and a listener in the only group."""

    def __init__(self) -> None:
        self.rendered: list[tuple[int, bool]] = []
        self.wires: list[bytes] = []
        self.hub = Hub(
            {"other": self.route}, {}, lambda: View({}, _no_name, _no_name, _any_tx), frozenset({"other.thing"})
        )  # fmt: skip
        person, group = PersonId("per_me"), GroupId("grp")
        self.hub.add(Connection(person, frozenset(), "ses", -1, self, lambda _: None), {group})

    def route(self, view: View, entry: Recorded) -> list[Delivery]:
        if entry.fact == "reads":
            _ = view.tx
        self.rendered.append((entry.position, view.is_ahead))
        return [Delivery({"position": entry.position, "fact": entry.fact}, group=entry.group)]

    def write(self, wire: bytes) -> None:
        self.wires.append(wire)

    def buffered(self) -> int:
        return 0


def test_what_is_foreseen_is_rendered_once_and_leaves_with_its_commit() -> None:
    listener = _Counting()
    plain, reading = _entry(1, "plain", "grp"), _entry(2, "reads", "grp")
    listener.hub.foresee([plain, reading, _entry(3, "for nobody", "grp_other")])
    assert listener.wires == [] and listener.rendered == [(1, True)], "tables say nothing of it yet"
    listener.hub.publish([plain, reading])
    assert listener.rendered == [(1, True), (2, False)] and len(listener.wires) == 1
    assert b'"plain"' in listener.wires[0] and b'"reads"' in listener.wires[0]


def test_what_was_foreseen_and_did_not_come_about_is_forgotten() -> None:
    listener = _Counting()
    listener.hub.foresee([_entry(1, "undone", "grp")])
    listener.hub.publish([_entry(1, "done", "grp")])
    assert b'"done"' in listener.wires[0] and b"undone" not in listener.wires[0]
    first, second = _entry(2, "first", "grp"), _entry(3, "second", "grp")
    listener.hub.foresee([second])
    listener.hub.publish([first])
    listener.hub.publish([second])
    assert listener.rendered[-1] == (3, False), "what was published before may have changed it"


def test_what_is_published_while_others_are_foreseen_may_have_changed_them() -> None:
    listener = _Counting()
    first, second = _entry(1, "first", "grp"), _entry(2, "second", "grp")
    route = listener.route

    def slow(view: View, entry: Recorded) -> list[Delivery]:
        if view.is_ahead:
            listener.hub.publish([first])
        return route(view, entry)

    listener.hub.routers = {"other": slow}
    listener.hub.foresee([second])
    listener.hub.publish([second])
    assert listener.rendered == [(1, False), (2, True), (2, False)]


def test_beside_what_changes_others_nothing_is_foreseen() -> None:
    listener = _Counting()
    renaming = replace(_entry(2, "x", "grp"), kind="other.name")
    listener.hub.foresee([_entry(1, "plain", "grp"), renaming])
    assert listener.rendered == []


def _entry(position: int, fact: Any = None, group: str | None = None) -> Recorded:
    place = GroupId(group) if group is not None else None
    return Recorded(
        position, ManualClock(0).now(), "other.thing", None, place, None, (), None, fact
    )


def _no_name(*_: Any) -> str:
    raise AssertionError("nothing is rendered")


def _any_tx() -> Any:
    return nullcontext()


def _no_tx(*_: Any) -> Any:
    raise AssertionError("nothing is read")


def test_deliveries_reach_by_person_role_group_or_all() -> None:
    me, group = PersonId("per_me"), GroupId("grp")
    none = frozenset[str]()

    def reaches(delivery: Delivery, roles: frozenset[str] = none, present: bool = False) -> bool:
        return delivery.reaches(me, roles, present)

    assert not reaches(Delivery({}))
    assert reaches(Delivery({}, everyone=True)) and not reaches(
        Delivery({}, everyone=True, without=frozenset({me}))
    )
    assert reaches(Delivery({}, people=frozenset({me}))) and not reaches(
        Delivery({}, people=frozenset({PersonId("x")}))
    )
    assert reaches(Delivery({}, roles=frozenset({"reviewer"})), frozenset({"reviewer"}))
    assert not reaches(Delivery({}, roles=frozenset({"reviewer"})), frozenset({"hr"}))
    assert reaches(Delivery({}, group=group), present=True) and not reaches(
        Delivery({}, group=group)
    )
    assert not reaches(Delivery({}), present=True)


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_frames_have_the_length_that_rfc_6455_says(size: int) -> None:
    wire = text_frame(b"x" * size)
    head = {0: 2, 125: 2, 126: 4, 65535: 4, 65536: 10}[size]
    assert wire[:1] == b"\x81" and wire[head:] == b"x" * size
    assert wire[1] == (size if head == 2 else 126 if head == 4 else 127)
    assert head == 2 or int.from_bytes(wire[2:head], "big") == size
