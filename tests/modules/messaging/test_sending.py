"""What the gate does with a message: inspected, bounded, and only for members."""

from guiju.kernel.clock import HOUR
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.groups import governing, roster
from guiju.modules.groups.types import GroupClosedError, GroupKind, GroupNotFoundError
from guiju.modules.identity import service as identity
from guiju.modules.messaging import review, service
from guiju.modules.messaging.types import (
    BadMentionError,
    BadQuoteError,
    FloodError,
    MessageBlocked,
    MessageHeld,
    MessageSent,
    MessageState,
    NoMessagesHereError,
    Receipt,
    RulesNotSignedError,
)
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.sending import ID_NUMBER, KINDS, prepared, refused, send_together

# ---- dispositions -----------------------------------------------------------------------------------------------


def test_an_ordinary_message_is_delivered(office: Office) -> None:
    world, group = office.world, office.group()
    receipt = world.send(office.member, group, "明天八点开会", cmid="c-1")
    (entry,) = world.entries(*KINDS)
    assert receipt == Receipt("c-1", MessageState.DELIVERED, entry.position, None, None)
    assert isinstance(entry.fact, MessageSent)
    assert (entry.fact.text, entry.fact.original, entry.fact.cmid) == ("明天八点开会", None, "c-1")
    assert (entry.actor, entry.group, entry.uses) == (office.member.name, group, ())
    assert entry.number == 2, "the first entry of the group was its registration"


def test_a_number_is_masked_under_its_clause(office: Office) -> None:
    world, group = office.world, office.group()
    text = f"我的证件号是{ID_NUMBER}请查收"
    receipt = world.send(office.member, group, text)
    (entry,) = world.entries(*KINDS)
    assert (
        receipt.state is MessageState.MASKED
        and receipt.clause is not None
        and receipt.clause["id"] == "6.9"
    )
    assert receipt.note == receipt.clause["instead"]["zh"]
    assert ID_NUMBER not in entry.fact.text and len(entry.fact.text) == len(text)
    assert (entry.fact.original, entry.fact.spans) == (text, ((6, 24),))
    assert entry.uses == ("6.9/messaging.personal_data",)
    shown = world.read(
        lambda tx: service.timeline(tx, office.owner, group, before=None, limit=50)
    ).items[-1]
    assert service.text_shown(shown) == entry.fact.text


def test_two_hundred_numbers_are_masked_in_one_message(office: Office) -> None:
    """Where they stand goes with the text: a leaf has room for less."""
    world = office.world
    # So many candidates for several kinds are more than is read to its end.
    asked = "kinds: [secrecy, cn_id, tw_id, hk_id, passport, bank_card]"
    world.adopt(lambda text: text.replace(asked, "kinds: [cn_id]"))
    people = [world.person(f"员工{n}") for n in range(50)]
    group = office.world.group(office.owner, [office.administrator], people)
    text = " ".join([ID_NUMBER] * 250)
    mentions = tuple(person.person_id for person in people)
    receipt = world.send(people[0], group, text, mentions=mentions)
    assert receipt.state is MessageState.MASKED
    (entry,) = world.entries(*KINDS)
    assert len(entry.fact.spans) == 200 and ID_NUMBER not in entry.fact.text


def test_a_secret_is_held_for_review(office: Office) -> None:
    world, group = office.world, office.group()
    receipt = world.send(office.member, group, "这是核心配方")
    (entry,) = world.entries(*KINDS)
    assert (
        receipt.state is MessageState.HELD
        and receipt.clause is not None
        and receipt.clause["id"] == "6.7"
    )
    assert isinstance(entry.fact, MessageHeld) and entry.fact.clause == "6.7"
    assert set(entry.uses) == {
        "6.7/messaging.content",
        "6.3/messaging.review",
        "6.7/messaging.review",
    }
    assert entry.fact.due_at == entry.at + 2 * HOUR
    assert [finding[:3] for finding in entry.fact.findings] == [(2, 6, "business_secret")]


def test_gambling_is_blocked(office: Office) -> None:
    world, group = office.world, office.group()
    receipt = world.send(office.member, group, "去赌博网站玩")
    (entry,) = world.entries(*KINDS)
    assert (
        receipt.state is MessageState.BLOCKED
        and receipt.clause is not None
        and receipt.clause["id"] == "6.11"
    )
    assert isinstance(entry.fact, MessageBlocked) and entry.uses == ("6.11/messaging.content",)


