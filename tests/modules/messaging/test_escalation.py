"""Passing a held message on, and taking another's refusal back."""

from collections.abc import Callable
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import review, review_queue, service
from guiju.modules.messaging.review_types import (
    CannotEscalateError,
    EscalatedError,
    NotRefusedError,
    OwnDecisionError,
    ReviewEscalated,
    Verdict,
)
from guiju.modules.messaging.types import (
    AlreadyDecidedError,
    MessageState,
    OwnMessageError,
    ReasonNeededError,
    ReviewNotFoundError,
)
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office

SECRET = "这是核心配方"
NAMED = "escalate_to: security_admin, escalation_hours: 8"


def escalate(
    actor: Actor, position: int, reason: str = "拿不准", proposal: Verdict | None = None
) -> Callable[[WriteTx], Any]:
    return lambda tx: review.escalate(tx, actor, position, proposal=proposal, reason=reason)


def release(actor: Actor, position: int) -> Callable[[WriteTx], Any]:
    return lambda tx: review.release(tx, actor, position, masked=False, reason="")


def refuse(actor: Actor, position: int) -> Callable[[WriteTx], Any]:
    return lambda tx: review.refuse(tx, actor, position, reason="涉密")


def overturn(actor: Actor, position: int, reason: str = "已公开") -> Callable[[WriteTx], Any]:
    return lambda tx: review.overturn(tx, actor, position, masked=False, reason=reason)


def waiting(office: Office, actor: Actor) -> list[int]:
    found = office.world.read(lambda tx: review_queue.list_reviews(tx, actor, decided=False))
    return [each.row.position for each in found]


def is_reversed(office: Office, position: int) -> bool:
    found = office.world.read(lambda tx: review_queue.get_review(tx, office.reviewer, position))
    return found.queue.is_reversed


@pytest.fixture
def security(office: Office) -> Actor:
    return office.world.person("吴安全", "security_admin")


