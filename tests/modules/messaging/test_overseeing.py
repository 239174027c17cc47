"""Whoever reads a text of others because of their office is on record before they get it: [audit-path]."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from guiju.kernel.actor import Actor
from guiju.modules.groups import roster
from guiju.modules.messaging import (
    _oversight_store,
    _review_shape,
    overseeing,
    replaying,
    review,
    review_queue,
    service,
)
from guiju.modules.messaging.oversight_types import SAME_READING, Duty, TextRead
from guiju.modules.messaging.types import ReviewNotFoundError
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import BadPackError
from tests.support.inside import Inside, session_for
from tests.support.office import Office

SECRET = "这是核心配方"
ALERTING = "有记者采访，在东门"
READ = "messaging.text_read"


class Reader:
    """Somebody who asks the running server."""

    def __init__(self, inside: Inside, office: Office, actor: Actor) -> None:
        self.inside, self.token = inside, session_for(office.world, actor)

    def ask(self, path: str, body: object = None) -> Any:
        method = "POST" if body is not None else "GET"
        answer = self.inside.request(method, f"/api{path}", self.token, body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def reader(inside: Inside, office: Office) -> Reader:
    return Reader(inside, office, office.reviewer)


def test_audit_path_a_held_text_is_shown_once_its_reading_is_recorded(
    office: Office, reader: Reader
) -> None:
    world, group = office.world, office.group()
    said = world.send(office.owner, group, "配比谁有？").position
    held = world.send(office.member, group, SECRET, quote=said).position
    after = world.send(office.owner, group, "不要发在群里").position
    (row,) = reader.ask("/reviews")["reviews"]
    assert "text" not in row and SECRET not in str(row) and row["findings"][0]["word"] == "核心配方"
    assert world.entries(READ) == [], "a list shows no text"
    opened = reader.ask(f"/reviews/{held}")
    assert opened["text"] == SECRET and [each["position"] for each in opened["after"]] == [after]
    (entry,) = world.entries(READ)
    assert entry.fact == TextRead(group, (held, said, after), Duty.REVIEW)
    assert entry.actor == office.reviewer.name and entry.group is None
    assert "6.7/messaging.review" in entry.uses, "the clause whose duty it is"


def test_the_same_reading_is_recorded_once_until_there_is_more_to_see(
    office: Office, reader: Reader
) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET).position
    for _ in range(3):
        assert reader.ask(f"/reviews/{held}")["after"] == []
    assert len(world.entries(READ)) == 1
    more = world.send(office.owner, group, "不要发在群里").position
    assert [each["position"] for each in reader.ask(f"/reviews/{held}")["after"]] == [more]
    assert [entry.fact.refs for entry in world.entries(READ)] == [(held,), (held, more)]
    world.later(SAME_READING - 1)
    reader.ask(f"/reviews/{held}")
    assert len(world.entries(READ)) == 2
    world.later(1)
    reader.ask(f"/reviews/{held}")
    assert len(world.entries(READ)) == 3


def test_a_decision_that_answers_with_the_text_is_a_reading_too(
    office: Office, reader: Reader
) -> None:
    group = office.group()
    held = office.world.send(office.member, group, SECRET).position
    body = {"verdict": "refuse", "reason": "涉密"}
    assert reader.ask(f"/reviews/{held}/decision", body)["text"] == SECRET
    assert [entry.fact.refs for entry in office.world.entries(READ)] == [(held,)]


def test_a_text_under_an_alert_is_read_by_itself_and_on_record(
    office: Office, reader: Reader
) -> None:
    world, group = office.world, office.group()
    sent = world.send(office.member, group, ALERTING).position
    (row,) = reader.ask("/alerts")["alerts"]
    assert "text" not in row and "东门" not in str(row)
    assert [each["word"] for each in row["findings"]] == [""], (
        "for an expression it is what was written"
    )
    assert world.entries(READ) == []
    for _ in range(2):
        assert reader.ask(f"/alerts/{row['alert']}")["text"] == ALERTING
    (entry,) = world.entries(READ)
    assert (
        entry.fact == TextRead(group, (sent,), Duty.ALERT) and entry.actor == office.reviewer.name
    )


PLATES = """      - use: messaging.patterns
        with: {patterns: [{id: plate, regex: '绝密[一-龥]{4}'}], disposition: %s}