def test_the_strictest_rule_decides(office: Office) -> None:
    world, group = office.world, office.group()
    receipt = world.send(office.member, group, f"{ID_NUMBER}这是核心配方")
    assert (
        receipt.state is MessageState.HELD
        and receipt.clause is not None
        and receipt.clause["id"] == "6.7"
    )
    receipt = world.send(office.member, group, f"{ID_NUMBER}核心配方，去赌博网站玩")
    assert (
        receipt.state is MessageState.BLOCKED
        and receipt.clause is not None
        and receipt.clause["id"] == "6.11"
    )


def test_one_refusal_leaves_the_others_of_its_batch_alone(office: Office) -> None:
    world, group = office.world, office.group()
    sends = [
        prepared(office, office.member, group, "一", "b1"),
        prepared(office, office.outsider, group, "二", "b2"),
        prepared(office, office.member, group, "核心配方在此", "b3"),
        prepared(office, office.member, group, "四", "b4", quote=10**9),
        prepared(office, office.owner, group, "五", "b5"),
    ]
    answers = send_together(office, sends)
    assert [answer.state if isinstance(answer, Receipt) else type(answer) for answer in answers] == [
        MessageState.DELIVERED, GroupNotFoundError, MessageState.HELD, BadQuoteError, MessageState.DELIVERED
    ]  # fmt: skip
    entries = world.entries(*KINDS)
    assert [entry.fact.cmid for entry in entries] == ["b1", "b3", "b5"]
    assert [entry.number for entry in entries] == [2, 3, 4], "gapless within the group"


# ---- rules that changed meanwhile -------------------------------------------------------------------------------


def test_a_stale_inspection_is_made_again_in_the_lane(office: Office) -> None:
    world, group = office.world, office.group()
    stale = prepared(office, office.member, group, "打算裁员名单下周公布", "stale")
    free = prepared(office, office.member, group, "去赌博网站玩", "free")
    world.adopt(
        lambda text: text.replace(
            "[business_secret], disposition: hold", "[business_secret], disposition: block"
        )
    )
    answers = send_together(office, [stale])
    assert answers[0].state is MessageState.BLOCKED
    world.adopt(lambda text: text.replace("[gambling, porn, drugs", "[porn, drugs"))
    assert send_together(office, [free])[0].state is MessageState.DELIVERED
    entries = world.entries(*KINDS)
    assert entries[0].fact.ruleset != stale.inspection.ruleset
    assert entries[1].fact.ruleset == world.runtime.inspector.ruleset
    assert entries[1].policy != entries[0].policy


def test_a_pack_with_other_numbers_keeps_its_rule_set(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.member, group, "大家好")
    before = world.runtime.inspector.ruleset
    world.adopt(
        lambda text: text.replace("{messages: 20, seconds: 10}", "{messages: 30, seconds: 10}")
    )
    world.send(office.member, group, "大家好")
    assert world.runtime.inspector.ruleset == before
    assert [entry.fact.ruleset for entry in world.entries(*KINDS)] == [before] * 2


# ---- who, where, what -------------------------------------------------------------------------------------------


def test_outsiders_and_former_members_find_no_group(office: Office) -> None:
    world, group = office.world, office.group()
    refused(office, GroupNotFoundError, office.outsider, group)
    refused(office, GroupNotFoundError, office.registrar, group)
    refused(office, GroupNotFoundError, office.member, GroupId("grp_nothere"))
    world.write(
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x")
    )
    refused(office, GroupNotFoundError, office.member, group)


