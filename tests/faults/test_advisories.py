"""What went wrong in other messengers must not happen here.

Each test carries the id of a row of the table of advisories in brackets in its name's first words. Of the rows that
concern what exists: deliv-guest, edit-history, left-meta, idor-post, toctou, enum, by-id, receipt, archived,
null-user, type-strict, json-strict, race, member-approve, search-right, role, redos, limit, recall-echo, embed, move-revoke,
edit-right, edit-fields, socket-fields, socket-unicast, amplify. Of others the id stands in brackets at the
test that shows them: `grep -rF '[media-auth]' tests web/test`. Nothing to go wrong with exists yet for anon-token,
export-scope, admin-secret, admin-path, mfa-socket, preview-depth, mail-esc and ldap.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import msgspec
import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.clock import MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError, NotFoundError
from guiju.kernel.facts import Recorded, schema_of
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import Command
from guiju.kernel.live import items_for
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import RequestNotFoundError, Verdict
from guiju.modules.directory import service as directory
from guiju.modules.groups import applying, governing, ordering, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.order_types import NotPublisherError
from guiju.modules.groups.types import GroupClosedError, GroupNotFoundError, Member
from guiju.modules.messaging import (
    _store,
    changes,
    composing,
    forwarding,
    personal,
    pinning,
    reads,
    review,
    review_queue,
    service,
)
from guiju.modules.messaging.change_types import ALL, EditLateError
from guiju.modules.messaging.forward_types import Wanted
from guiju.modules.messaging.personal_types import Marked, SavedKind
from guiju.modules.messaging.searching import Searcher
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import (
    AlreadyDecidedError,
    BadMentionError,
    BadMessageError,
    MessageState,
    Receipt,
    ReviewNotFoundError,
    Send,
)
from guiju.modules.policy.types import MemberState, NotAllowedError
from guiju.relations import PeopleAndGroups
from guiju.runtime import ROUTERS
from tests.modules.messaging.test_publishing import rule
from tests.modules.messaging.test_searching import found
from tests.support.listening import Listening
from tests.support.office import Office
from tests.support.sending import ID_NUMBER, with_editing
from tests.support.uploading import door_of

SECRET = "这是核心配方"


def remove(office: Office, group: GroupId, person: Actor) -> None:
    office.world.write(
        lambda tx: roster.remove(tx, office.owner, group, person.person_id, reason="x")
    )


def admit(office: Office, group: GroupId, person: Actor) -> None:
    office.world.write(lambda tx: roster.admit(tx, office.owner, group, [person.person_id]))


def resumed(office: Office, actor: Actor, after: int) -> list[dict[str, Any]]:
    """What a reconnect with the cursor `after` brings."""
    world = office.world
    entries: list[Recorded] = [entry for entry in world.entries() if entry.position > after]
    with world.runtime.reading() as tx:
        roles = PeopleAndGroups().roles(tx, actor.person_id)
        places = {
            group: member.visible_from
            for group, member in groups.places_of(tx, actor.person_id).items()
            if member.state in (MemberState.ACTIVE, MemberState.LEAVING_REQUESTED)
        }
        view = world.runtime.new_view(tx)
        return items_for(ROUTERS, view, entries, actor.person_id, roles, places)


def test_deliv_guest_nobody_outside_hears_anything_of_a_group(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    start = world.read(lambda tx: tx.position)
    former = world.person("前成员")
    admit(office, group, former)
    remove(office, group, former)
    ears = [listening.ear(who) for who in (office.outsider, office.registrar, office.head, former)]
    since = world.read(lambda tx: tx.position)
    world.send(office.owner, group, "大家好", mentions=(office.member.person_id,))
    world.write(lambda tx: governing.publish_rules(tx, office.owner, group, text="一"))
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    assert [ear.items for ear in ears] == [[], [], [], []]
    for who in (office.outsider, office.registrar, office.head):
        assert resumed(office, who, start) == []
    assert resumed(office, former, since) == []


def test_edit_history_who_joins_gets_nothing_from_before_also_with_an_old_cursor(
    office: Office,
) -> None:
    world, group = office.world, office.group()
    start = world.read(lambda tx: tx.position)
    held = world.send(office.member, group, SECRET).position
    world.send(office.owner, group, "之前的")
    passing = world.person("过客")
    admit(office, group, passing)
    remove(office, group, passing)
    admit(office, group, office.outsider)
    joined = office.place(group, office.outsider).visible_from
    assert [item["position"] for item in resumed(office, office.outsider, start)] == [joined]
    page = world.read(
        lambda tx: service.timeline(tx, office.outsider, group, before=None, limit=50)
    )
    assert [entry.position for entry in page.items] == [joined]
    # A message of before that is released now appears now: that is when the group first sees it.
    world.write(lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""))
    assert resumed(office, office.outsider, joined)[0]["kind"] == "messaging.released"


def test_left_meta_a_former_member_learns_nothing_more(office: Office) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "之前的")
    remove(office, group, office.member)
    since = world.read(lambda tx: tx.position)
    world.send(office.owner, group, "之后的")
    admit(office, group, office.outsider)
    assert resumed(office, office.member, since) == []
    for read in (
        lambda tx: groups.get_group(tx, office.member, group),
        lambda tx: groups.list_members(tx, office.member, group),
        lambda tx: service.timeline(tx, office.member, group, before=None, limit=50),
        lambda tx: service.reading_place(tx, office.member, group),
    ):
        with pytest.raises(GroupNotFoundError):
            world.read(read)
    assert world.read(lambda tx: service.list_conversations(tx, office.member)) == []


def test_idor_post_positions_of_other_groups_open_nothing(office: Office) -> None:
    """Every verb that takes a position or id of something that is not the actor's answers as if it did not exist."""
    world, group = office.world, office.group()
    held = world.send(office.owner, group, SECRET).position
    sent = world.send(office.owner, group, "大家好").position
    stated = world.application(office.owner, [office.administrator], name="澄远另一件工作群")
    made = world.write(lambda tx: applying.apply_for(tx, office.owner, stated=stated))
    verbs: list[Any] = [
        lambda tx: review_queue.get_review(tx, office.outsider, held),
        lambda tx: review.release(tx, office.outsider, held, masked=False, reason=""),
        lambda tx: review.refuse(tx, office.outsider, held, reason="x"),
        lambda tx: review_queue.get_review(tx, office.reviewer, sent),
        lambda tx: groups.get_application(tx, office.outsider, made.id),
        lambda tx: approvals.get_request(tx, office.outsider, made.request),
        lambda tx: approvals.decide(
            tx, office.outsider, made.request, verdict=Verdict.APPROVE, opinion=""
        ),
        lambda tx: approvals.withdraw(tx, office.outsider, made.request),
        lambda tx: approvals.remind(tx, office.outsider, made.request),
        lambda tx: service.timeline(tx, office.outsider, group, before=None, limit=50),
        lambda tx: groups.get_group(tx, office.outsider, group),
    ]
    for verb in verbs:
        with pytest.raises(NotFoundError) as caught:
            world.write(verb)
        assert type(caught.value) in (
            ReviewNotFoundError,
            GroupNotFoundError,
            RequestNotFoundError,
        ) or (caught.value.code == "groups.application_not_found")