class TestEscalation:
    def test_only_the_named_role_decides_afterwards(self, office: Office, security: Actor) -> None:
        world, group = office.world, office.group()
        held = world.send(office.member, group, SECRET).position
        assert waiting(office, security) == []
        office.refused(ReviewNotFoundError, release(security, held))
        done = world.write(escalate(office.reviewer, held))
        assert done.queue.line == "security_admin" and done.queue.verdict is None
        (entry,) = world.entries("messaging.escalated")
        assert entry.fact == ReviewEscalated(
            group, (held,), "security_admin", entry.at + 24 * HOUR, None, "拿不准"
        )
        assert "6.7/messaging.review" in entry.uses and entry.actor == office.reviewer.name
        assert waiting(office, office.reviewer) == [] and waiting(office, security) == [held]
        listed = world.read(lambda tx: review_queue.list_escalated(tx, office.reviewer))
        assert [each.row.position for each in listed] == [held]
        for verb in (release, refuse, escalate):
            office.refused(EscalatedError, verb(office.reviewer, held))
        world.write(release(security, held))
        (released,) = world.entries("messaging.released")
        assert released.fact.line == "security_admin" and released.actor == security.name
        office.refused(AlreadyDecidedError, refuse(security, held))

    def test_it_happens_once_and_with_a_reason(self, office: Office, security: Actor) -> None:
        world, group = office.world, office.group()
        held = world.send(office.member, group, SECRET).position
        office.refused(ReasonNeededError, escalate(office.reviewer, held, ""))
        office.refused(ReviewNotFoundError, escalate(office.member, held))
        world.write(escalate(office.reviewer, held))
        office.refused(CannotEscalateError, escalate(security, held))
        world.write(refuse(security, held))
        (entry,) = world.entries("messaging.refused")
        assert entry.fact.line == "security_admin"

    def test_nobody_decides_on_their_own_by_escalation(
        self, office: Office, security: Actor
    ) -> None:
        world = office.world
        group = world.group(office.owner, [office.administrator], [security])
        held = world.send(security, group, SECRET).position
        world.write(escalate(office.reviewer, held))
        assert waiting(office, security) == []
        assert world.read(lambda tx: review_queue.count_waiting(tx, security)) == 0
        office.refused(OwnMessageError, release(security, held))
        office.refused(OwnMessageError, refuse(security, held))
        with pytest.raises(ReviewNotFoundError):
            world.read(lambda tx: review_queue.open_review(tx, security, held))
        other = world.person("郑安全", "security_admin")
        assert waiting(office, other) == [held]

    def test_whoever_passed_it_on_does_not_decide_in_the_next_line(
        self, office: Office, security: Actor
    ) -> None:
        world = office.world
        both = world.person("郑安全", "reviewer", "security_admin")
        held = world.send(office.member, office.group(), SECRET).position
        world.write(escalate(both, held))
        for verb in (release, refuse):
            office.refused(OwnDecisionError, verb(both, held))
        found = world.read(lambda tx: review_queue.get_review(tx, both, held))
        may = world.read(lambda tx: review_queue.choices(tx, both, found))
        assert not may.decide and not may.overturn
        world.write(refuse(security, held))
        office.refused(OwnDecisionError, overturn(both, held))

    def test_the_second_line_sees_only_what_came_to_it(
        self, office: Office, security: Actor
    ) -> None:
        world, group = office.world, office.group()
        first = world.send(office.member, group, SECRET).position
        second = world.send(office.member, group, SECRET).position
        world.write(escalate(office.reviewer, first))
        world.write(refuse(office.reviewer, second))
        with pytest.raises(ReviewNotFoundError):
            world.read(lambda tx: review_queue.get_review(tx, security, second))
        world.write(refuse(security, first))
        done = world.read(lambda tx: review_queue.list_reviews(tx, security, decided=True))
        assert [each.row.position for each in done] == [first]
        both = world.read(lambda tx: review_queue.list_reviews(tx, office.reviewer, decided=True))
        assert [each.row.position for each in both] == [first, second]
        with pytest.raises(NotAllowedError):
            world.read(lambda tx: review_queue.list_escalated(tx, security))

    def test_without_a_named_role_nothing_is_passed_on(
        self, office: Office, security: Actor
    ) -> None:
        world = office.world
        world.adopt(lambda text: text.replace(f", {NAMED}", ""))
        held = world.send(office.member, office.group(), SECRET).position
        office.refused(CannotEscalateError, escalate(office.reviewer, held))
        with pytest.raises(NotAllowedError):
            waiting(office, security)
        may = world.read(
            lambda tx: review_queue.choices(
                tx, office.reviewer, review_queue.get_review(tx, office.reviewer, held)
            )
        )
        assert (may.decide, may.escalate_to) == (True, None)

    def test_what_waits_is_not_lost_when_the_pack_names_another_role(
        self, office: Office, security: Actor
    ) -> None:
        world = office.world
        held = world.send(office.member, office.group(), SECRET).position
        world.write(escalate(office.reviewer, held))
        world.adopt(lambda text: text.replace("escalate_to: security_admin", "escalate_to: hr"))
        assert waiting(office, security) == [held]
        assert waiting(office, world.person("冯人事", "hr")) == []
        world.write(release(security, held))

    @pytest.mark.parametrize("late", ["remind", "escalate"])
    def test_what_is_late_passes_by_itself_where_the_pack_says_so(
        self, office: Office, security: Actor, late: str
    ) -> None:
        world = office.world
        world.adopt(lambda text: text.replace(NAMED, f"{NAMED}, on_late: {late}"))
        held = world.send(office.member, office.group(), SECRET).position
        world.later(2 * HOUR)
        assert len(world.entries("messaging.review_late")) == 1
        passed = world.entries("messaging.escalated")
        assert waiting(office, security) == ([held] if late == "escalate" else [])
        if late == "remind":
            assert passed == []
            return
        assert passed[0].actor == "system:review" and passed[0].fact.reason == ""
        world.later(48 * HOUR)
        late_ones = world.facts("messaging.review_late")
        assert [each.line for each in late_ones] == [None, "security_admin"]
        assert len(world.entries("messaging.escalated")) == 1


