"""What rules hit, and how often people overrule them."""

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import metrics, review, review_queue
from guiju.modules.messaging.metrics import Level, Measured
from guiju.modules.messaging.review_types import BadRangeError, Verdict
from guiju.modules.messaging.types import MessageSent
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError
from tests.modules.messaging.test_origins import OWN, PLAN, ask
from tests.support.inside import Inside
from tests.support.office import Office
from tests.support.sending import ID_NUMBER, with_editing
from tests.support.uploading import sender

SECRET = "这是核心配方"
SALE = "九成新自行车转让，300元面交"


def decide(office: Office, group: GroupId, verdict: str, text: str = SECRET) -> int:
    world = office.world
    held = world.send(office.member, group, text).position

    def act(tx: WriteTx) -> None:
        if verdict == "refuse":
            review.refuse(tx, office.reviewer, held, reason="涉密")
        else:
            masked = verdict == "mask"
            review.release(tx, office.reviewer, held, masked=masked, reason="")

    if verdict != "wait":
        world.write(act)
    return held


def measured(office: Office, level: Level, actor: Actor | None = None) -> dict[str, Measured]:
    now = office.world.clock.now()
    found = office.world.read(
        lambda tx: metrics.rule_figures(
            tx, actor or office.reviewer, level=level, since=now - DAY, until=now + DAY
        )
    )
    return {each.word or each.figures.rule: each for each in found}


def test_every_hit_is_counted_once_with_what_became_of_it(office: Office) -> None:
    world, group = office.world, office.group()
    other = world.person("周审核", "reviewer")
    for verdict in ("release", "release", "mask", "wait", "release"):
        decide(office, group, verdict)
    refused = decide(office, group, "refuse", "核心配方，核心配方")
    world.write(lambda tx: review.overturn(tx, other, refused, masked=False, reason="误判"))
    kept = decide(office, group, "refuse", "投标底价")
    world.send(office.member, group, "去赌博网站玩")
    world.send(office.member, group, "证件11010119900307889X")
    world.send(office.member, group, "大家好")
    terms = measured(office, "term")
    one = terms["核心配方"].figures
    assert (one.hits, one.held, one.blocked, one.masked, one.delivered) == (6, 6, 0, 0, 0)
    assert (one.released, one.hidden, one.refused, one.waiting) == (4, 1, 0, 1)
    assert (one.reversed, one.share_overturned) == (1, 4 / 5)
    assert terms["投标底价"].figures.refused == 1
    assert terms["投标底价"].figures.share_overturned == 0.0
    lists = measured(office, "list")
    assert lists["business_secret"].figures.hits == 7
    assert lists["business_secret"].figures.refused == 1
    uses = measured(office, "use")
    assert uses["6.7/messaging.content"].figures.held == 7
    assert uses["6.11/messaging.content"].figures.blocked == 1
    assert uses["6.11/messaging.content"].figures.share_overturned is None
    assert uses["6.9/messaging.personal_data"].figures.masked == 1
    assert not any(rule.endswith("/messaging.review") for rule in uses)
    assert kept


def test_edits_count_like_messages(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(with_editing)
    sent = world.send(office.member, group, "明天八点").position
    world.edit(office.member, group, sent, "后天八点")
    assert measured(office, "use") == {}
    world.edit(office.member, group, sent, f"找{ID_NUMBER}")
    warned = world.edit(office.member, group, sent, SALE).warned
    assert warned is not None
    assert measured(office, "use").keys() == {"6.9/messaging.personal_data"}
    world.edit(office.member, group, sent, SALE, confirm=warned.confirm)
    uses = measured(office, "use")
    masked = uses["6.9/messaging.personal_data"].figures
    assert (masked.hits, masked.masked, masked.delivered) == (1, 1, 0)
    confirmed = uses["5.10/messaging.patterns"].figures
    assert (confirmed.hits, confirmed.masked, confirmed.delivered) == (1, 0, 1)
    assert not any(rule.endswith("/messaging.editing") for rule in uses)


def test_a_file_that_says_where_it_comes_from_is_no_hit(office: Office, inside: Inside) -> None:
    ask(office)
    member = sender(office.world, inside, office.member, office.group())
    position = member.sent(member.upload("检修.txt", PLAN), origin=OWN)
    assert "6.39/messaging.origin" in office.world.entries()[position].uses
    assert not any(rule.endswith("/messaging.origin") for rule in measured(office, "use"))


def test_a_decision_of_the_second_line_counts_as_its_verdict(office: Office) -> None:
    world, group = office.world, office.group()
    security = world.person("吴安全", "security_admin")
    held = decide(office, group, "wait")
    world.write(
        lambda tx: review.escalate(
            tx, office.reviewer, held, proposal=Verdict.REFUSED, reason="拿不准"
        )
    )
    world.write(lambda tx: review.release(tx, security, held, masked=False, reason=""))
    one = measured(office, "term")["核心配方"].figures
    assert (one.released, one.reversed, one.share_overturned) == (1, 1, 1.0)


def test_only_the_range_counts(office: Office) -> None:
    world, group = office.world, office.group()
    decide(office, group, "release")
    world.later(3 * DAY)
    assert measured(office, "term") == {}
    decide(office, group, "release")
    assert measured(office, "term")["核心配方"].figures.hits == 1


@pytest.mark.parametrize(("since", "until"), [(5, 5), (6, 5), (0, 732 * DAY)])
def test_a_range_that_is_none_is_refused(office: Office, since: int, until: int) -> None:
    with pytest.raises(BadRangeError):
        office.world.read(
            lambda tx: metrics.rule_figures(
                tx, office.reviewer, level="use", since=since, until=until
            )
        )


def test_who_may_see_them(office: Office) -> None:
    for role in ("security_admin", "audit_admin"):
        assert measured(office, "use", office.world.person(role, role)) == {}
    for actor in (office.member, office.owner, office.registrar, office.head):
        with pytest.raises(NotAllowedError):
            measured(office, "use", actor)


def test_a_pre_review_is_a_rule_too(office: Office) -> None:
    group = office.group()
    for _ in range(3):
        decide(office, group, "refuse")
    decide(office, group, "release", "大家好")
    one = measured(office, "use")["6.3/messaging.prereview"].figures
    assert (one.hits, one.released, one.share_overturned) == (1, 1, 1.0)


def test_what_went_out_with_a_finding_is_counted_and_alerts_alone_are_listed(
    office: Office,
) -> None:
    """No rule of the shipped packs only reports, so such a message is recorded as its gate would."""
    world, group = office.world, office.group()
    sent = MessageSent(group, (), "r", (), (), "c", "说到价格", None)

    def record(tx: WriteTx) -> None:
        permit = policy.require(tx, office.member, "messaging.send", group)
        tx.record(permit.under("6.7/messaging.content"), sent)

    world.write(record)
    one = measured(office, "use")["6.7/messaging.content"].figures
    assert (one.hits, one.delivered, one.held) == (1, 1, 0)
    assert world.read(lambda tx: review_queue.list_alerts(tx, office.reviewer)) == []
    with pytest.raises(NotAllowedError):
        world.read(lambda tx: review_queue.list_alerts(tx, office.owner))