def test_toctou_membership_is_decided_when_the_message_is_recorded(office: Office) -> None:
    """Inspected as a member, removed before the lane: the removal and the message stand in one batch, in order."""
    world, group = office.world, office.group()
    found = world.runtime.inspector.inspect("大家好")
    send = Send(office.member.person_id, "late", group, "大家好", (), None, found)
    answers: list[Future[Any]] = [Future() for _ in range(3)]
    removal = Command(
        None,
        lambda tx: roster.remove(tx, office.owner, group, office.member.person_id, reason="x"),
        answers[1].set_result,
    )
    again = Send(office.member.person_id, "later", group, "大家好", (), None, found)
    world.runtime.lane.submit(
        [
            Command(KIND, send, answers[0].set_result),
            removal,
            Command(KIND, again, answers[2].set_result),
        ]
    )
    results = [answer.result(30) for answer in answers]
    assert isinstance(results[0], Receipt) and not isinstance(results[1], Exception)
    assert type(results[2]) is GroupNotFoundError
    # And between a list and a fetch: a page that was promised is refused.
    with pytest.raises(GroupNotFoundError):
        world.read(lambda tx: service.timeline(tx, office.member, group, before=10**9, limit=1))


def test_toctou_the_rules_are_those_of_the_commit(office: Office) -> None:
    world, group = office.world, office.group()
    found = world.runtime.inspector.inspect("采购一批瓷砖")
    send = Send(office.member.person_id, "c", group, "采购一批瓷砖", (), None, found)
    world.adopt(lambda text: text.replace("max: 2}", "max: 3}"))
    assert world.runtime.lane.call(KIND, send).state == "delivered"
    (entry,) = world.entries("messaging.sent")
    assert entry.policy == world.entries("policy.adopted")[-1].fact.version