class TestReversals:
    def test_another_reviewer_takes_a_refusal_back(self, office: Office) -> None:
        world, group = office.world, office.group()
        other = world.person("周审核", "reviewer")
        held = world.send(office.member, group, SECRET).position
        office.refused(NotRefusedError, overturn(other, held))
        world.write(refuse(office.reviewer, held))
        office.refused(OwnDecisionError, overturn(office.reviewer, held))
        office.refused(ReasonNeededError, overturn(other, held, ""))
        office.refused(ReviewNotFoundError, overturn(office.member, held))
        done = world.write(overturn(other, held))
        (entry,) = world.entries("messaging.released")
        (refused,) = world.entries("messaging.refused")
        assert entry.fact.overturns == refused.position and entry.fact.refs == (held,)
        assert done.row.state is MessageState.RELEASED and done.row.shown == entry.position
        assert is_reversed(office, held)
        office.refused(NotRefusedError, overturn(office.reviewer, held))
        seen = world.read(
            lambda tx: service.timeline(tx, office.member, group, before=None, limit=50)
        )
        kinds = [each.kind for each in seen.items if each.kind.startswith("messaging.")]
        assert kinds == ["messaging.released"], "it stands there once, where it appeared"

    def test_nobody_overturns_what_became_of_their_own(self, office: Office) -> None:
        world = office.world
        other = world.person("周审核", "reviewer")
        group = world.group(office.owner, [office.administrator], [other])
        held = world.send(other, group, SECRET).position
        world.write(refuse(office.reviewer, held))
        office.refused(OwnMessageError, overturn(other, held))

    def test_a_refusal_of_the_second_line_stays_with_it(
        self, office: Office, security: Actor
    ) -> None:
        world, group = office.world, office.group()
        held = world.send(office.member, group, SECRET).position
        world.write(escalate(office.reviewer, held))
        world.write(refuse(security, held))
        office.refused(EscalatedError, overturn(office.reviewer, held))
        other = world.person("郑安全", "security_admin")
        world.write(overturn(other, held))
        assert world.facts("messaging.released")[0].line == "security_admin"

    @pytest.mark.parametrize(
        ("proposal", "verdict", "turned"),
        [
            (Verdict.RELEASED, refuse, True),
            (Verdict.MASKED, refuse, True),
            (Verdict.REFUSED, refuse, False),
            (Verdict.REFUSED, release, True),
            (Verdict.RELEASED, release, False),
            (None, release, False),
            (None, refuse, False),
        ],
    )
    def test_a_decision_against_the_proposal_is_a_reversal(
        self,
        office: Office,
        security: Actor,
        proposal: Verdict | None,
        verdict: Any,
        turned: bool,
    ) -> None:
        world = office.world
        held = world.send(office.member, office.group(), SECRET).position
        world.write(escalate(office.reviewer, held, proposal=proposal))
        world.write(verdict(security, held))
        assert is_reversed(office, held) is turned


def said(office: Office, group: GroupId, *texts: str) -> None:
    for text in texts:
        office.world.send(office.owner, group, text)


class TestContext:
    def test_what_came_before_and_after_without_the_message_itself(self, office: Office) -> None:
        world, group = office.world, office.group()
        said(office, group, "一", "二")
        held = world.send(office.member, group, SECRET).position
        said(office, group, "三", "四", "五", "六")
        world.write(release(office.reviewer, held))
        found = world.read(lambda tx: review_queue.get_review(tx, office.reviewer, held))
        after = world.read(lambda tx: review_queue.messages_after(tx, found))
        before = world.read(lambda tx: review_queue.messages_before(tx, found))
        assert [each.fact.text for each in before] == ["一", "二"]
        assert [each.fact.text for each in after] == ["三", "四", "五"]

    def test_similar_decisions_are_those_of_the_same_rule_and_term(self, office: Office) -> None:
        world, group = office.world, office.group()
        other = office.world.send(office.member, group, "投标底价是多少").position
        world.write(refuse(office.reviewer, other))
        earlier = []
        for decide in (release, refuse):
            position = world.send(office.member, group, f"问一下{SECRET}").position
            world.write(decide(office.reviewer, position))
            earlier.append(position)
        disguised = world.send(office.member, group, "问 核 心 配 方").position
        undecided = world.send(office.owner, group, SECRET).position
        found = world.read(lambda tx: review_queue.get_review(tx, office.reviewer, disguised))
        similar = world.read(lambda tx: review_queue.similar_decisions(tx, found))
        assert [each.row.position for each in similar] == earlier[::-1]
        assert undecided not in [each.row.position for each in similar]
        assert [each.queue.verdict for each in similar] == [Verdict.REFUSED, Verdict.RELEASED]
