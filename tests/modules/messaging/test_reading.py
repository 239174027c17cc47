"""What people see: timelines, conversations, unread counts, read marks. Nobody sees others' held messages anywhere."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.kernel.page import BadLimitError
from guiju.modules.groups import governing, roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import _shape, reads, review, service
from guiju.modules.messaging.personal_types import Marked
from guiju.modules.messaging.service import Conversation
from guiju.modules.messaging.types import (
    InvitationOpenError,
    MessageReleased,
    RulesNotSignedError,
)
from tests.support.office import Office

SECRET = "这是核心配方"
FORBIDDEN = "去赌博网站玩"


def timeline(
    office: Office, actor: Actor, group: GroupId, before: int | None = None, limit: int = 50
) -> list[Recorded]:
    page = office.world.read(
        lambda tx: service.timeline(tx, actor, group, before=before, limit=limit)
    )
    return list(page.items)


def texts(office: Office, actor: Actor, group: GroupId) -> list[str]:
    return [
        service.text_shown(entry)
        for entry in timeline(office, actor, group)
        if entry.kind.startswith("messaging.")
    ]


def conversation(office: Office, actor: Actor, group: GroupId) -> Conversation:
    (found,) = [
        c
        for c in office.world.read(lambda tx: service.list_conversations(tx, actor))
        if c.group.id == group
    ]
    return found


def mark(office: Office, actor: Actor, group: GroupId, position: int) -> Marked:
    kept = office.world.write(
        lambda tx: reads.mark_read_many(tx, [(actor.person_id, group, position)])
    )
    return kept[0].what


def test_a_timeline_shows_messages_and_what_happened_to_the_group(office: Office) -> None:
    world, group = office.world, office.group()
    for n in range(3):
        world.send(office.owner, group, f"第{n}条")
    world.write(lambda tx: governing.publish_rules(tx, office.owner, group, text="一"))
    shown = timeline(office, office.owner, group)
    assert [entry.kind for entry in shown] == [
        "groups.registered",
        *["messaging.sent"] * 3,
        "groups.rules_published",
    ]
    assert [entry.number for entry in shown] == [1, 2, 3, 4, 5]
    assert [entry.position for entry in shown] == sorted(entry.position for entry in shown)


def test_pages_go_back_without_gap_or_overlap(office: Office) -> None:
    world, group = office.world, office.group()
    for n in range(7):
        world.send(office.owner, group, f"第{n}条")
    seen: list[int] = []
    before, more = None, True
    while more:
        page = world.read(lambda tx, before=before: service.timeline(  # type: ignore[misc]  # bound at once
            tx, office.member, group, before=before, limit=3))  # fmt: skip
        seen = [entry.position for entry in page.items] + seen
        before, more = page.items[0].position, page.more
    assert seen == [entry.position for entry in timeline(office, office.member, group)]
    assert len(seen) == 8
    for limit in (0, 201):
        with pytest.raises(BadLimitError):
            timeline(office, office.member, group, limit=limit)


def test_only_people_inside_read(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "第一条")
    auditor = world.person("审计员", "audit_admin")
    for actor in (office.outsider, office.registrar, office.reviewer, office.head, auditor):
        with pytest.raises(GroupNotFoundError):
            timeline(office, actor, group)
        assert world.read(lambda tx, actor=actor: service.list_conversations(tx, actor)) == []  # type: ignore[misc]  # bound at once
    world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )
    with pytest.raises(GroupNotFoundError):
        timeline(office, office.member, group)
    assert world.read(lambda tx: service.list_conversations(tx, office.member)) == []


def test_rules_come_before_reading(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "第一条")
    world.write(lambda tx: governing.publish_rules(tx, office.owner, group, text="一"))
    with pytest.raises(RulesNotSignedError):
        timeline(office, office.member, group)
    shown = conversation(office, office.member, group)
    assert (shown.last, shown.unread, shown.mentioned) == (None, 0, False)


def test_new_members_see_nothing_of_the_past(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "过去的", mentions=(office.member.person_id,))
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]))
    assert texts(office, office.outsider, group) == []
    shown = conversation(office, office.outsider, group)
    assert (shown.last, shown.unread) == (None, 0)
    world.send(office.owner, group, "现在的")
    assert texts(office, office.outsider, group) == ["现在的"]
    assert conversation(office, office.outsider, group).unread == 1
    # One who was away does not see what was said meanwhile, nor again what came before.
    world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )
    world.send(office.owner, group, "背着你说的")
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.member.person_id]))
    assert texts(office, office.member, group) == []
    assert [entry.kind for entry in timeline(office, office.member, group)] == [
        "groups.member_changed"
    ]


def test_with_open_history_they_see_it_all(office: Office) -> None:
    world = office.world
    world.adopt(lambda text: text, "plain-office")
    group = office.group(group_class="team")
    world.send(office.owner, group, "过去的")
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]))
    with pytest.raises(InvitationOpenError):
        texts(office, office.outsider, group)
    world.write(lambda tx: roster.accept_invitation(tx, office.outsider, group))
    assert texts(office, office.outsider, group) == ["过去的"]
    assert conversation(office, office.outsider, group).unread == 1


def test_closed_groups_are_still_read(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "第一条")
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    assert texts(office, office.member, group) == ["第一条"]


# ---- held and blocked messages ----------------------------------------------------------------------------------


def test_held_and_blocked_messages_are_their_authors_only(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "第一条")
    held = world.send(office.member, group, SECRET, mentions=(office.owner.person_id,))
    blocked = world.send(office.member, group, FORBIDDEN, mentions=(office.owner.person_id,))
    assert texts(office, office.member, group) == ["第一条", SECRET, FORBIDDEN]
    for other in (office.owner, office.administrator):
        assert texts(office, other, group) == ["第一条"]
        shown = conversation(office, other, group)
        assert (
            shown.last is not None
            and service.text_shown(shown.last) == "第一条"
            and not shown.mentioned
        )
        assert shown.unread == (0 if other is office.owner else 1)
    # The author's own list does not show them as the newest either: the list shows what the group saw.
    last = conversation(office, office.member, group).last
    assert last is not None and last.position < held.position
    for hidden in (held.position, blocked.position):
        assert world.read(lambda tx, hidden=hidden: service.quoted(tx, group, hidden)) is None  # type: ignore[misc]  # bound at once
    view = world.runtime.new_view
    for other in (office.owner, office.administrator):
        items = world.read(lambda tx, other=other: _shape.items(view(tx), service.timeline(  # type: ignore[misc]  # bound at once
            tx, other, group, before=None, limit=50).items))  # fmt: skip
        assert SECRET not in str(items) and FORBIDDEN not in str(items)


def test_a_released_message_appears_at_its_release_with_its_own_time(office: Office) -> None:
    world, group = office.world, office.group()
    sent_at = world.clock.now()
    held = world.send(office.member, group, SECRET)
    world.clock.advance(60_000)
    world.send(office.owner, group, "之后的")
    world.clock.advance(60_000)
    world.write(
        lambda tx: review.release(tx, office.reviewer, held.position, masked=False, reason="")
    )
    for actor in (office.owner, office.member):
        assert texts(office, actor, group) == ["之后的", SECRET], "once, also for its author"
    entry = timeline(office, office.owner, group)[-1]
    assert isinstance(entry.fact, MessageReleased) and entry.actor == office.reviewer.name
    item = world.read(lambda tx: _shape.item(world.runtime.new_view(tx), entry))
    assert item["message"]["at"] == sent_at and item["at"] == sent_at + 120_000
    assert item["message"]["sender"] == {"id": office.member.person_id, "name": "赵成员"}
    assert (item["held"], item["message"]["state"]) == (held.position, "released")
    shown = conversation(office, office.owner, group)
    assert shown.last == entry and shown.unread == 1
    assert conversation(office, office.member, group).unread == 1, "only what the owner wrote"


def test_a_message_released_with_a_mask_shows_the_mask_only(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET)
    world.write(
        lambda tx: review.release(tx, office.reviewer, held.position, masked=True, reason="遮一下")
    )
    (shown,) = texts(office, office.owner, group)
    assert shown.startswith("这是") and "配方" not in shown and len(shown) == len(SECRET)


def test_a_refused_message_stays_with_its_author_and_its_reason(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET)
    world.write(lambda tx: review.refuse(tx, office.reviewer, held.position, reason="涉密"))
    assert texts(office, office.owner, group) == [] and texts(office, office.member, group) == [
        SECRET
    ]

    def items(actor: Actor) -> list[dict[str, object]]:
        return world.read(
            lambda tx: _shape.items(
                world.runtime.new_view(tx),
                service.timeline(tx, actor, group, before=None, limit=50).items,
            )
        )

    message = items(office.member)[-1]["message"]
    assert isinstance(message, dict)
    assert (message["state"], message["note"], message["cmid"]) == ("refused", "涉密", held.cmid)
    assert "涉密" not in str(items(office.owner))


def test_a_masked_number_is_original_for_nobody(office: Office) -> None:
    world, group = office.world, office.group()
    number = "11010119900307889X"
    first = world.send(office.member, group, f"证件{number}")
    world.send(office.owner, group, "收到", quote=first.position)
    view = world.runtime.new_view
    for actor in (office.owner, office.administrator):
        items = world.read(lambda tx, actor=actor: _shape.items(view(tx), service.timeline(  # type: ignore[misc]  # bound at once
            tx, actor, group, before=None, limit=50).items))  # fmt: skip
        assert number not in str(items) and "110101" in str(items)


# ---- unread and read marks --------------------------------------------------------------------------------------


def test_unread_counts_what_others_wrote_since_the_mark(office: Office) -> None:
    world, group = office.world, office.group()
    positions = [world.send(office.owner, group, f"第{n}条").position for n in range(3)]
    world.send(office.member, group, "我自己的")
    assert conversation(office, office.member, group).unread == 3
    assert conversation(office, office.owner, group).unread == 1
    assert mark(office, office.member, group, positions[1]) is Marked.SHARED
    shown = conversation(office, office.member, group)
    assert (shown.unread, shown.read) == (1, positions[1])
    # An older mark, perhaps from a second device, changes nothing.
    assert mark(office, office.member, group, positions[0]) is Marked.SHARED
    assert conversation(office, office.member, group).read == positions[1]
    assert conversation(office, office.administrator, group).unread == 4, "marks are each one's own"


def test_mentions_are_shown_until_read(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "大家看看")
    position = world.send(
        office.owner, group, "请你看", mentions=(office.member.person_id,)
    ).position
    assert conversation(office, office.member, group).mentioned
    assert not conversation(office, office.administrator, group).mentioned
    mark(office, office.member, group, position)
    assert not conversation(office, office.member, group).mentioned


def test_unread_stops_counting_at_a_hundred(office: Office) -> None:
    world, group = office.world, office.group()
    for n in range(104):
        world.clock.advance(1000)
        world.send(office.owner, group, f"第{n}条")
    assert conversation(office, office.member, group).unread == 100


def test_a_mention_shows_however_many_came_after_it(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "请你看", mentions=(office.member.person_id,))
    for n in range(102):
        world.clock.advance(1000)
        world.send(office.owner, group, f"第{n}条")
    found = conversation(office, office.member, group)
    assert (found.unread, found.mentioned) == (100, True)


def test_marks_of_strangers_are_dropped_and_no_mark_is_a_fact(office: Office) -> None:
    world, group = office.world, office.group()
    position = world.send(office.owner, group, "第一条").position
    assert mark(office, office.outsider, group, position) is Marked.UNKNOWN
    assert mark(office, office.member, GroupId("grp_x"), position) is Marked.UNKNOWN
    assert mark(office, office.member, group, position) is Marked.SHARED
    assert world.read(lambda tx: tx.position) == position
    assert world.read(lambda tx: service.read_positions(tx, office.member.person_id)) == {
        group: position
    }
    assert world.read(lambda tx: service.read_positions(tx, office.outsider.person_id)) == {}


def test_the_same_mark_from_two_devices_in_one_batch(office: Office) -> None:
    world, group = office.world, office.group()
    position = world.send(office.owner, group, "第一条").position
    both = [(office.member.person_id, group, position)] * 2 + [
        (office.member.person_id, group, position - 1)
    ]
    kept = world.write(lambda tx: reads.mark_read_many(tx, both))
    assert [each.what for each in kept] == [Marked.SHARED] * 3
    assert world.read(lambda tx: service.read_positions(tx, office.member.person_id)) == {
        group: position
    }


def test_conversations_are_sorted_by_what_happened_last(office: Office) -> None:
    world = office.world
    names = ["澄远第一个工作群", "澄远第二个工作群", "澄远第三个工作群"]
    made = [office.group(name=name) for name in names]
    world.send(office.owner, made[1], "x")
    world.send(office.owner, made[0], "y")
    found = world.read(lambda tx: service.list_conversations(tx, office.member))
    assert [each.group.id for each in found] == [made[0], made[1], made[2]]
    assert [each.members for each in found] == [3, 3, 3]


def test_a_page_of_messages_that_were_let_pass_does_not_hide_what_is_older(office: Office) -> None:
    world, group = office.world, office.group()
    old = world.send(office.member, group, "大家好").position
    held = [int(world.send(office.member, group, SECRET).position) for _ in range(3)]
    for position in held:

        def release(tx: WriteTx, position: int = position) -> None:
            review.release(tx, office.reviewer, position, masked=False, reason="")

        world.write(release)
    page = world.read(
        lambda tx: service.timeline(tx, office.member, group, before=held[-1] + 1, limit=2)
    )
    assert [entry.position for entry in page.items][-1] == old
    after = world.read(
        lambda tx: service.timeline_after(tx, office.member, group, after=old, limit=2)
    )
    assert after.items[0].kind == "messaging.released"
