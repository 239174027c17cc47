"""Who has read what: shown in small groups only, to members only; and reminders to those who have not."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import governing, roster
from guiju.modules.groups.types import GroupClosedError, GroupNotFoundError
from guiju.modules.messaging import reads, recalling, service
from guiju.modules.messaging.change_types import MessageNotFoundError
from guiju.modules.messaging.personal_types import (
    AllHaveReadError,
    Marked,
    MessageReminded,
    Readers,
    RemindTooOftenError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from tests.support.checks import check_ledger
from tests.support.listening import Listening
from tests.support.office import Office

SECRET = "这是核心配方"
RULE = "    controls:\n      - use: messaging.read_marks\n        with: {{most_members: {most}}}\n"


def mark(office: Office, actor: Actor, group: GroupId, position: int) -> Marked:
    marks = [(actor.person_id, group, position)]
    return office.world.write(lambda tx: reads.mark_read_many(tx, marks))[0].what


def readers(office: Office, actor: Actor, group: GroupId, position: int) -> Readers:
    return office.world.read(lambda tx: reads.readers(tx, actor, group, position))


def limit_to(office: Office, most: int) -> None:
    """Adopt a pack whose clause 6.14 shows who has read in groups of at most `most` members."""
    rule = "    rows: [NTF-03]\n"
    office.world.adopt(lambda text: text.replace(rule, rule + RULE.format(most=most)))


def test_members_see_who_has_read_and_who_has_not(office: Office) -> None:
    group = office.group()
    first = office.world.send(office.owner, group, "请看").position
    second = office.world.send(office.owner, group, "再看").position
    mark(office, office.member, group, first)
    member, administrator = office.member.person_id, office.administrator.person_id
    assert readers(office, office.owner, group, first) == Readers(True, (member,), (administrator,))
    assert set(readers(office, office.member, group, second).unread) == {member, administrator}
    positions = office.world.read(lambda tx: reads.read_positions(tx, office.owner, group))
    assert positions == {member: first}


def test_who_came_later_is_in_neither_list(office: Office) -> None:
    group = office.group()
    position = office.world.send(office.owner, group, "请看").position
    office.world.write(
        lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id])
    )
    found = readers(office, office.owner, group, position)
    assert office.outsider.person_id not in (*found.read, *found.unread)
    since = office.world.read(lambda tx: reads.sees_from(tx, group))
    later = {person for person, seen in since.items() if seen > position}
    assert later == {office.outsider.person_id}
    assert set(since) - later == {office.owner.person_id, *found.read, *found.unread}


def test_outsiders_and_hidden_messages_are_not_found(office: Office) -> None:
    group = office.group()
    position = office.world.send(office.owner, group, "请看").position
    held = office.world.send(office.member, group, SECRET).position
    for verb in (reads.readers, reads.remind):
        _check_hidden(office, verb, group, position, (held, 10**9, position - 1))


def _check_hidden(
    office: Office,
    verb: Callable[..., object],
    group: GroupId,
    position: int,
    hidden: tuple[int, ...],
) -> None:
    """An outsider finds no group, and a member none of the `hidden` messages."""
    office.refused(GroupNotFoundError, lambda tx: verb(tx, office.outsider, group, position))
    for at in hidden:
        missing = functools.partial(verb, actor=office.member, group=group, position=at)
        office.refused(MessageNotFoundError, missing)


@pytest.mark.parametrize(("most", "shown"), [(3, True), (2, False), (0, False)])
def test_a_clause_says_in_which_groups_it_is_shown(office: Office, most: int, shown: bool) -> None:
    limit_to(office, most)
    group = office.group()
    position = office.world.send(office.owner, group, "请看").position
    kept = mark(office, office.member, group, position)
    assert kept is (Marked.SHARED if shown else Marked.PRIVATE)
    found = readers(office, office.owner, group, position)
    assert found.is_on is shown and bool(found.read or found.unread) is shown
    positions = office.world.read(lambda tx: reads.read_positions(tx, office.owner, group))
    assert (positions is not None) is shown
    if not shown:
        office.refused(NotAllowedError, lambda tx: reads.remind(tx, office.owner, group, position))


def test_an_author_reminds_those_who_have_not_read_once_an_hour(office: Office) -> None:
    limit_to(office, 100)
    group = office.group()
    position = office.world.send(office.owner, group, "请看").position
    mark(office, office.member, group, position)
    listening = Listening(office.world)
    ears = {who: listening.ear(who) for who in (office.member, office.administrator)}
    asked = office.world.write(lambda tx: reads.remind(tx, office.owner, group, position))
    assert asked == (office.administrator.person_id,)
    assert [item["message"] for item in ears[office.administrator].items] == [position]
    assert ears[office.member].items == []
    assert office.world.entries("messaging.reminded")[-1].uses == ("6.14/messaging.read_marks",)
    for wait, left in ((0, 3600), (HOUR - 1, 1)):
        office.world.clock.advance(wait)
        error = office.refused(
            RemindTooOftenError, lambda tx: reads.remind(tx, office.owner, group, position)
        )
        clause = error.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "6.14"
        assert error.data["retry_after"] == left
    other = office.world.send(office.owner, group, "另一条").position
    assert len(office.world.write(lambda tx: reads.remind(tx, office.owner, group, other))) == 2
    office.world.clock.advance(1)
    assert office.world.write(lambda tx: reads.remind(tx, office.owner, group, position)) == asked


def test_a_reminder_stays_on_the_row_until_its_message_is_read(office: Office) -> None:
    group = office.group()

    def reminded(actor: Actor) -> int | None:
        rows = office.world.read(lambda tx: service.list_conversations(tx, actor))
        return next(row.reminded for row in rows if row.group.id == group)

    def remind(position: int) -> None:
        office.world.write(lambda tx: reads.remind(tx, office.owner, group, position))

    first, second, third = [office.world.send(office.owner, group, "请看").position for _ in "123"]
    assert reminded(office.member) is None
    remind(second)
    remind(first)
    assert reminded(office.member) == reminded(office.administrator) == second, "the newest of both"
    assert reminded(office.owner) is None
    mark(office, office.member, group, first)
    assert reminded(office.member) == second
    office.world.write(lambda tx: recalling.recall(tx, office.owner, group, second))
    assert (reminded(office.member), reminded(office.administrator)) == (None, first)
    mark(office, office.administrator, group, third)
    assert reminded(office.administrator) is None


def test_a_reminder_stays_however_many_came_after_it_and_all_rows_ask_at_once(
    office: Office,
) -> None:
    world, others = office.world, (office.administrator.person_id,)
    groups = [office.group(name=f"澄远{name}班工作群") for name in "甲乙丙"]
    sent = [world.send(office.owner, group, "请看").position for group in groups]

    def remind_often(tx: WriteTx) -> None:
        for group, position in zip(groups, sent, strict=True):
            permit = policy.require(tx, office.owner, "messaging.remind", group)
            tx.record(
                permit, MessageReminded(group, (position,), (office.member.person_id, *others))
            )
            for _ in range(120):
                tx.record(permit, MessageReminded(group, (position,), others))

    world.write(remind_often)
    asked = list[str]()

    def rows(tx: ReadTx) -> list[int]:
        real = tx.all

        def noted(statement: Any) -> Any:
            asked.append(str(statement))
            return real(statement)

        tx.all = noted  # type: ignore[method-assign]  # counts
        found = service.list_conversations(tx, office.member)
        return sorted(row.reminded or -1 for row in found)

    assert world.read(rows) == sent
    assert sum("messaging_reminded" in statement for statement in asked) == 1
    check_ledger(world)


def test_nobody_is_reminded_in_a_closed_group(office: Office) -> None:
    group = office.group()
    position = office.world.send(office.owner, group, "请看").position
    office.world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    office.refused(GroupClosedError, lambda tx: reads.remind(tx, office.owner, group, position))


def test_only_the_author_reminds_and_only_while_somebody_has_not_read(office: Office) -> None:
    group = office.group()
    position = office.world.send(office.member, group, "请看").position
    office.refused(NotAllowedError, lambda tx: reads.remind(tx, office.owner, group, position))
    for reader in (office.owner, office.administrator):
        mark(office, reader, group, position)
    office.refused(AllHaveReadError, lambda tx: reads.remind(tx, office.member, group, position))
