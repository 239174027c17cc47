"""Who answers for a question, and which questions one may see. Reading only; the verbs stand in `questioning.py`."""

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.errors import ForbiddenError, NotFoundError
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.modules.directory import deputising
from guiju.modules.directory import service as directory
from guiju.modules.followup import _question_store, hearing
from guiju.modules.followup.question_types import (
    Question,
    QuestionBox,
    QuestionFigures,
    QuestionKind,
    QuestionNotFoundError,
    QuestionRaised,
    QuestionState,
    Wanted,
)
from guiju.modules.groups import service as groups
from guiju.modules.messaging import correcting
from guiju.modules.messaging import service as messaging
from guiju.modules.policy.types import PRESENT, GroupRole

CONTROL = "followup.questions"
MOST_LOOKED = 20_000
"""So many that are near a person are looked through for those that are theirs."""
_RUNNING = (GroupRole.OWNER, GroupRole.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest questions of a list, and whether there are older ones, or may be."""

    questions: list[Question]
    has_more: bool


class Chart:
    """Who answers for what, by the chart, the deputies and the barriers of one snapshot; what many questions share is asked
    once.
    """

    def __init__(self, tx: ReadTx) -> None:
        self._tx = tx
        self._over_unit = functools.cache(lambda unit: directory.heads_over(tx, unit, None))
        self._over_person = functools.cache(functools.partial(hearing.heads_above, tx))
        self._is_known = functools.cache(functools.partial(directory.has_person, tx))
        self._deputy = functools.cache(lambda one: deputising.deputies(tx, [one]).get(one))
        self._may_hear = functools.cache(lambda by, to: bool(hearing.permitted(tx, by, [to])))

    def chain(self, unit: str | None, person: PersonId | None, asker: PersonId) -> list[PersonId]:
        """Who answers for a unit, or for what somebody wrote, and who does when they did not: nearest first, never who asks."""
        if unit is not None:
            return [head for head in self._over_unit(unit) if head != asker]
        if person is None or not self._is_known(person):
            return []
        return [person, *(head for head in self._over_person(person) if head != asker)]

    def permitted(self, question: Question) -> list[PersonId]:
        """Who answers for a question in turn, without the heads from whom a barrier keeps who asks. Whoever wrote the
        message has it before them anyway.
        """
        found = self.chain(question.unit, question.person, question.asker)
        own = found[:1] if question.unit is None else []
        above = found[len(own) :]
        return own + [head for head in above if self._may_hear(question.asker, head)]

    def with_deputies(self, people: Collection[PersonId], asker: PersonId) -> tuple[PersonId, ...]:
        """These people and who stands in for them, but never who asks, nor a deputy from whom a barrier keeps them."""
        deputies = (self._deputy(one) for one in people)
        standing = [one for one in deputies if one is not None and self._may_hear(asker, one)]
        return tuple(dict.fromkeys(one for one in (*people, *standing) if one != asker))

    def answerers(self, question: Question) -> tuple[PersonId, ...]:
        """Who may answer a question now; of an error nobody stands in for who wrote it."""
        found = self.permitted(question)[: question.level + 1]
        if question.kind is QuestionKind.ERROR:
            return (*found[:1], *self.with_deputies(found[1:], question.asker))
        return self.with_deputies(found, question.asker)


def answerers(tx: ReadTx, question: Question) -> tuple[PersonId, ...]:
    """Who may answer a question now."""
    return Chart(tx).answerers(question)


def told_by_line(tx: ReadTx, shown: int) -> set[PersonId]:
    """Who answers for what a correction that appears at `shown`, or a recall of that message, closed, ended or has wait again."""
    line = correcting.line_of(tx, shown)
    messages = correcting.chain(tx, line) if line is not None else [shown]
    chart = Chart(tx)
    found = _question_store.changed_by(tx, shown, messages)
    return {person for question in found for person in chart.answerers(question)}


def get_question(tx: ReadTx, actor: Actor, position: int) -> Question:
    """A question that the actor may see: as a member who sees its message, or as one who answers for it.

    Raises QuestionNotFoundError.
    """
    found = _question_store.find(tx, position)
    if found is None or not (
        actor.person_id in answerers(tx, found) or is_inside(tx, actor, found)
    ):
        raise QuestionNotFoundError("There is no such question.", position=position)
    return found


def find(tx: ReadTx, position: int) -> Question:
    """A question without regard to who asks; for delivery."""
    found = _question_store.find(tx, position)
    assert found is not None, "a fact names it"
    return found


def is_over(tx: ReadTx, entry: Recorded) -> bool:
    """Whether an entry is about a question that ended, whose texts nobody is shown any more."""
    at = entry.position if isinstance(entry.fact, QuestionRaised) else entry.fact.refs[1]
    return find(tx, at).state is QuestionState.ENDED


def is_inside(tx: ReadTx, actor: Actor, question: Question) -> bool:
    """Whether the actor sees the message that a question is about."""
    try:
        place = messaging.reading_place(tx, actor, question.group)
    except (ForbiddenError, NotFoundError):
        return False
    return question.message >= place.visible_from


def may_see_answer(tx: ReadTx, question: Question) -> bool:
    """Whether who asked still reads the message that their question is about; for delivery."""
    place = groups.find_member(tx, question.group, question.asker)
    return place is not None and place.state in PRESENT and question.message >= place.visible_from


def list_group(
    tx: ReadTx, actor: Actor, group: GroupId, wanted: Wanted
) -> tuple[Listed, QuestionFigures | None]:
    """The newest 200 questions of a group that the actor may see, and for who runs the group figures of the newest 1000.

    Raises what `messaging.reading_place` raises.
    """
    place = messaging.reading_place(tx, actor, group)
    found = _listed(_question_store.in_group(tx, group, wanted, since=place.visible_from))
    if place.role not in _RUNNING:
        return found, None
    return found, _question_store.figures(_question_store.measured(tx, group), tx.now)


def list_box(
    tx: ReadTx, actor: Actor, box: QuestionBox, wanted: Wanted
) -> tuple[Listed, QuestionFigures | None]:
    """The newest 200 that I asked in groups where I am; or that I answer for, over all groups, with figures of the newest
    1000.
    """
    person = actor.person_id
    if box is QuestionBox.ASKED:
        found = _listed(_question_store.asked_by(tx, person, wanted))
        return replace(
            found, questions=[o for o in found.questions if is_inside(tx, actor, o)]
        ), None
    mine = answered_by(tx, person, wanted, _question_store.LONGEST_LIST)
    every = answered_by(tx, person, Wanted.ALL, _question_store.MEASURED)
    return mine, _question_store.figures(every.questions, tx.now)


def _listed(found: list[Question]) -> Listed:
    """What was read with one more than are listed."""
    most = _question_store.LONGEST_LIST
    return Listed(found[:most], len(found) > most)


def answered_by(tx: ReadTx, person: PersonId, wanted: Wanted, most: int) -> Listed:
    """For which questions a person may answer, the newest first.

    The tables tell only which are near, so those are looked through until enough are found, however many lie between.
    """
    acting = [person, *deputising.stands_in_for(tx, person)]
    units = {unit for one in acting for unit in directory.headed_units(tx, one)}
    chart, found, looked = Chart(tx), list[Question](), 0
    before: int | None = None
    while len(found) <= most and looked < MOST_LOOKED:
        near = _question_store.near(tx, acting, units, wanted, before)
        found += [one for one in near if person in chart.answerers(one)]
        if len(near) < _question_store.SLICE:
            return Listed(found[:most], len(found) > most)
        looked, before = looked + len(near), near[-1].position
    return Listed(found[:most], has_more=True)


def count_open(tx: ReadTx, person: PersonId) -> int:
    """How many questions wait for a person's answer, at most 1000."""
    return len(answered_by(tx, person, Wanted.OPEN, _question_store.MEASURED).questions)


def texts(tx: ReadTx, found: Sequence[Question]) -> Mapping[int, Recorded]:
    """The entries that say what was asked, answered, and why it was handed on or reopened, by their positions."""
    shown = [one for one in found if one.state is not QuestionState.ENDED]
    wanted = [at for one in shown for at in (one.position, one.answer, one.moved) if at is not None]
    if not wanted:
        return {}
    query = EntryQuery(positions=tuple(wanted), limit=len(wanted))
    return {entry.position: entry for entry in tx.entries(query)}