def test_enum_lists_are_scoped_and_answers_constant(office: Office) -> None:
    world, group = office.world, office.group()
    remove(office, group, office.member)
    for actor in (office.outsider, office.member):
        with pytest.raises(NotAllowedError):
            world.read(lambda tx, actor=actor: groups.list_register(  # type: ignore[misc]  # bound at once
                tx, actor, state=None, group_class=None, query=None, after=0, limit=50))  # fmt: skip
        # What exists and what does not is answered alike, but for the id that was asked for.
        seen = []
        for asked in (group, GroupId("grp_" + "0" * 23)):
            with pytest.raises(GroupNotFoundError) as caught:
                world.read(lambda tx, actor=actor, asked=asked: groups.get_group(tx, actor, asked))  # type: ignore[misc]  # bound at once
            assert caught.value.data == {"group": asked}
            seen.append((type(caught.value), caught.value.message))
        assert seen[0] == seen[1]


def test_by_id_knowing_a_groups_id_gives_neither_name_nor_roster(office: Office) -> None:
    world, group = office.world, office.group()
    name = world.find_group(group).name
    for actor in (office.outsider, office.reviewer, office.head):
        for verb in (groups.get_group, groups.list_members):
            with pytest.raises(GroupNotFoundError) as caught:
                world.read(lambda tx, verb=verb, actor=actor: verb(tx, actor, group))  # type: ignore[misc]  # bound at once
            assert name not in str(caught.value.args) + str(caught.value.data)


def test_receipt_marks_are_ones_own_and_shown_to_nobody(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    ear = listening.ear(office.owner)
    position = world.send(office.owner, group, "一").position
    frames = len(ear.frames)
    marks = [
        (office.member.person_id, group, position),
        (office.outsider.person_id, group, position),
        (office.member.person_id, GroupId("grp_x"), position),
    ]
    kept = world.write(lambda tx: reads.mark_read_many(tx, marks))
    assert [each.what for each in kept] == [
        Marked.SHARED,
        Marked.UNKNOWN,
        Marked.UNKNOWN,
    ]
    assert len(ear.frames) == frames, "a mark reaches nobody else"
    assert world.read(lambda tx: service.read_positions(tx, office.owner.person_id)) == {}


def test_archived_a_closed_group_is_read_and_never_written(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET).position
    world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    position = world.read(lambda tx: tx.position)
    writes: list[Any] = [
        lambda tx: roster.admit(tx, office.owner, group, [office.outsider.person_id]),
        lambda tx: roster.sign_rules(tx, office.member, group, version=0),
        lambda tx: governing.publish_rules(tx, office.owner, group, text="一"),
        lambda tx: governing.set_administrators(tx, office.owner, group, [office.member.person_id]),
        lambda tx: governing.set_owner(tx, office.owner, group, office.member.person_id),
        lambda tx: governing.close(tx, office.owner, group, reason="再关"),
        lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""),
    ]
    for write in writes:
        with pytest.raises(GroupClosedError):
            world.write(write)
    with pytest.raises(GroupClosedError):
        world.send(office.member, group, "还能说吗")
    assert world.read(lambda tx: tx.position) == position
    assert world.read(
        lambda tx: service.timeline(tx, office.member, group, before=None, limit=50)
    ).items


def test_null_user_without_an_identity_there_is_no_actor() -> None:
    with pytest.raises(AssertionError):
        Actor()
    with pytest.raises(AssertionError):
        Actor(system="x").person_id  # noqa: B018  # the access is the test


def test_null_user_unknown_people_hold_no_right(office: Office) -> None:
    group = office.group()
    nobody = Actor(PersonId("per_nobody"))
    for verb in (
        lambda tx: directory.get_person(tx, nobody.person_id),
        lambda tx: groups.get_group(tx, nobody, group),
        lambda tx: roster.ask_to_join(
            tx, nobody, filing_number="澄群备〔2026〕0001 号", reason="x"
        ),
    ):
        with pytest.raises(GuijuError):
            office.world.write(verb)


TYPES: list[Any] = [
    {"text": {"$gt": ""}}, {"text": ["x"]}, {"text": None}, {"text": 1}, {"text": True},
    {"text": "x", "mentions": "per_1"}, {"text": "x", "mentions": [1]}, {"text": "x", "mentions": {"a": 1}},
    {"text": "x", "quote": "5"}, {"text": "x", "quote": 1.5}, {"text": "x", "quote": True}, {"text": "x", "quote": [1]},
]  # fmt: skip


