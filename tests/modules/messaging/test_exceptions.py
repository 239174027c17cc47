"""Phrases that a rule lets pass until a day."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging import (
    _hit_store,
    _review_shape,
    _review_store,
    exceptions,
    review,
    review_queue,
)
from guiju.modules.messaging._review_rules import (
    folded,
    is_covered,
    phrase_of,
    term_digest,
)
from guiju.modules.messaging.review_types import (
    Allowed,
    BadExceptionError,
    ExceptionEndedError,
    ExceptionGranted,
    ExceptionNotFoundError,
    ExceptionRevoked,
    Permission,
)
from guiju.modules.messaging.types import MessageState, ReasonNeededError
from guiju.modules.policy.types import NotAllowedError
from tests.support.office import Office
from tests.support.sending import prepared, send_together

SECRET = "这是核心配方"


def allow(office: Office, group: GroupId, text: str = SECRET, **asked: Any) -> int:
    """Release a held message and let the phrase of its first finding pass; the position of the exception."""
    held = office.world.send(office.member, group, text).position
    until = office.world.clock.now() + asked.pop("days", 3) * DAY
    wanted = Permission(asked.pop("finding", 0), until, asked.pop("everywhere", False))
    office.world.write(
        lambda tx: review.release(
            tx, office.reviewer, held, masked=False, reason="已公开", allow=wanted
        )
    )
    return office.world.entries("messaging.exception_granted")[-1].position


def state(office: Office, group: GroupId, text: str) -> MessageState:
    return office.world.send(office.member, group, text).state


class TestExceptions:
    def test_the_phrase_passes_however_it_is_written_and_nothing_else_does(
        self, office: Office
    ) -> None:
        world, group = office.world, office.group()
        position = allow(office, group)
        (entry,) = world.entries("messaging.exception_granted")
        assert entry.position == position and entry.actor == office.reviewer.name
        assert entry.fact.rule == "business_secret" and entry.fact.phrase == "核心配方"
        assert "6.7/messaging.review" in entry.uses
        assert isinstance(entry.fact, ExceptionGranted) and entry.fact.group == group
        for text in (SECRET, "问下核 心 配 方", "核心配方呢"):
            assert state(office, group, text) is MessageState.DELIVERED
        assert state(office, group, "投标底价是多少") is MessageState.HELD
        assert state(office, group, "核心配方和投标底价") is MessageState.HELD
        held = world.entries("messaging.held")[-1]
        assert [finding[4] for finding in held.fact.findings] == ["投标底价"], (
            "the other is dropped"
        )
        delivered = world.entries("messaging.sent")[-1]
        assert delivered.uses == (), "no clause acted"

    def test_what_else_is_found_still_counts(self, office: Office) -> None:
        group = office.group()
        allow(office, group)
        assert state(office, group, "核心配方去赌博网站玩") is MessageState.BLOCKED
        assert state(office, group, "核心配方11010119900307889X") is MessageState.MASKED
        shown = office.world.facts("messaging.sent")[-1]
        assert shown.text == "核心配方110101********889X"

    def test_a_text_that_is_not_read_to_its_end_is_held_all_the_same(self, office: Office) -> None:
        group, much = office.group(), "核心配方，" * 501
        allow(office, group)
        assert state(office, group, much) is MessageState.HELD
        held = office.world.entries("messaging.held")[-1]
        assert [finding[2] for finding in held.fact.findings] == ["overflow"]
        assert held.uses[0] == "6.10/messaging.content", "what blocks was not looked for to the end"
        with pytest.raises(BadExceptionError):
            allow(office, group, much)
        assert len(office.world.facts("messaging.exception_granted")) == 1
        assert state(office, group, much + "赌博网站") is MessageState.BLOCKED

    def test_it_holds_in_its_group_or_everywhere(self, office: Office) -> None:
        here, there = office.group(), office.group(name="澄远另一个工作群")
        allow(office, here)
        assert state(office, there, SECRET) is MessageState.HELD
        allow(office, here, "投标底价", everywhere=True)
        assert state(office, there, "投标底价") is MessageState.DELIVERED

    def test_it_ends_by_itself(self, office: Office) -> None:
        world, group = office.world, office.group()
        allow(office, group, days=1)
        world.clock.advance(DAY - 1)
        assert state(office, group, SECRET) is MessageState.DELIVERED
        assert len(self.listed(office)) == 1
        world.clock.advance(1)
        assert state(office, group, SECRET) is MessageState.HELD
        assert self.listed(office) == [] and len(self.listed(office, ended=True)) == 1

    def test_it_is_revoked_with_a_reason(self, office: Office) -> None:
        world, group = office.world, office.group()
        position = allow(office, group)
        security = world.person("吴安全", "security_admin")
        office.refused(ReasonNeededError, lambda tx: exceptions.revoke(tx, security, position, reason=""))  # fmt: skip
        for actor in (office.member, office.owner, office.registrar):
            office.refused(
                NotAllowedError,
                lambda tx, actor=actor: exceptions.revoke(tx, actor, position, reason="x"),  # type: ignore[misc]  # bound at once
            )
        done = world.write(lambda tx: exceptions.revoke(tx, security, position, reason="误判"))
        assert done.revoked_by == security.person and not done.is_active(world.clock.now())
        assert world.facts("messaging.exception_revoked") == [
            ExceptionRevoked(group, (position,), "误判")
        ]
        assert state(office, group, SECRET) is MessageState.HELD
        office.refused(
            ExceptionEndedError, lambda tx: exceptions.revoke(tx, security, position, reason="x")
        )
        office.refused(
            ExceptionNotFoundError, lambda tx: exceptions.revoke(tx, security, 0, reason="x")
        )

    @staticmethod
    def listed(office: Office, *, ended: bool = False) -> list[Allowed]:
        return office.world.read(
            lambda tx: exceptions.list_exceptions(tx, office.reviewer, ended=ended)
        )

    def test_members_do_not_list_them(self, office: Office) -> None:
        for actor in (office.member, office.owner, office.head):
            with pytest.raises(NotAllowedError):
                office.world.read(
                    lambda tx, actor=actor: exceptions.list_exceptions(tx, actor, ended=False)  # type: ignore[misc]  # bound at once
                )

    @pytest.mark.parametrize(
        ("finding", "after"), [(1, DAY), (-1, DAY), (0, 0), (0, -1), (0, 30 * DAY + 1)]
    )
    def test_what_cannot_be_granted_leaves_the_message_held(
        self, office: Office, finding: int, after: int
    ) -> None:
        world = office.world
        held = world.send(office.member, office.group(), SECRET).position
        wanted = Permission(finding, world.clock.now() + after, everywhere=False)
        office.refused(
            BadExceptionError,
            lambda tx: review.release(
                tx, office.reviewer, held, masked=False, reason="x", allow=wanted
            ),
        )
        found = world.read(lambda tx: review_queue.get_review(tx, office.reviewer, held))
        assert found.queue.verdict is None

    def test_the_pack_may_forbid_them(self, office: Office) -> None:
        world = office.world
        world.adopt(
            lambda text: text.replace(
                "escalation_hours: 8", "escalation_hours: 8, exception_days: 0"
            )
        )
        held = world.send(office.member, office.group(), SECRET).position
        wanted = Permission(0, world.clock.now() + HOUR, everywhere=False)
        office.refused(
            BadExceptionError,
            lambda tx: review.release(
                tx, office.reviewer, held, masked=False, reason="x", allow=wanted
            ),
        )

    def test_a_batch_that_follows_at_once_knows_it(self, office: Office) -> None:
        group = office.group()
        sends = [prepared(office, office.member, group, SECRET, f"b{n}") for n in range(3)]
        assert [each.state for each in send_together(office, sends)] == ["held"] * 3
        allow(office, group)
        sends = [prepared(office, office.member, group, SECRET, f"d{n}") for n in range(3)]
        assert [each.state for each in send_together(office, sends)] == ["delivered"] * 3

    def test_a_refusal_that_is_undone_takes_it_back(self, office: Office) -> None:
        """What the lane remembers of exceptions does not outlive the transaction that made them."""
        world, group = office.world, office.group()
        held = world.send(office.member, group, SECRET).position
        wanted = Permission(0, world.clock.now() + DAY, everywhere=False)

        def breaks(tx: Any) -> None:
            review.release(tx, office.reviewer, held, masked=False, reason="x", allow=wanted)
            assert exceptions.active_exceptions(tx, group)
            raise ReasonNeededError("undone")

        office.refused(ReasonNeededError, breaks)
        assert state(office, group, SECRET) is MessageState.HELD

    def test_a_refusal_taken_back_may_carry_one(self, office: Office) -> None:
        world, group = office.world, office.group()
        other = world.person("周审核", "reviewer")
        held = world.send(office.member, group, SECRET).position
        world.write(lambda tx: review.refuse(tx, office.reviewer, held, reason="涉密"))
        wanted = Permission(0, world.clock.now() + DAY, everywhere=False)
        world.write(
            lambda tx: review.overturn(tx, other, held, masked=False, reason="误判", allow=wanted)
        )
        assert state(office, group, SECRET) is MessageState.DELIVERED


PATTERNS = """      - use: messaging.patterns
        with: {patterns: [{id: contract, regex: 'HT-[0-9]+'}], disposition: hold}
      - use: messaging.links
        with: {domains: [example.com], disposition: hold}