def test_one_who_wants_to_leave_still_writes(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(lambda tx: roster.ask_to_leave(tx, office.member, group, reason="x"))
    assert world.send(office.member, group, "交接一下").state is MessageState.DELIVERED


def test_rules_come_before_the_first_message(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(lambda tx: governing.publish_rules(tx, office.owner, group, text="一"))
    error = refused(office, RulesNotSignedError, office.member, group)
    assert isinstance(error.data["clause"], dict) and error.data["clause"]["id"] == "5.6"
    world.write(lambda tx: roster.sign_rules(tx, office.member, group, version=1))
    assert world.send(office.member, group, "收到").state is MessageState.DELIVERED


def test_nobody_writes_in_a_closed_group(office: Office) -> None:
    group = office.group()
    office.world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    refused(office, GroupClosedError, office.member, group)
    refused(office, GroupNotFoundError, office.outsider, group)


def test_a_group_on_another_tool_has_no_messages(office: Office) -> None:
    refused(
        office,
        NoMessagesHereError,
        office.member,
        office.group(kind=GroupKind.EXTERNAL_TOOL, tool="QQ"),
    )


def test_an_account_that_is_suspended_writes_nothing(office: Office) -> None:
    world, group = office.world, office.group()
    admin = world.person("周安全", "security_admin")
    account = world.read(lambda tx: identity.find_account_of(tx, office.member.person_id))
    assert account is not None
    world.write(lambda tx: identity.suspend(tx, admin, account.id, reason="调查"))
    refused(office, NotAllowedError, office.member, group)


def test_mentions_are_members(office: Office) -> None:
    world, group = office.world, office.group()
    world.write(
        lambda tx: roster.ask_to_join(
            tx, office.outsider, filing_number="澄群备〔2026〕0001 号", reason="x"
        )
    )
    for stranger in (office.outsider.person_id, PersonId("per_nobody")):
        error = refused(
            office,
            BadMentionError,
            office.member,
            group,
            mentions=(office.owner.person_id, stranger),
        )
        assert error.data == {"person": stranger}
    mentions = (office.owner.person_id, office.administrator.person_id)
    send = prepared(office, office.member, group, "请看", "m", mentions=mentions)
    assert isinstance(send_together(office, [send])[0], Receipt)
    assert world.entries(*KINDS)[0].fact.mentions == mentions


def test_quotes_are_messages_of_this_group_that_the_sender_may_see(office: Office) -> None:
    world, group = office.world, office.group()
    other = office.group(name="澄远另一个工作群")
    first = world.send(office.owner, group, "第一条").position
    held = world.send(office.owner, group, "这是核心配方").position
    blocked = world.send(office.owner, group, "去赌博网站玩").position
    elsewhere = world.send(office.owner, other, "别处的").position
    registered = world.entries("groups.registered")[0].position
    for wrong in (held, blocked, elsewhere, registered, 10**9):
        refused(office, BadQuoteError, office.member, group, quote=wrong)
    world.send(office.member, group, "引用", quote=first)
    entry = world.entries(*KINDS)[-1]
    assert entry.fact.refs == (first,)
    found = world.read(lambda tx: service.quoted(tx, group, first))
    assert found is not None and found[1] == found[2] == world.entries()[first]
    assert world.read(lambda tx: service.quoted(tx, group, held)) is None
    # What came before one's time cannot be quoted either.
    world.write(lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]))
    refused(office, BadQuoteError, office.outsider, group, quote=first)
    # A released message is quoted where it appears.
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""))
    shown = world.entries("messaging.released")[0].position
    refused(office, BadQuoteError, office.member, group, quote=held)
    assert world.send(office.outsider, group, "看到了", quote=shown).state is MessageState.DELIVERED


# ---- flooding ---------------------------------------------------------------------------------------------------


def test_flooding_is_stopped_per_person_and_group(office: Office) -> None:
    world, group = office.world, office.group()
    other = office.group(name="澄远另一个工作群")
    for n in range(20):
        world.send(office.member, group, f"第{n}条")
    error = refused(office, FloodError, office.member, group)
    assert isinstance(error.data["clause"], dict) and error.data["clause"]["id"] == "6.6"
    assert error.data["retry_after"] == 10
    world.send(office.owner, group, "别人照常")
    world.send(office.member, other, "别处照常")
    # Somebody else's refusal in the lane does not open the gate again.
    office.refused(
        GroupNotFoundError, lambda tx: roster.ask_to_leave(tx, office.outsider, group, reason="x")
    )
    world.clock.advance(9_999)
    assert refused(office, FloodError, office.member, group).data["retry_after"] == 1
    world.clock.advance(1)
    world.send(office.member, group, "又可以了")


def test_the_limit_is_the_packs(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(
        lambda text: text.replace("{messages: 20, seconds: 10}", "{messages: 2, seconds: 60}")
    )
    sends = [prepared(office, office.member, group, f"第{n}条", f"f{n}") for n in range(4)]
    answers = send_together(office, sends)
    assert [type(answer) for answer in answers] == [Receipt, Receipt, FloodError, FloodError]
    world.clock.advance(60_000)
    assert isinstance(send_together(office, sends[2:3])[0], Receipt)


def test_a_warned_message_counts_once_it_is_sent(office: Office) -> None:
    world, group = office.world, office.group()
    sale = "九成新自行车转让，300元面交"
    world.adopt(
        lambda text: text.replace("{messages: 20, seconds: 10}", "{messages: 2, seconds: 60}")
    )
    for n in range(4):
        assert world.send(office.member, group, sale, cmid=f"w{n % 2}").state == "warned"
    warned = world.send(office.member, group, sale, cmid="w0").warned
    assert warned is not None
    done = world.send(office.member, group, sale, cmid="w0", confirm=warned.confirm)
    assert done.state == "delivered"
    world.send(office.member, group, "大家好")
    refused(office, FloodError, office.member, group)


def test_a_repeated_message_is_no_flood(office: Office) -> None:
    world, group = office.world, office.group()
    for _ in range(30):
        world.send(office.member, group, "网络不好", cmid="same")
    assert len(world.entries(*KINDS)) == 1