@pytest.mark.parametrize("body", TYPES, ids=str)
def test_type_strict_an_object_where_a_text_was_due(body: Any) -> None:
    with pytest.raises((BadMessageError, msgspec.ValidationError)):
        composing.read_body(body)


@pytest.mark.parametrize(
    "extra", ["embeds", "sender", "state", "at", "number", "card", "findings", "masked"]
)
def test_embed_fields_that_the_server_makes_are_refused(extra: str) -> None:
    with pytest.raises((BadMessageError, msgspec.ValidationError)):
        composing.read_body({"text": "x", extra: "forged"})


@pytest.mark.parametrize(
    "raw", [b'{"text": NaN}', b'{"text": Infinity}', b'{"text":"\\ud800"}', b'{"text":"x"', b"\xff"]
)
def test_json_strict_what_is_not_json_poisons_nothing(raw: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        msgspec.json.decode(raw, type=composing.Body)


def test_race_two_reviewers_at_once(office: Office) -> None:
    world, group = office.world, office.group()
    other = world.person("周审核", "reviewer")
    held = world.send(office.member, group, SECRET).position
    answers: list[Future[Any]] = [Future() for _ in range(3)]
    verbs: list[Any] = [
        lambda tx: review.release(tx, office.reviewer, held, masked=False, reason=""),
        lambda tx: review.refuse(tx, other, held, reason="x"),
        lambda tx: review.release(tx, other, held, masked=True, reason=""),
    ]
    world.runtime.lane.submit(
        [Command(None, v, a.set_result) for v, a in zip(verbs, answers, strict=True)]
    )
    results = [answer.result(30) for answer in answers]
    assert [type(result) for result in results[1:]] == [AlreadyDecidedError] * 2
    assert len(world.entries("messaging.released", "messaging.refused")) == 1


def test_race_the_guard_stands_in_the_statement_too(office: Office) -> None:
    """Even a verb that had read an old state would be stopped by the table's guard."""
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET).position
    world.write(lambda tx: review.refuse(tx, office.reviewer, held, reason="x"))
    decision = world.entries("messaging.refused")[0]
    with pytest.raises(AlreadyDecidedError):
        world.write(lambda tx: _store.apply(tx, [decision]))


def test_race_two_managers_admit_the_same_person(office: Office) -> None:
    world, group = office.world, office.group()
    answers: list[Future[Any]] = [Future() for _ in range(2)]
    managers = (office.owner, office.administrator)
    world.runtime.lane.submit(
        [
            Command(
                None,
                lambda tx, who=who: roster.admit(tx, who, group, [office.outsider.person_id]),
                a.set_result,
            )
            for who, a in zip(managers, answers, strict=True)
        ]
    )
    results = [answer.result(30) for answer in answers]
    assert isinstance(results[0], list) and isinstance(results[1], GuijuError)
    assert len(world.entries("groups.member_changed")) == 1


def test_member_approve_nobody_gets_in_without_the_decision(office: Office) -> None:
    world, group = office.world, office.group()
    newcomer = world.person("吴新人")
    attempts: list[Any] = [
        lambda tx: roster.admit(tx, office.member, group, [newcomer.person_id]),
        lambda tx: roster.admit(tx, newcomer, group, [newcomer.person_id]),
        lambda tx: roster.decide_join(
            tx, newcomer, group, newcomer.person_id, admits=True, reason=""
        ),
        lambda tx: roster.sign_rules(tx, newcomer, group, version=0),
        lambda tx: governing.set_administrators(tx, office.owner, group, [newcomer.person_id]),
        lambda tx: governing.set_owner(tx, office.registrar, group, newcomer.person_id),
    ]
    for attempt in attempts:
        with pytest.raises(GuijuError):
            world.write(attempt)
    world.write(
        lambda tx: roster.ask_to_join(
            tx, newcomer, filing_number="澄群备〔2026〕0001 号", reason="x"
        )
    )
    for attempt in attempts:
        with pytest.raises(GuijuError):
            world.write(attempt)
    member: Member = office.place(group, newcomer)
    assert member.state is MemberState.UNDER_REVIEW
    with pytest.raises(GroupNotFoundError):
        world.send(newcomer, group, "我进来了吗")


