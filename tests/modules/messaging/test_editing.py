"""Editing: where a clause lets authors, and never a way around what is inspected."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from guiju.kernel.clock import MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import PersonId
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import _live, changes, recalling, replaying, review
from guiju.modules.messaging.change_types import (
    ALL,
    EditingOffError,
    EditLateError,
    EditStoppedError,
    MessageEdited,
    MessageNotFoundError,
)
from guiju.modules.messaging.types import BadMentionError, MessageState
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from guiju.runtime import open_runtime
from tests.support.office import Office
from tests.support.screens import everything, shown
from tests.support.sending import ID_NUMBER, with_editing


@pytest.fixture(autouse=True)
def _editing_is_on(office: Office) -> None:
    office.world.adopt(with_editing)


def stopped(office: Office, error: type[GuijuError], act: Callable[[], object]) -> GuijuError:
    before = office.world.read(lambda tx: tx.position)
    with pytest.raises(error) as caught:
        act()
    assert office.world.read(lambda tx: tx.position) == before
    return caught.value


def test_the_new_text_takes_the_place_of_the_old(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "明天八点").position
    quoting = world.send(office.owner, group, "好", quote=sent).position
    done = world.edit(office.member, group, sent, "后天八点", mentions=[office.owner.person_id])
    assert done.state is MessageState.DELIVERED and done.position == world.entries()[-1].position
    entry = world.entries()[-1]
    assert isinstance(entry.fact, MessageEdited)
    (use,) = world.read(lambda tx: policy.uses(tx, "messaging.editing"))
    assert entry.uses == (use.id,) and world.read(lambda tx: policy.evidence_of(tx, use)).count == 1
    found = shown(world, group, sent, office.owner)
    assert (found["text"], found["edited_at"]) == ("后天八点", world.clock.now())
    assert found["mentions"] == [office.owner.person]
    assert shown(world, group, quoting, office.owner)["quote"]["text"] == "后天八点"
    versions = world.read(lambda tx: changes.versions(tx, office.owner, group, sent))
    assert [each.fact.text for each in versions] == ["明天八点", "后天八点"]
    position = world.read(lambda tx: tx.position)
    world.edit(office.member, group, sent, "后天八点", mentions=[office.owner.person_id])
    assert world.read(lambda tx: tx.position) == position, "the same again is no edit"
    masked = world.edit(office.member, group, sent, f"找{ID_NUMBER}")
    assert masked.state is MessageState.MASKED and ID_NUMBER not in everything(
        world, office.owner, group
    )
    last = world.entries()[-1]
    assert world.read(lambda tx: sight_of(tx, office.owner, last)) is Sight.LEAF
    assert world.read(lambda tx: sight_of(tx, office.member, last)) is Sight.BODY


def test_its_item_says_whom_it_calls(office: Office) -> None:
    world, group = office.world, office.group()
    owner, administrator = office.owner.person_id, office.administrator.person_id
    sent = world.send(office.member, group, "请看", mentions=[owner]).position

    def called(text: str, *mentions: PersonId) -> object:
        edit = world.edit(office.member, group, sent, text, mentions=mentions).position
        (entry,) = [each for each in world.entries("messaging.edited") if each.position == edit]
        (told,) = world.read(lambda tx: _live.deliveries(world.runtime.new_view(tx), entry))
        assert told.item["mentions"] == list(mentions)
        return told.item["called"]

    assert called("请看看", owner) == []
    assert called("请都看", owner, administrator) == [administrator]
    assert called("请看") == []
    assert called("请再看", administrator, owner) == [], "nobody is called twice"
    first = world.entries("messaging.edited")[1]
    world.write(lambda tx: recalling.recall(tx, office.member, group, sent))
    (told,) = world.read(lambda tx: _live.deliveries(world.runtime.new_view(tx), first))
    assert (told.item["called"], told.item["text"]) == ([], "")


def replayed(tx: ReadTx, position: int) -> dict[str, Any]:
    return replaying.shape(tx, replaying.replay_for_operator(tx, position))


def test_what_was_decided_on_an_edit_is_decided_once_more(office: Office) -> None:
    world, group = office.world, office.group()
    first = world.send(office.owner, group, "好").position
    sent = world.send(office.member, group, "明天八点", quote=first).position
    for text, state in (
        ("后天八点", MessageState.DELIVERED),
        (f"找{ID_NUMBER}", MessageState.MASKED),
    ):
        done = world.edit(office.member, group, sent, text)
        entry = world.entries("messaging.edited")[-1]
        assert entry.position == done.position
        again = world.read(partial(replayed, position=entry.position))
        assert again["state"] == again["again"]["state"] == state and again["same"]
        assert (
            again["clause"]
            == again["again"]["clause"]
            == (dict(done.clause) if done.clause else None)
        )
        assert ID_NUMBER not in str(again)


def test_who_may_and_when(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "明天八点").position
    held = world.send(office.member, group, "这是核心配方").position
    blocked = world.send(office.member, group, "去赌博网站玩").position
    for hidden in (held, blocked, 10**9):
        stopped(
            office, MessageNotFoundError, partial(world.edit, office.member, group, hidden, "好")
        )
    for other in (office.owner, office.administrator):
        stopped(office, NotAllowedError, partial(world.edit, other, group, sent, "好"))
    stopped(office, GroupNotFoundError, lambda: world.edit(office.outsider, group, sent, "好"))
    world.clock.advance(60 * MINUTE + 1)
    stopped(office, EditLateError, lambda: world.edit(office.member, group, sent, "好"))
    world.adopt(lambda text: text)
    stopped(office, EditingOffError, lambda: world.edit(office.member, group, sent, "好"))


def test_nobody_is_called_by_an_edit_who_could_not_be_called(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.owner, group, "开会").position
    for wrong in (ALL, office.outsider.person_id):
        stopped(
            office,
            BadMentionError,
            partial(world.edit, office.owner, group, sent, "开会了", mentions=[wrong]),
        )
    everybody = world.send(office.owner, group, "请看", mentions=("all",), members=3).position
    world.edit(office.owner, group, everybody, "请大家看", mentions=[ALL])


@pytest.mark.parametrize(
    "text", ["这是核心配方", "这是核 心 配 方", "这是核芯配方", "去赌博网站玩", "去赌愽网站玩"]
)
def test_what_would_be_stopped_is_refused_in_disguise_too(office: Office, text: str) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "大家好").position
    fresh = world.send(office.owner, group, text).state
    assert fresh in (MessageState.HELD, MessageState.BLOCKED), "the gate knows it"
    refusal = stopped(
        office, EditStoppedError, lambda: world.edit(office.member, group, sent, text)
    )
    assert isinstance(refusal.data["clause"], dict)
    assert shown(world, group, sent, office.owner)["text"] == "大家好"


def test_a_released_message_may_become_another_but_not_more(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, "这是核心配方").position
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=True, reason=""))
    at = world.entries("messaging.released")[0].position
    stopped(office, EditStoppedError, lambda: world.edit(office.member, group, at, "还是核心配方"))
    world.edit(office.member, group, at, "没什么")
    assert shown(world, group, at, office.owner)["text"] == "没什么"


@pytest.mark.parametrize("place", ["the end", "the beginning", "the middle"])
def test_an_edit_does_not_complete_what_is_split(office: Office, place: str) -> None:
    world, group = office.world, office.group()
    parts = {
        "the end": ("这是核心", "好"),
        "the beginning": ("好", "配方"),
        "the middle": ("核", "好", "方"),
    }
    sent = [world.send(office.member, group, text).position for text in parts[place]]
    world.clock.advance(11 * MINUTE)  # it is not the newest that its author said any more
    world.send(office.member, group, "别的事")
    which, text = {"the end": (1, "配方"), "the beginning": (0, "核心"), "the middle": (1, "心配")}[
        place
    ]
    stopped(office, EditStoppedError, lambda: world.edit(office.member, group, sent[which], text))


@pytest.mark.parametrize("restarted", [False, True])
def test_a_message_does_not_complete_an_edit(office: Office, restarted: bool) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "好").position
    world.clock.advance(11 * MINUTE)
    world.edit(office.member, group, sent, "核心")
    if restarted:
        world.runtime.close()
        world.runtime = open_runtime(world.settings, world.clock)
    done = world.send(office.member, group, "配方")
    assert done.state is MessageState.HELD
    fact = world.entries("messaging.held")[-1].fact
    assert fact.basis.earlier == (world.entries("messaging.edited")[-1].position,)


def test_a_warning_is_answered_with_what_it_gave(office: Office) -> None:
    world, group = office.world, office.group()
    text = "九成新自行车转让，300元面交"
    sent = world.send(office.member, group, "大家好").position
    position = world.read(lambda tx: tx.position)
    warned = world.edit(office.member, group, sent, text)
    assert warned.state is MessageState.WARNED and warned.warned is not None
    assert world.read(lambda tx: tx.position) == position
    world.edit(office.member, group, sent, text, confirm=warned.warned.confirm)
    assert shown(world, group, sent, office.owner)["text"] == text
    assert world.entries()[-1].fact.basis.confirmed


def test_an_edit_is_alerted_on_and_under_pre_review_refused(office: Office) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, "大家好").position
    world.edit(office.member, group, sent, "记者采访来了")
    assert world.entries()[-1].kind == "messaging.alerted"
    for _ in range(3):
        held = world.send(office.member, group, "这是核心配方").position
        world.write(lambda tx, at=held: review.refuse(tx, office.reviewer, at, reason="x"))  # type: ignore[misc]  # bound at once
    stopped(office, EditStoppedError, lambda: world.edit(office.member, group, sent, "没事"))
