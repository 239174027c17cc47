"""How a bot comes to be: asked for by the owner, decided on where the clause wants it, and counted."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import RequestId, Verdict
from guiju.modules.bots import service
from guiju.modules.bots.types import (
    BadBotError,
    Bot,
    BotAsked,
    BotCreated,
    BotEnded,
    BotNotActiveError,
    BotNotFoundError,
    BotsNotAllowedError,
    Incoming,
    KeyIssued,
    TooManyBotsError,
)
from guiju.modules.groups import governing
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.robots import free_bots, make_bot


def ask(office: Office, group: GroupId, who: Actor | None = None, name: str = "告警") -> Bot:
    return office.world.write(
        lambda tx: service.ask(tx, who or office.owner, group, name=name, purpose="转发告警")
    )


def decide(office: Office, request: RequestId | None, verdict: Verdict) -> None:
    assert request is not None
    office.world.write(
        lambda tx: approvals.decide(tx, office.head, request, verdict=verdict, opinion="不需要")
    )


def test_the_head_decides_and_the_clause_is_named(office: Office) -> None:
    office.world.adopt(lambda text: free_bots(text, approval="head"))
    world, group = office.world, office.group()
    made = ask(office, group)
    assert made.state == "waiting" and world.todo(office.head)[0].title == "告警"
    subject = world.read(lambda tx: service.describe(tx, made.id))
    assert subject["purpose"] == "转发告警" and subject["group"]["id"] == group
    office.refused(
        BotNotActiveError, lambda tx: service.issue_key(tx, office.owner, group, made.id)
    )
    decide(office, made.request, Verdict.APPROVE)
    (asked,), (created,) = world.entries("bots.asked"), world.entries("bots.created")
    assert isinstance(asked.fact, BotAsked) and isinstance(created.fact, BotCreated)
    assert created.fact.responsible == office.owner.person and created.actor == office.head.person
    use = world.read(lambda tx: policy.use_ids(tx, "bots.incoming"))
    assert use and asked.uses == created.uses == use
    world.write(lambda tx: service.issue_key(tx, office.owner, group, made.id))
    issued = world.entries("bots.key_issued")[-1]
    assert isinstance(issued.fact, KeyIssued) and issued.uses == use


def test_a_refused_or_withdrawn_request_ends_the_bot(office: Office) -> None:
    world, group = office.world, office.group()
    refused, withdrawn = ask(office, group), ask(office, group, name="日报")
    decide(office, refused.request, Verdict.REFUSE)
    request = withdrawn.request
    assert request is not None
    world.write(lambda tx: approvals.withdraw(tx, office.owner, request))
    ended = world.facts("bots.ended")
    assert [type(fact) for fact in ended] == [BotEnded, BotEnded]
    assert [fact.why for fact in ended] == ["refused", "withdrawn"]
    assert world.read(lambda tx: service.list_bots(tx, office.member, group)) == []


def test_what_has_lost_its_ground_is_not_created(office: Office) -> None:
    world, group = office.world, office.group()
    made = ask(office, group)
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="完成"))
    decide(office, made.request, Verdict.APPROVE)
    assert world.facts("bots.created") == []
    assert world.facts("bots.ended")[-1].why == "group_closed"


def test_without_an_approval_it_is_there_at_once(office: Office) -> None:
    office.world.adopt(free_bots)
    group = office.group()
    assert make_bot(office.world, office.owner, group).state == "active"


def test_only_the_owner_asks_and_outsiders_find_nothing(office: Office) -> None:
    office.world.adopt(free_bots)
    group = office.group()
    bot = make_bot(office.world, office.owner, group)
    insiders = [(office.member, NotAllowedError), (office.administrator, NotAllowedError)]
    for who, error in (*insiders, (office.outsider, GroupNotFoundError)):

        def asks(tx: WriteTx, who: Actor = who) -> None:
            service.ask(tx, who, group, name="x", purpose="x")

        def issues(tx: WriteTx, who: Actor = who) -> None:
            service.issue_key(tx, who, group, bot.id)

        def removes(tx: WriteTx, who: Actor = who) -> None:
            service.remove(tx, who, group, bot.id)

        for verb in (asks, issues, removes):
            office.refused(error, verb)
    with pytest.raises(GroupNotFoundError):
        office.world.read(lambda tx: service.list_bots(tx, office.outsider, group))
    other = office.group(name="澄远第900号工作群")
    office.refused(BotNotFoundError, lambda tx: service.remove(tx, office.owner, other, bot.id))
    with pytest.raises(NotAllowedError):
        office.world.read(lambda tx: service.list_register(tx, office.owner, after=0, limit=50))
    page = office.world.read(lambda tx: service.list_register(tx, office.registrar, after=0, limit=50))  # fmt: skip
    assert [each.id for each in page.items] == [bot.id]


def test_a_group_has_as_many_as_the_clause_says_and_in_its_classes(office: Office) -> None:
    office.world.adopt(lambda text: free_bots(text, ", per_group: 1"))
    group = office.group()
    make_bot(office.world, office.owner, group)
    error = office.refused(TooManyBotsError, lambda tx: service.ask(tx, office.owner, group, name="x", purpose="x"))  # fmt: skip
    assert error.data["per_group"] == 1 and error.data["clause"]
    office.world.adopt(lambda text: free_bots(text, ", classes: [company]"))
    refused = office.refused(BotsNotAllowedError, lambda tx: service.ask(tx, office.owner, group, name="x", purpose="x"))  # fmt: skip
    assert refused.data["clause"]


def test_without_a_clause_the_head_decides(office: Office) -> None:
    office.world.adopt(lambda text: free_bots(text).replace("      - use: bots.incoming\n        with: {approval: none}\n", ""))  # fmt: skip
    assert office.world.read(lambda tx: policy.uses(tx, "bots.incoming")) == ()
    made = ask(office, office.group())
    assert made.state == "waiting" and Incoming().approval == "head"


@pytest.mark.parametrize(("name", "purpose"), [("", "x"), ("x" * 21, "x"), ("a\nb", "x"), ("x", ""), ("x", "y" * 201), ("\x00", "x")])  # fmt: skip
def test_bad_names_and_purposes_are_refused(office: Office, name: str, purpose: str) -> None:
    group = office.group()
    office.refused(BadBotError, lambda tx: service.ask(tx, office.owner, group, name=name, purpose=purpose))  # fmt: skip


def test_a_name_is_inspected(office: Office) -> None:
    group = office.group()
    office.refused(TextRefusedError, lambda tx: service.ask(tx, office.owner, group, name="赌博网站", purpose="x"))  # fmt: skip