def test_search_right_mentions_reach_members_only(office: Office) -> None:
    world, group = office.world, office.group()
    other = world.group(
        office.owner, [office.administrator], [office.outsider], name="澄远另一个工作群"
    )
    with pytest.raises(BadMentionError):
        world.send(office.member, group, "你好", mentions=(office.outsider.person_id,))
    world.send(office.owner, other, "你好", mentions=(office.outsider.person_id,))
    (shown,) = world.read(lambda tx: service.list_conversations(tx, office.member))
    assert (shown.unread, shown.mentioned) == (0, False)


def test_role_nobody_makes_themselves_more_than_they_are(office: Office) -> None:
    world = office.world
    admin = world.person("周安全", "security_admin")
    for actor, role in (
        (office.member, "reviewer"),
        (office.reviewer, "audit_admin"),
        (admin, "audit_admin"),
    ):
        with pytest.raises(GuijuError):
            world.write(
                lambda tx, actor=actor, role=role: directory.grant_role(  # type: ignore[misc]  # bound at once
                    tx, actor, actor.person_id, role
                )
            )


@pytest.mark.parametrize(
    "text", ["赌" * 10_000, "核心配方" * 2_500, "1" * 10_000, "\u200b" * 10_000, "核 心" * 3_333]
)
def test_redos_the_longest_texts_are_inspected_quickly(office: Office, text: str) -> None:
    world, group = office.world, office.group()
    world.send(office.owner, group, "热身")
    began = time.perf_counter()
    world.send(office.member, group, text)
    assert time.perf_counter() - began < 3


def test_limit_texts_mentions_and_cmids_are_bounded(office: Office) -> None:
    world, group = office.world, office.group()
    composer = composing.Composer(None, world.runtime.inspector, None, None)  # type: ignore[arg-type]  # prepare needs none

    def prepare(cmid: Any, **body: Any) -> Send:
        draft = composing.Draft(office.member, group, cmid, composing.read_body(body))
        return composer.prepare(draft)

    assert prepare("a", text="x" * 10_000).text
    assert len(prepare("a", text="x", mentions=["per_1"] * 50).mentions) == 1
    for cmid, body in (
        ("a", {"text": "x" * 10_001}),
        ("a", {"text": " \n "}),
        ("a", {"text": "x", "mentions": ["per_1"] * 51}),
        ("a", {"text": "x", "mentions": ["p" * 65]}),
        ("a", {"text": "x", "quote": -1}),
        ("a", {"text": "x", "quote": 2**53}),
        ("", {"text": "x"}),
        ("a" * 65, {"text": "x"}),
        ("a b", {"text": "x"}),
        ("群", {"text": "x"}),
        ("a\n", {"text": "x"}),
        ("a", {"text": "a\x00b"}),
        ("a", {"text": "\ud800"}),
    ):
        with pytest.raises(BadMessageError):
            prepare(cmid, **body)


def test_recall_echo_no_fact_repeats_what_was_refused(office: Office) -> None:
    """The text of a refused message reaches nobody by the news of its refusal."""
    world, group = office.world, office.group()
    listening = Listening(world)
    held = world.send(office.member, group, SECRET).position
    ears = [listening.ear(who) for who in (office.member, office.owner, office.reviewer)]
    world.write(lambda tx: review.refuse(tx, office.reviewer, held, reason="涉密"))
    assert [ear.kinds for ear in ears] == [["messaging.refused"], [], ["messaging.review_done"]]
    assert all("核心配方" not in str(ear.frames) for ear in ears)


def test_move_revoke_every_path_to_what_was_said_closes_with_the_place(office: Office) -> None:
    world, group, other = office.world, office.group(), office.group(name="澄远乙班工作群")
    sent = world.send(office.owner, group, "三号线周一检修").position
    world.send(office.owner, group, "收到请回", thread=sent)
    world.write(lambda tx: pinning.pin(tx, office.owner, group, sent, on=True))
    world.write(lambda tx: personal.save(tx, office.member, SavedKind.FAVOURITE, sent))
    searcher = Searcher(door_of(world), world.runtime.segments)
    wish = Wanted("f1", group, other, (sent,), merged=False)
    ways: list[Callable[[ReadTx], Any]] = [
        lambda tx: service.timeline(tx, office.member, group, before=None, limit=50),
        lambda tx: changes.get_message(tx, office.member, group, sent),
        lambda tx: changes.versions(tx, office.member, group, sent),
        lambda tx: changes.thread(tx, office.member, group, sent, before=None, limit=50),
        lambda tx: changes.list_pins(tx, office.member, group),
        lambda tx: changes.around(tx, office.member, group, sent, limit=9),
        lambda tx: reads.readers(tx, office.member, group, sent),
        lambda tx: forwarding.plan(tx, office.member, wish),
    ]
    for way in ways:
        assert world.read(way)

    def kept() -> tuple[int, int]:
        saved, _ = world.read(
            lambda tx: personal.list_saved(
                tx, office.member, SavedKind.FAVOURITE, before=None, limit=9
            )
        )
        return len(saved), len(found(searcher, office.member, "检修"))

    assert kept() == (1, 1)
    remove(office, group, office.member)
    for way in ways:
        with pytest.raises(GroupNotFoundError):
            world.read(way)
    assert kept() == (0, 0)