"""


def with_patterns(office: Office) -> None:
    before = "      - use: messaging.personal_data"
    office.world.adopt(lambda text: text.replace(before, PATTERNS + before, 1))


def test_an_exception_for_a_link_is_for_this_link(office: Office) -> None:
    with_patterns(office)
    group = office.group()
    allow(office, group, "见https://example.com/a")
    assert state(office, group, "再看https://example.com/a") is MessageState.DELIVERED
    assert state(office, group, "再看https://example.com/b") is MessageState.HELD


def test_an_exception_for_an_expression_is_for_the_whole_of_what_it_found(office: Office) -> None:
    with_patterns(office)
    group = office.group()
    number = "HT-" + "1" * 70
    allow(office, group, f"合同{number}")
    assert state(office, group, f"看{number}") is MessageState.DELIVERED
    assert state(office, group, f"看{number}2") is MessageState.HELD


@pytest.mark.parametrize(("begin", "end"), [("编号HT-", "20240117"), ("看exam", "ple.com/a")])
def test_no_exception_is_for_the_end_of_what_began_in_another_message(
    office: Office, begin: str, end: str
) -> None:
    """All that ends like it would pass, cut in two."""
    with_patterns(office)
    world, group = office.world, office.group()
    assert world.send(office.member, group, begin).state is MessageState.DELIVERED
    held = world.send(office.member, group, end)
    assert held.state is MessageState.HELD
    allowed = Permission(0, world.clock.now() + DAY, everywhere=False)
    office.refused(
        BadExceptionError,
        lambda tx: review.release(
            tx, office.reviewer, held.position, masked=False, reason="可以", allow=allowed
        ),
    )


def test_no_table_holds_a_digest_of_what_an_expression_found(office: Office) -> None:
    with_patterns(office)
    office.world.send(office.member, office.group(), "合同HT-20240117，核心配方")
    rows = office.world.read(lambda tx: tx.all(select(_hit_store._hit)))
    terms = {row.rule: row.term for row in rows if row.level == "term"}
    assert terms["contract"] == "" and terms["business_secret"]


def test_a_number_stands_in_no_table_and_is_shown_masked(office: Office) -> None:
    world = office.world
    world.adopt(
        lambda text: text.replace(
            "passport, bank_card], disposition: standard}",
            "passport, bank_card], disposition: hold}",
        )
    )
    group = office.group()
    position = allow(office, group, "11010119900307889X")
    assert state(office, group, "证号11010119900307889X") is MessageState.DELIVERED
    (row,) = world.read(lambda tx: tx.all(select(_review_store._exception)))
    assert "11010119900307889" not in repr(row).lower()
    shown = world.read(
        lambda tx: _review_shape.allowed(tx, _review_store.find_exception(tx, position))  # type: ignore[arg-type]  # it was just granted
    )
    assert shown["phrase"] == "110101********889X"


# ---- the pure part ----------------------------------------------------------------------------------------------


def exception(rule: str, phrase: str, group: GroupId | None = None) -> Allowed:
    return Allowed(1, group, rule, phrase, 10, PersonId("p"), 0, 0, None, None)


def left(findings: list[Finding], text: str, *allowed: Allowed) -> list[Finding]:
    covered = {(each.rule, each.phrase) for each in allowed}
    return [
        each
        for each in findings
        if not is_covered(each, text, covered, is_term=each.rule == "list")
    ]


def test_only_the_same_rule_and_phrase_are_dropped() -> None:
    term = Finding(0, 4, "x", "list", "核心配方")
    number = Finding(4, 22, "cn_id", "cn_id", "110101********889X")
    text = "核心配方11010119900307889X"
    both = [term, number]
    assert left(both, text, exception("list", "核心配方")) == [number]
    assert left(both, text, exception("other", "核心配方")) == both
    assert left(both, text, exception("cn_id", "11010119900307889x")) == [term]
    assert left(both, text, exception("cn_id", "110101********889x")) == both, "a mask is no number"


def test_folding_forgets_width_case_and_spacing() -> None:
    assert folded("ＡＢ c\u3000核 心\n") == "abc核心"


@given(st.text(max_size=40))
def test_a_text_is_its_own_phrase(text: str) -> None:
    found = Finding(0, len(text), "x", "list", text)
    assert phrase_of(found, text, is_term=True) == phrase_of(found, text, is_term=False)


def test_only_terms_have_a_digest() -> None:
    def digest(rule: str, word: str) -> str:
        return term_digest(rule, word, is_term=True)

    assert term_digest("contract", "HT-20240117", is_term=False) == "" == digest("list", "")
    assert digest("list", "核心配方") == digest("list", "核心 配方") != ""
    assert digest("list", "核心配方") != digest("other", "核心配方")


def test_what_is_long_is_told_apart_to_its_end() -> None:
    first, second = "号" * 300, "号" * 299 + "码"
    found = Finding(0, 300, "pattern", "contract", first[:64])
    phrases = [phrase_of(found, text, is_term=False) for text in (first, second)]
    assert phrases[0] != phrases[1] and all(each.startswith("sha256:") for each in phrases)
