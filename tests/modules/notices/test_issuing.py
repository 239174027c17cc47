"""Publishing, changing, reminding, withdrawing: what is recorded, who is asked, and what is refused without a trace."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from guiju.kernel.clock import DAY, HOUR, MINUTE
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId, PersonId
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.directory.types import UnitNotFoundError
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.inspection.types import TextRefusedError
from guiju.modules.notices import _shape, issuing, service
from guiju.modules.notices.types import (
    SLICE,
    Audience,
    BadQuizError,
    Box,
    DeadlinePassed,
    DeadlineTooLongError,
    NobodyMissingError,
    NoRecipientsError,
    NoticeAddressed,
    NoticeId,
    NoticeNotFoundError,
    NoticePublished,
    NoticeReminded,
    NoticeRevised,
    NoticeState,
    NoticeWithdrawn,
    NotIssuerError,
    Question,
    QuizChangedError,
    ReasonNeededError,
    RecipientsChangedError,
    RemindedRecentlyError,
    TooManyRecipientsError,
    UnchangedError,
    WithdrawnError,
    Wording,
)
from guiju.modules.policy.types import AttemptRefused, NotAllowedError
from tests.modules.notices.board import QUESTIONS, WITH_QUIZ, WORDING, Board
from tests.support.world import MONDAY

BLOCKED, HELD, ID_NUMBER = "去赌博网站玩", "这是核心配方", "11010119900307889X"


def refused(board: Board, error: type[GuijuError], verb: Callable[..., Any]) -> GuijuError:
    """The verb must raise `error` and leave nothing in the ledger."""
    before = board.world.read(lambda tx: tx.position)
    with pytest.raises(error) as raised:
        board.world.write(verb)
    assert board.world.read(lambda tx: tx.position) == before
    return raised.value


class TestPreview:
    def test_units_posts_groups_and_people_become_names(self, board: Board) -> None:
        group = board.world.group(board["chen"], [board["li"]], [board["sun"]])
        found = board.preview(by="chen", groups=(group,))
        assert found.count == 1 and found.left_out == 1, "chen issues and sun is not chen's"
        workshop = board.preview(units=(board.workshop,))
        assert [one["name"] for one in workshop.units[board.workshop]] == [
            "职工li", "职工wang", "职工zhao", "陈主任",
        ]  # fmt: skip
        assert board.preview(posts=("装配工",)).count == 3
        assert board.preview(units=(board.world.unit,)).count == 7, "the units below, without hr"
        mixed = board.preview(posts=("装配工",), people=(board["sun"].person_id,))
        assert list(mixed.units) == [board.workshop, board.office] and mixed.count == 4

    def test_who_cannot_use_an_account_is_left_out(self, board: Board) -> None:
        board.world.person("未认证", unit=board.workshop, certified=False)
        found = board.preview(units=(board.workshop,))
        assert (found.count, found.left_out) == (4, 1)

    def test_a_head_asks_only_people_of_headed_units(self, board: Board) -> None:
        assert board.preview(by="chen", units=(board.world.unit,)).count == 3
        with pytest.raises(NoRecipientsError):
            board.preview(by="chen", units=(board.office,))

    def test_what_does_not_exist_and_what_is_not_seen_is_not_found(self, board: Board) -> None:
        with pytest.raises(UnitNotFoundError):
            board.preview(units=("uni_none",))
        group = board.world.group(board["chen"], [board["li"]], [board["sun"]])
        for each in (group, GroupId("grp_none")):
            with pytest.raises(GroupNotFoundError):
                board.preview(groups=(each,))

    def test_only_issuers_see_it(self, board: Board) -> None:
        with pytest.raises(NotAllowedError):
            board.preview(by="li", units=(board.workshop,))


class TestPublish:
    def test_it_is_recorded_once_and_asks_everybody(self, board: Board) -> None:
        notice = board.publish()
        (fact,) = board.world.facts("notices.published")
        assert fact == NoticePublished(
            notice, 4, 0, 8, MONDAY + DAY, WORDING.title, WORDING.text, ()
        ), "09:00 and eight working hours from 08:30 to 17:30 with an hour of lunch"
        (asked,) = board.world.facts("notices.addressed")
        assert isinstance(asked, NoticeAddressed) and asked.unit == board.workshop
        assert set(asked.people) == {board[n].person for n in ("li", "wang", "zhao", "chen")}
        assert [board.todo(name) for name in ("li", "chen", "sun", "hr")] == [1, 1, 0, 0]
        entry = board.world.entries("notices.published")[0]
        assert entry.uses == ("6.16/notices.issuers", "6.26/notices.acknowledgement")

    def test_many_people_take_several_leaves(self, board: Board) -> None:
        for number in range(SLICE + 5):
            board.world.person(f"新人{number}", unit=board.office)
        board.publish(units=(board.office,))
        assert [len(each.people) for each in board.world.facts("notices.addressed")] == [SLICE, 7]

    def test_the_number_that_was_shown_must_still_hold(self, board: Board) -> None:
        wanted = Audience(units=(board.workshop,))
        error = refused(
            board, RecipientsChangedError,
            lambda tx: issuing.publish(
                tx, board["hr"], wording=WORDING, audience=wanted, hours=8, people=3
            ),
        )  # fmt: skip
        assert error.data["people"] == 4

    def test_nobody_and_too_many_are_refused(
        self, board: Board, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(NoRecipientsError):
            board.preview(people=(board["hr"].person_id,))
        monkeypatch.setattr("guiju.modules.notices.recipients.MOST_RECIPIENTS", 3)
        with pytest.raises(TooManyRecipientsError):
            board.preview(units=(board.workshop,))

    def test_a_deadline_beyond_the_clause_is_refused_with_it(self, board: Board) -> None:
        with pytest.raises(DeadlineTooLongError) as raised:
            board.publish(hours=81)
        clause = raised.value.data["clause"]
        assert raised.value.data["most"] == 80
        assert isinstance(clause, dict) and clause["id"] == "6.26"

    def test_whom_the_clause_does_not_name_is_refused_and_recorded(self, board: Board) -> None:
        board.world.adopt(
            lambda text: text.replace("roles: [registrar, hr, security_admin, head]", "roles: [hr]")
        )
        with pytest.raises(NotIssuerError) as raised:
            board.world.write(
                lambda tx: issuing.publish(
                    tx, board["chen"], wording=WORDING, audience=Audience(posts=("装配工",)),
                    hours=8, people=3,
                )
            )  # fmt: skip
        clause = raised.value.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "6.16"
        (entry,) = board.world.entries("policy.refused")
        assert entry.fact == AttemptRefused("notices.issue", "notices.not_issuer", None)
        assert entry.uses == ("6.16/notices.issuers",)
        assert not board.world.read(lambda tx: issuing.may_issue(tx, board["chen"]))

    def test_a_clause_may_ask_for_a_post_as_well(self, board: Board) -> None:
        board.world.adopt(
            lambda text: text.replace("security_admin, head]}", "head], posts: [车间主任]}")
        )
        with pytest.raises(NotIssuerError):
            board.publish()
        assert board.publish(by="chen")

    @pytest.mark.parametrize(
        ("field", "wording"),
        [
            ("title", Wording(BLOCKED, "x")),
            ("text", Wording("通知", HELD)),
            ("questions", Wording("通知", "x", (Question(BLOCKED, ("一", "二"), (0,)),))),
            ("questions", Wording("通知", "x", (Question("问", ("一", BLOCKED), (0,)),))),
        ],
    )
    def test_every_text_is_inspected(self, board: Board, field: str, wording: Wording) -> None:
        audience = Audience(units=(board.workshop,))
        error = refused(
            board, TextRefusedError,
            lambda tx: issuing.publish(
                tx, board["hr"], wording=wording, audience=audience, hours=8, people=4
            ),
        )  # fmt: skip
        assert error.data["field"] == field and error.data["clause"]

    def test_what_is_to_be_masked_is_masked_and_named(self, board: Board) -> None:
        asked = Question(f"证件{ID_NUMBER}是谁的？", ("甲", "乙"), (0,))
        notice = board.publish(Wording("通知", f"证件{ID_NUMBER}", (asked,)))
        said = board.world.read(lambda tx: service.wording(tx, service.get(tx, notice)))
        assert said.text == "证件110101********889X"
        assert said.questions[0].text == "证件110101********889X是谁的？"
        assert said.questions[0].choices == ("甲", "乙")
        entry = board.world.entries("notices.published")[0]
        assert "6.9/messaging.personal_data" in entry.uses

    def test_a_question_that_cannot_be_answered_is_refused(self, board: Board) -> None:
        bad = Wording("通知", "x", (QUESTIONS[0], Question("问", ("一", "二"), (0, 1))))
        with pytest.raises(BadQuizError) as raised:
            board.publish(bad)
        assert raised.value.data["question"] == 1


class TestRevise:
    def test_a_change_asks_everybody_again(self, board: Board) -> None:
        notice = board.publish()
        board.acknowledge("li", notice)
        board.world.later(HOUR)
        changed = board.revise(notice, Wording(WORDING.title, "十月一日起放假四天。"), hours=16)
        assert (changed.version, changed.asked_version) == (2, 2)
        assert changed.due_at > MONDAY + DAY and board.todo("li") == 1
        assert board.figures(notice).acknowledged == 0
        (fact,) = board.world.facts("notices.revised")
        assert isinstance(fact, NoticeRevised) and not fact.editorial
        assert board.acknowledge("li", notice).acknowledged and board.todo("li") == 0

    def test_an_editorial_change_asks_nobody_and_says_why(self, board: Board) -> None:
        notice = board.publish()
        board.acknowledge("li", notice)
        better = Wording(WORDING.title, "十月一日起，放假三天。")
        before = board.get(notice).due_at
        refused(
            board, ReasonNeededError,
            lambda tx: issuing.revise(
                tx, board["hr"], notice, wording=better, editorial=True, reason="", hours=8
            ),
        )  # fmt: skip
        changed = board.revise(notice, better, editorial=True, reason="改标点")
        assert (changed.version, changed.asked_version, changed.due_at) == (2, 1, before)
        assert board.todo("li") == 0 and board.todo("wang") == 1
        versions = board.world.read(lambda tx: service.versions(tx, changed))
        assert [(each.version, each.editorial, why) for each, _, why in versions] == [
            (1, False, ""), (2, True, "改标点"),
        ]  # fmt: skip
        assert board.acknowledge("wang", notice).acknowledged

    def test_other_questions_are_not_editorial(self, board: Board) -> None:
        notice = board.publish(WITH_QUIZ)
        with pytest.raises(QuizChangedError):
            board.revise(notice, WORDING, editorial=True, reason="x")
        assert board.revise(notice, WORDING).quiz == 0

    def test_the_same_text_is_refused(self, board: Board) -> None:
        notice = board.publish()
        with pytest.raises(UnchangedError):
            board.revise(notice, WORDING)

    def test_the_new_text_is_inspected(self, board: Board) -> None:
        notice = board.publish()
        with pytest.raises(TextRefusedError):
            board.revise(notice, Wording(WORDING.title, HELD))
        with pytest.raises(TextRefusedError):
            board.revise(notice, Wording("新", "文"), editorial=True, reason=BLOCKED)
        assert board.get(notice).version == 1

    def test_others_may_not_and_outsiders_find_nothing(self, board: Board) -> None:
        notice = board.publish()
        new = Wording("新", "文")
        for who, error in (
            ("li", NotAllowedError),
            ("chen", NotAllowedError),
            ("sun", NoticeNotFoundError),
        ):
            refused(
                board, error,
                lambda tx, who=who: issuing.revise(
                    tx, board[who], notice, wording=new, editorial=False, reason="", hours=8
                ),
            )  # fmt: skip


class TestRemind:
    def test_those_who_are_missing_are_reminded_and_on_record(self, board: Board) -> None:
        notice = board.publish()
        board.acknowledge("li", notice)
        assert board.world.write(lambda tx: issuing.remind(tx, board["hr"], notice)) == 3
        (fact,) = board.world.facts("notices.reminded")
        assert isinstance(fact, NoticeReminded)
        assert set(fact.people) == {board[name].person for name in ("wang", "zhao", "chen")}

    def test_not_too_often(self, board: Board) -> None:
        notice = board.publish()
        remind = lambda tx: issuing.remind(tx, board["hr"], notice)  # noqa: E731  # said three times
        board.world.write(remind)
        board.world.later(59 * MINUTE)
        assert refused(board, RemindedRecentlyError, remind).data["retry_after"] == 60
        board.world.later(MINUTE)
        assert board.world.write(remind) == 4

    def test_nobody_is_missing(self, board: Board) -> None:
        notice = board.publish(people=(board["sun"].person_id,))
        board.acknowledge("sun", notice)
        refused(board, NobodyMissingError, lambda tx: issuing.remind(tx, board["hr"], notice))

    def test_only_the_issuer_reminds(self, board: Board) -> None:
        notice = board.publish()
        refused(board, NotAllowedError, lambda tx: issuing.remind(tx, board["chen"], notice))
        refused(board, NoticeNotFoundError, lambda tx: issuing.remind(tx, board["sun"], notice))

    def test_the_timer_reminds_before_the_deadline(self, board: Board) -> None:
        board.acknowledge("li", board.publish())
        board.world.later(5 * HOUR)
        assert not board.world.facts("notices.reminded")
        board.world.later(3 * HOUR)
        (entry,) = board.world.entries("notices.reminded")
        assert entry.actor == "system:notices" and len(entry.fact.people) == 3


class TestDeadline:
    def test_what_is_counted_at_it_goes_on_record(self, board: Board) -> None:
        notice = board.publish()
        board.acknowledge("li", notice)
        board.world.later(DAY - 1)
        assert not board.world.facts("notices.deadline_passed")
        board.world.later(2)
        (entry,) = board.world.entries("notices.deadline_passed")
        position = board.get(notice).position
        assert entry.fact == DeadlinePassed(notice, 1, 4, 1, (position,))
        assert entry.uses == ("6.26/notices.acknowledgement",)
        found = board.get(notice)
        assert (found.due_people, found.due_acknowledged) == (4, 1)

    def test_a_version_that_asks_again_has_its_own(self, board: Board) -> None:
        notice = board.publish()
        board.revise(notice, Wording("新", "文"), hours=16)
        board.world.later(DAY + HOUR)
        assert not board.world.facts("notices.deadline_passed")
        board.world.later(DAY)
        (fact,) = board.world.facts("notices.deadline_passed")
        assert fact.version == 2


class TestWithdraw:
    def test_it_asks_nobody_any_more(self, board: Board) -> None:
        notice = board.publish()
        withdraw = lambda tx: issuing.withdraw(tx, board["hr"], notice, reason="发错了")  # noqa: E731  # twice
        board.world.write(withdraw)
        (fact,) = board.world.facts("notices.withdrawn")
        assert isinstance(fact, NoticeWithdrawn) and fact.reason == "发错了"
        assert board.get(notice).state is NoticeState.WITHDRAWN and board.todo("li") == 0
        refused(board, WithdrawnError, withdraw)
        refused(board, WithdrawnError, board.acknowledging("li", notice))
        board.world.later(2 * DAY)
        assert not board.world.facts("notices.deadline_passed", "notices.reminded")

    def test_its_text_is_for_the_issuer_and_overseers_alone(self, board: Board) -> None:
        notice = board.publish()

        def seen(who: str) -> dict[str, Any]:
            return board.world.read(
                lambda tx: _shape.notice(tx, board[who], service.get_notice(tx, board[who], notice))
            )

        assert seen("li")["text"] == WORDING.text and seen("li")["withdrawn"] is None
        board.world.write(lambda tx: issuing.withdraw(tx, board["hr"], notice, reason="发错了"))
        for who in ("li", "chen"):
            assert (seen(who)["text"], seen(who)["versions"]) == ("", []), who
            assert seen(who)["withdrawn"]["reason"] == "发错了"
        for who in ("hr", "auditor"):
            assert seen(who)["text"] == WORDING.text
        (entry,) = board.world.entries("notices.published")
        assert board.world.read(lambda tx: sight_of(tx, board["li"], entry)) is Sight.NOTHING

    def test_it_needs_a_reason(self, board: Board) -> None:
        notice = board.publish()
        refused(
            board, ReasonNeededError,
            lambda tx: issuing.withdraw(tx, board["hr"], notice, reason=""),
        )  # fmt: skip


class TestReading:
    def test_who_sees_the_roster(self, board: Board) -> None:
        notice = board.publish(units=(board.workshop, board.office))
        board.acknowledge("li", notice)
        assert len(board.roster("hr", notice)) == len(board.roster("auditor", notice)) == 6
        assert {each.unit for each in board.roster("chen", notice)} == {board.workshop}
        with pytest.raises(NotAllowedError):
            board.roster("li", notice)

    def test_an_outsider_finds_nothing(self, board: Board) -> None:
        notice = board.publish()
        for each in (notice, NoticeId("ntc_none")):
            with pytest.raises(NoticeNotFoundError):
                board.world.read(partial(service.get_notice, actor=board["sun"], notice_id=each))

    def test_the_boxes(self, board: Board) -> None:
        first, second = board.publish(hours=16), board.publish(Wording("二", "x"))
        board.acknowledge("li", first)

        def box(who: str, which: Box) -> list[NoticeId]:
            found = board.world.read(lambda tx: service.list_notices(tx, board[who], which))
            return [each.id for each in found]

        assert (box("li", Box.TODO), box("li", Box.DONE)) == ([second], [first])
        assert box("wang", Box.TODO) == [second, first], "the nearest deadline first"
        assert set(box("hr", Box.ISSUED)) == set(box("chen", Box.OVERSEEN)) == {first, second}
        assert set(box("auditor", Box.OVERSEEN)) == {first, second}
        with pytest.raises(NotAllowedError):
            box("li", Box.OVERSEEN)

    def test_a_head_counts_only_own_people(self, board: Board) -> None:
        notice = board.publish(units=(board.workshop, board.office))
        units = board.world.read(lambda tx: service.overseen_units(tx, board["chen"]))
        found = board.world.read(lambda tx: service.figures(tx, [service.get(tx, notice)], units))
        assert found[notice].people == 4 and isinstance(board["li"].person_id, str)
        assert PersonId(board["li"].person_id) in board.world.read(
            lambda tx: service.missing(tx, notice)
        )