@pytest.mark.parametrize("lost", ["publishing", "membership", "the group"])
def test_edit_right_who_may_not_write_any_more_changes_nothing_either(
    office: Office, lost: str
) -> None:
    world, group = office.world, office.group()
    world.adopt(with_editing)
    sent = world.send(office.member, group, "八点开工").position
    if lost == "publishing":
        world.adopt(rule("only: all, replies: false, most: 5", with_editing))
        people = [office.owner.person_id]
        world.write(lambda tx: ordering.set_publishers(tx, office.owner, group, people))
    elif lost == "membership":
        remove(office, group, office.member)
    else:
        world.write(lambda tx: governing.close(tx, office.owner, group, reason="完工"))
    before = world.read(lambda tx: tx.position)
    with pytest.raises((NotPublisherError, GroupNotFoundError, GroupClosedError)):
        world.edit(office.member, group, sent, "九点开工")
    assert world.read(lambda tx: tx.position) == before


def test_edit_fields_the_time_to_change_a_message_holds_for_all_of_it(office: Office) -> None:
    world, group = office.world, office.group()
    world.adopt(with_editing)
    sent = world.send(office.member, group, "八点开工").position
    world.edit(office.member, group, sent, "八点开工", mentions=[office.owner.person_id])
    world.clock.advance(60 * MINUTE + 1)
    called: Any
    for text, called in (
        ("九点开工", [office.owner.person_id]),
        ("八点开工", []),
        ("八点开工", [office.administrator.person_id]),
    ):
        with pytest.raises(EditLateError):
            world.edit(office.member, group, sent, text, mentions=called)
    assert len(world.entries("messaging.edited")) == 1


def test_socket_fields_others_get_nothing_of_a_message_that_is_its_authors(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    ears = [listening.ear(who) for who in (office.owner, office.administrator)]
    done = world.send(office.member, group, f"证件{ID_NUMBER}")
    assert done.state is MessageState.MASKED
    for ear in ears:
        (item,) = ear.items
        assert item["position"] == done.position
        for mine in (ID_NUMBER, "original", "ruleset", "basis"):
            assert mine not in str(ear.frames)


def test_socket_unicast_what_stops_a_message_is_told_its_author_alone(office: Office) -> None:
    world, group = office.world, office.group()
    listening = Listening(world)
    author = listening.ear(office.member)
    others = [listening.ear(who) for who in (office.owner, office.administrator, office.outsider)]
    reviewer = listening.ear(office.reviewer)
    assert world.send(office.member, group, SECRET).state is MessageState.HELD
    assert world.send(office.member, group, "去赌博网站玩").state is MessageState.BLOCKED
    assert (
        world.send(office.member, group, "九成新自行车转让，300元面交").state is MessageState.WARNED
    )
    assert author.kinds == ["messaging.held", "messaging.blocked"]
    assert [ear.items for ear in others] == [[], [], []]
    assert reviewer.kinds == ["messaging.review_waiting"] and "配方" not in str(reviewer.frames)


def test_amplify_a_call_to_everybody_costs_the_same_in_any_group(office: Office) -> None:
    """What one request makes others store does not grow with those whom it reaches."""
    world, sizes = office.world, list[int]()
    crowd = [world.person(f"同事{n}") for n in range(30)]
    for more in ([], crowd):
        group = world.group(office.owner, [office.administrator], [office.member, *more])
        before = world.read(lambda tx: tx.position)
        people = len(more) + 3
        world.send(office.owner, group, "请看", mentions=(PersonId(ALL),), members=people)
        made = world.entries()[before + 1 :]
        assert [entry.kind for entry in made] == ["messaging.sent"]
        sizes.append(len(msgspec.json.encode(schema_of(made[0].fact).split(made[0].fact).clear)))
    assert sizes[0] == sizes[1]