"""
RIGHT_BEFORE = "      - use: messaging.personal_data"


@pytest.mark.parametrize("disposition", ["hold", "alert"])
def test_what_an_expression_named_like_a_kind_found_stands_in_no_list(
    office: Office, reader: Reader, monkeypatch: pytest.MonkeyPatch, disposition: str
) -> None:
    """Earlier versions took such a name, and packs that are in force stay."""
    world, group = office.world, office.group()
    added = PLATES % disposition + RIGHT_BEFORE
    with pytest.raises(BadPackError) as caught:
        world.adopt(lambda text: text.replace(RIGHT_BEFORE, added, 1))
    assert "no kind of personal data: `plate`" in str(caught.value.data["problems"])
    with monkeypatch.context() as patch:
        patch.setattr("guiju.modules.messaging._expressions.check_new", lambda params: None)
        world.adopt(lambda text: text.replace(RIGHT_BEFORE, added, 1))
    policy._read.cache_clear()  # no other test takes it for one that may be adopted
    sent = world.send(office.member, group, "绝密东风计划").position
    path, name = ("/reviews", "reviews") if disposition == "hold" else ("/alerts", "alerts")
    (row,) = reader.ask(path)[name]
    assert [(each["rule"], each["word"]) for each in row["findings"]] == [("plate", "")]
    if disposition == "hold":
        again = world.read(
            lambda tx: replaying.shape(tx, replaying.replay(tx, office.reviewer, sent))
        )
        assert [each["word"] for each in again["again"]["findings"]] == [""]
        assert "东风" not in str(again)
    assert world.entries(READ) == []


def test_a_number_is_listed_without_its_middle(office: Office, reader: Reader) -> None:
    world, group = office.world, office.group()
    kinds = "passport, bank_card], disposition: "
    world.adopt(lambda text: text.replace(f"{kinds}standard", f"{kinds}hold"))
    world.send(office.member, group, "身份证11010519491231002X")
    (row,) = reader.ask("/reviews")["reviews"]
    (word,) = {each["word"] for each in row["findings"]}
    assert "*" in word and "19491231" not in word


def test_many_alerts_cost_no_query_for_each_of_them(office: Office) -> None:
    world, group = office.world, office.group()
    crowd = [world.person(f"工友{n}") for n in range(12)]
    world.write(
        lambda tx: roster.admit(tx, office.owner, group, [each.person_id for each in crowd])
    )

    def asked() -> tuple[int, int]:
        """(how many alerts, how many queries)."""
        counted: list[Sequence[Any]] = []
        count = lambda *each: counted.append(each)  # noqa: E731  # a listener is removed by identity
        readers = world.runtime.database.readers
        event.listen(readers, "before_cursor_execute", count)
        try:
            rows = world.read(
                lambda tx: _review_shape.alerts(
                    world.runtime.new_view(tx),
                    office.reviewer,
                    review_queue.list_alerts(tx, office.reviewer),
                )
            )
        finally:
            event.remove(readers, "before_cursor_execute", count)
        return len(rows), len(counted)

    for each in crowd[:2]:
        world.send(each, group, ALERTING)
    few, cost = asked()
    for each in crowd[2:]:
        world.send(each, group, ALERTING)
    assert (few, asked()) == (2, (12, cost))


def test_each_reader_and_each_role_has_a_record_of_their_own(office: Office) -> None:
    world, group = office.world, office.group()
    other, security = world.person("周审核", "reviewer"), world.person("尤保密", "security_admin")
    held = world.send(office.member, group, SECRET).position
    office.refused(ReviewNotFoundError, lambda tx: overseeing.read_review(tx, security, held))
    world.write(
        lambda tx: review.escalate(tx, office.reviewer, held, proposal=None, reason="拿不准")
    )
    for who in (office.reviewer, other, security):
        world.write(lambda tx, who=who: overseeing.read_review(tx, who, held))  # type: ignore[misc]  # bound at once
    found = [(entry.actor, entry.fact.duty) for entry in world.entries(READ)]
    assert found == [(who.name, Duty.REVIEW) for who in (office.reviewer, other, security)]
    for name, _ in found:
        row = world.read(lambda tx, name=name: _oversight_store.find(tx, held, name, Duty.REVIEW))  # type: ignore[misc]  # bound at once
        assert row is not None and row.shown == {held}


def test_nobody_else_is_answered_and_nothing_recorded(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET).position
    sent = world.send(office.member, group, ALERTING).position
    own = world.group(office.owner, [office.administrator], [office.reviewer])
    world.send(office.reviewer, own, ALERTING)
    alert, mine = (entry.position for entry in world.entries("messaging.alerted"))
    auditor = world.person("郑审计", "audit_admin")
    for actor in (office.member, office.owner, office.registrar, auditor):
        for verb, at in ((overseeing.read_review, held), (overseeing.read_alert, alert)):
            office.refused(ReviewNotFoundError, partial(verb, actor=actor, position=at))
    for position in (mine, sent, held, 10**6):
        read = partial(overseeing.read_alert, actor=office.reviewer, position=position)
        office.refused(ReviewNotFoundError, read)


def test_members_and_the_author_learn_nothing_of_a_reading(office: Office) -> None:
    world, group = office.world, office.group()
    held = world.send(office.member, group, SECRET).position
    before = world.read(lambda tx: service.timeline(tx, office.member, group, before=None, limit=9))
    world.write(lambda tx: overseeing.read_review(tx, office.reviewer, held))
    after = world.read(lambda tx: service.timeline(tx, office.member, group, before=None, limit=9))
    assert before == after
    (entry,) = world.entries(READ)
    assert entry.number is None, "it takes none of the group's numbers"
