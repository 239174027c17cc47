"""Decisions in their context: classes, conditions, who is present; warnings, alerts, quotes, and several messages as one."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE
from guiju.kernel.facts import schema_of
from guiju.modules.directory import service as directory
from guiju.modules.groups import roster
from guiju.modules.messaging import _live
from guiju.modules.messaging.types import (
    NOWHERE,
    MessageAlerted,
    MessageHeld,
    MessageSent,
    MessageState,
    Receipt,
)
from guiju.modules.policy import service as policy
from guiju.setup import SYSTEM
from tests.support.office import Office
from tests.support.sending import KINDS, prepared, send_together

ID_NUMBER = "11010119900307889X"
SALE = "九成新自行车转让，300元面交"
PRESS = "听说记者采访要来"
SECRET = "[business_secret], disposition: hold"


def scoped(rule: str) -> str:
    return f"[business_secret], disposition: hold, {rule}"


# ---- where a rule holds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ("classes: [workshop]", MessageState.HELD),
        ("classes: [department]", MessageState.DELIVERED),
        ("when: 'sender.role == \"member\"'", MessageState.HELD),
        ("when: 'sender.role == \"owner\"'", MessageState.DELIVERED),
        ("when: 'audience.size > 2 && !audience.external'", MessageState.HELD),
        ("when: 'audience.size > 3 || audience.external'", MessageState.DELIVERED),
        ("when: 'group.level == \"internal\" && message.length < 8'", MessageState.HELD),
        ("when: 'message.length > 8'", MessageState.DELIVERED),
        ("when: '1 / (audience.size - 3) > 0'", MessageState.HELD),
    ],
)
def test_a_rule_holds_where_its_clause_says(office: Office, rule: str, state: MessageState) -> None:
    world, group = office.world, office.group()
    world.adopt(lambda text: text.replace(SECRET, scoped(rule)))
    assert world.send(office.member, group, "这是核心配方").state is state
    (entry,) = world.entries(*KINDS)
    context = entry.fact.basis and entry.fact.basis.context
    if state is MessageState.HELD:
        assert (context.group_class, context.level, context.role) == (
            "workshop",
            "internal",
            "member",
        )
        assert (context.size, context.external) == (3, False)
    else:
        assert entry.uses == ()


def test_a_guest_from_outside_changes_what_may_be_said(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(lambda text: text.replace(SECRET, scoped("when: audience.external")))
    assert world.send(office.member, group, "这是核心配方").state is MessageState.DELIVERED
    guest = world.write(
        lambda tx: directory.add_person(tx, SYSTEM, name="客人", staff_no="G1", unit=None)
    )
    assert world.read(directory.people_outside) == {guest.id}
    from_outside = world.person("周客人")
    world.write(lambda tx: roster.admit(tx, office.owner, group, [from_outside.person_id]))
    assert world.send(office.member, group, "这是核心配方").state is MessageState.DELIVERED


# ---- warnings ---------------------------------------------------------------------------------------------------


def test_a_warning_leaves_nothing_until_it_is_confirmed(office: Office) -> None:
    world, group = office.world, office.group()
    before = world.read(lambda tx: tx.position)
    first = world.send(office.member, group, SALE, cmid="w")
    assert first.state is MessageState.WARNED and first.position == NOWHERE
    assert first.clause is not None and first.clause["id"] == "5.10" and first.note is not None
    assert first.warned is not None and first.warned.ruleset == world.runtime.inspector.ruleset
    assert [found.rule for found in first.warned.findings] == ["private_sale"]
    assert world.read(lambda tx: tx.position) == before
    assert world.send(office.member, group, SALE, cmid="w").state is MessageState.WARNED
    assert (
        world.send(office.member, group, SALE, cmid="w", confirm=first.warned.ruleset).state
        is MessageState.WARNED
    )
    done = world.send(office.member, group, SALE, cmid="w", confirm=first.warned.confirm)
    (entry,) = world.entries(*KINDS)
    assert done.state is MessageState.DELIVERED and done.position == entry.position
    assert entry.uses == ("5.10/messaging.patterns",) and entry.fact.basis.confirmed
    again = world.send(office.member, group, SALE, cmid="w", confirm=first.warned.confirm)
    assert again == done, "the same message again gets the same receipt"


def test_the_answer_to_a_warning_is_of_one_message(office: Office) -> None:
    world, group = office.world, office.group()
    warned = world.send(office.member, group, SALE).warned
    assert warned is not None
    for sender, text in ((office.owner, SALE), (office.member, f"{SALE}！")):
        answer = world.send(sender, group, text, confirm=warned.confirm)
        assert answer.state is MessageState.WARNED
    ahead = world.runtime.inspector.ruleset
    assert world.send(office.member, group, SALE, confirm=ahead).state is MessageState.WARNED
    done = world.send(office.member, group, SALE, confirm=warned.confirm)
    assert done.state is MessageState.DELIVERED


def test_a_warning_does_not_stop_the_rest_of_its_batch(office: Office) -> None:
    group = office.group()
    sends = [
        prepared(office, office.member, group, text, f"b{n}")
        for n, text in enumerate(("一", SALE, "三"))
    ]
    warned = office.world.send(office.member, group, SALE, cmid="b1").warned
    assert warned is not None
    again = prepared(office, office.member, group, SALE, "b1", confirm=warned.confirm)
    answers = send_together(office, [*sends, again])
    assert [answer.state for answer in answers] == ["delivered", "warned", "delivered", "delivered"]
    assert [entry.fact.cmid for entry in office.world.entries(*KINDS)] == ["b0", "b2", "b1"]


def test_a_stricter_rule_is_not_confirmed_away(office: Office) -> None:
    world, group = office.world, office.group()
    text = f"{SALE}，这是核心配方"
    done = world.send(office.member, group, text, confirm=world.runtime.inspector.ruleset)
    assert (
        done.state is MessageState.HELD and done.clause is not None and done.clause["id"] == "6.7"
    )
    text = f"{SALE} {ID_NUMBER}"
    warned = world.send(office.member, group, text).warned
    assert warned is not None
    masked = world.send(office.member, group, text, confirm=warned.confirm)
    assert masked.state is MessageState.MASKED
    assert ID_NUMBER not in world.entries("messaging.sent")[-1].fact.text


# ---- alerts -----------------------------------------------------------------------------------------------------


def test_an_alert_tells_the_reviewers_and_nobody_else(office: Office) -> None:
    world, group = office.world, office.group()
    receipt = world.send(office.member, group, PRESS)
    assert receipt == Receipt(receipt.cmid, MessageState.DELIVERED, receipt.position, None, None)
    sent, alerted = world.entries("messaging.sent", "messaging.alerted")
    assert isinstance(sent.fact, MessageSent) and sent.uses == ()
    assert isinstance(alerted.fact, MessageAlerted) and alerted.fact.refs == (sent.position,)
    assert alerted.uses == ("5.13/messaging.patterns",) and alerted.actor == "system:inspection"
    assert alerted.fact.findings[0][2:] == ("outside_coverage", "outside_coverage", "记者采访")
    assert (
        world.read(
            lambda tx: policy.evidence_of(tx, policy.uses(tx, "messaging.patterns")[1])
        ).count
        == 1
    )


def test_the_leaf_of_an_alerted_message_is_that_of_any_message(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(lambda text: text.replace(SECRET, "[business_secret], disposition: alert"))
    world.send(office.member, group, "听说食堂明天要来")
    world.send(office.member, group, PRESS)
    said(office, office.member, group, "这是核心", "配方")
    leaves = [schema_of(each.fact).split(each.fact) for each in world.entries("messaging.sent")]
    plain = leaves[0].clear
    assert [leaf.clear for leaf in leaves] == [plain] * 4 and plain["basis"] is None
    alone, crossed = world.entries("messaging.alerted")
    assert alone.fact.basis.context.size == 3 and alone.fact.basis.earlier == ()
    assert len(crossed.fact.basis.earlier) == 1
    assert "basis" in schema_of(alone.fact).sealed


def test_an_alert_leaves_no_gap_in_the_group_and_its_sender_unaware(office: Office) -> None:
    world, group = office.world, office.group()
    for text in ("大家好", PRESS, "收到"):
        world.send(office.member, group, text)
    numbers = [entry.number or 0 for entry in world.entries("messaging.sent")]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    (alerted,) = world.entries("messaging.alerted")
    assert alerted.group is None and alerted.number is None and alerted.fact.within == group
    (told,) = world.read(lambda tx: _live.deliveries(world.runtime.new_view(tx), alerted))
    roles = frozenset({"reviewer"})
    assert told.reaches(office.reviewer.person_id, roles, present=True)
    assert not told.reaches(office.member.person_id, roles, present=True)


def test_an_alert_does_not_show_in_what_a_stricter_rule_tells(office: Office) -> None:
    world, group = office.world, office.group()
    receipt = world.send(office.member, group, f"{PRESS}，这是核心配方")
    held, alerted = world.entries("messaging.held", "messaging.alerted")
    assert receipt.state is MessageState.HELD and isinstance(held.fact, MessageHeld)
    assert [finding[3] for finding in held.fact.findings] == ["business_secret"]
    assert not any("patterns" in use for use in held.uses)
    assert alerted.fact.refs == (held.position,)


def test_the_earlier_half_of_an_alert_does_not_show_beside_a_stricter_rule(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(lambda text: text.replace(SECRET, "[business_secret], disposition: alert"))
    said(office, office.member, group, "这是核心", "配方，赌博网站")
    (blocked,), (alerted,) = world.entries("messaging.blocked"), world.entries("messaging.alerted")
    assert blocked.fact.basis.earlier == () and len(alerted.fact.basis.earlier) == 1


# ---- what a message quotes --------------------------------------------------------------------------------------


def test_what_is_quoted_is_inspected_by_the_rules_of_today(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(lambda text: text.replace(SECRET, scoped("classes: [department]")))
    early = world.send(office.owner, group, "这是核心配方").position
    assert world.send(office.member, group, "同意", quote=early).state is MessageState.DELIVERED
    world.adopt(lambda text: text)
    held = world.send(office.member, group, "同意", quote=early)
    assert (
        held.state is MessageState.HELD and held.clause is not None and held.clause["id"] == "6.7"
    )
    fact = world.entries("messaging.held")[-1].fact
    assert [finding[:2] for finding in fact.findings] == [(0, 0)], "not in the text itself"


def test_a_reply_completes_what_it_quotes(office: Office) -> None:
    """Quote and reply stand together on every screen, whoever wrote the first half."""
    world, group = office.world, office.group()
    half = world.send(office.owner, group, "有个赌博").position
    world.send(office.owner, group, "网站")  # its own author already completes it here
    blocked = world.send(office.member, group, "网站", quote=half)
    assert blocked.state is MessageState.BLOCKED
    number = world.send(office.owner, group, f"证件{ID_NUMBER[:10]}").position
    world.send(office.member, group, f"{ID_NUMBER[10:]}", quote=number)
    reply = world.entries("messaging.sent")[-1].fact
    assert reply.text == "****889X" and reply.original == ID_NUMBER[10:]
    assert world.send(office.member, group, "收到", quote=number).state is MessageState.DELIVERED


# ---- several messages as one ------------------------------------------------------------------------------------


def said(office: Office, sender: Actor, group: object, *texts: str) -> list[MessageState]:
    return [office.world.send(sender, group, text).state for text in texts]  # type: ignore[arg-type]  # a group's id


def test_one_character_a_message(office: Office) -> None:
    world, group = office.world, office.group()
    states = said(office, office.member, group, "你看", "赌", "博", "网", "站")
    assert states == [MessageState.DELIVERED] * 4 + [MessageState.BLOCKED]
    fact = world.entries("messaging.blocked")[0].fact
    sent = [entry.position for entry in world.entries("messaging.sent")]
    assert fact.basis.earlier == tuple(sent[1:]) and fact.findings[0][:2] == (0, 1)


def test_a_number_cut_in_two_is_masked_in_its_second_half(office: Office) -> None:
    world, group = office.world, office.group()
    said(office, office.member, group, f"我的证件{ID_NUMBER[:10]}", f"{ID_NUMBER[10:]}请登记")
    first, second = world.entries("messaging.sent")
    assert (
        second.fact.text == "****889X请登记" and second.fact.original == f"{ID_NUMBER[10:]}请登记"
    )
    assert second.fact.basis.earlier == (first.position,) and second.uses == (
        "6.9/messaging.personal_data",
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"{ID_NUMBER[:14]}-", ID_NUMBER[14:]),
        (f"证件{ID_NUMBER[:14]}", f"——{ID_NUMBER[14:]}"),
        ("１１０１０１１９９００３０７", "８８９Ｘ"),
    ],
)
def test_a_number_is_joined_over_signs_and_wide_digits(
    office: Office, first: str, second: str
) -> None:
    group = office.group()
    states = said(office, office.member, group, first, second)
    assert states == [MessageState.DELIVERED, MessageState.MASKED]


def test_a_filler_between_two_halves_is_skipped(office: Office) -> None:
    world, group = office.world, office.group()
    states = said(office, office.member, group, "这是核心", "嗯", "配方")
    assert states == [MessageState.DELIVERED] * 2 + [MessageState.HELD]
    (held,) = world.entries("messaging.held")
    assert held.fact.basis.earlier == tuple(
        entry.position for entry in world.entries("messaging.sent")
    )


@pytest.mark.parametrize(
    "texts",
    [
        ("他问标", "底线在哪"),
        ("我们下午去打听一下大", "麻烦你等等"),
        ("大家好", "好的", "收到"),
        ("编号1101011990", "0307 件"),
    ],
)
def test_neighbours_that_have_nothing_to_do_with_one_another(
    office: Office, texts: tuple[str, ...]
) -> None:
    group = office.group()
    assert set(said(office, office.member, group, *texts)) == {MessageState.DELIVERED}


def test_only_the_same_person_s_messages_of_the_last_minutes_in_one_group_are_joined(
    office: Office,
) -> None:
    world, group = office.world, office.group()
    other = office.group(name="澄远另一个工作群")
    assert said(office, office.member, group, "赌博") == [MessageState.DELIVERED]
    assert said(office, office.owner, group, "网站") == [MessageState.DELIVERED]
    assert said(office, office.member, other, "网站") == [MessageState.DELIVERED]
    world.clock.advance(10 * MINUTE)
    assert said(office, office.member, group, "网站") == [MessageState.DELIVERED]
    assert said(office, office.member, group, "赌博", "网站") == [
        MessageState.DELIVERED,
        MessageState.BLOCKED,
    ]


def test_the_earlier_ones_of_one_batch_count_and_have_their_places(office: Office) -> None:
    group = office.group()
    sends = [
        prepared(office, office.member, group, text, f"p{n}")
        for n, text in enumerate("看赌博网站吗")
    ]
    answers = send_together(office, sends)
    assert [answer.state for answer in answers] == [*["delivered"] * 4, "blocked", "delivered"]
    blocked = office.world.entries("messaging.blocked")[0]
    assert blocked.fact.basis.earlier == tuple(answer.position for answer in answers[1:4])


def test_a_lost_cache_is_filled_from_the_tables(office: Office) -> None:
    world, group = office.world, office.group()
    said(office, office.member, group, "赌博")
    world.write(lambda tx: tx.forget_all())
    assert said(office, office.member, group, "网站") == [MessageState.BLOCKED]
