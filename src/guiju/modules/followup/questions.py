"""Who answers for a question, and which questions one may see. Reading only; the verbs stand in `questioning.py`."""

from collections.abc import Collection, Mapping, Sequence

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
from guiju.modules.messaging import service as messaging
from guiju.modules.policy.types import GroupRole

CONTROL = "followup.questions"
_RUNNING = (GroupRole.OWNER, GroupRole.ADMINISTRATOR)


def chain(tx: ReadTx, unit: str | None, person: PersonId | None, asker: PersonId) -> list[PersonId]:
    """Who answers for a unit, or for what somebody wrote, and who does when they did not: nearest first, never who asks."""
    if unit is not None:
        return directory.heads_over(tx, unit, asker)
    if person is None or not directory.has_person(tx, person):
        return []
    return [person, *(head for head in hearing.heads_above(tx, person) if head != asker)]


def permitted(tx: ReadTx, question: Question) -> list[PersonId]:
    """Who answers for a question in turn, without the heads from whom a barrier keeps who asks. Whoever wrote the message
    has it before them anyway.
    """
    found = chain(tx, question.unit, question.person, question.asker)
    own = found[:1] if question.unit is None else []
    return own + hearing.permitted(tx, question.asker, found[len(own) :])


def with_deputies(
    tx: ReadTx, people: Collection[PersonId], asker: PersonId
) -> tuple[PersonId, ...]:
    """These people and who stands in for them, but never who asks, nor a deputy from whom a barrier keeps them."""
    standing = hearing.permitted(tx, asker, deputising.deputies(tx, people).values())
    return tuple(dict.fromkeys(one for one in (*people, *standing) if one != asker))


def answerers(tx: ReadTx, question: Question) -> tuple[PersonId, ...]:
    """Who may answer a question now; of an error nobody stands in for who wrote it."""
    found = permitted(tx, question)[: question.level + 1]
    if question.kind is QuestionKind.ERROR:
        return (*found[:1], *with_deputies(tx, found[1:], question.asker))
    return with_deputies(tx, found, question.asker)


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


def list_group(
    tx: ReadTx, actor: Actor, group: GroupId, wanted: Wanted
) -> tuple[list[Question], QuestionFigures | None]:
    """The newest 200 questions of a group that the actor may see, and for who runs the group their figures.

    Raises what `messaging.reading_place` raises.
    """
    place = messaging.reading_place(tx, actor, group)
    found = _question_store.in_group(tx, group, wanted, since=place.visible_from)
    if place.role not in _RUNNING:
        return found, None
    return found, _question_store.figures(_question_store.measured(tx, group), tx.now)


def list_box(
    tx: ReadTx, actor: Actor, box: QuestionBox, wanted: Wanted
) -> tuple[list[Question], QuestionFigures | None]:
    """The newest 200 that I asked in groups where I am; or that I answer for, over all groups, with their figures."""
    person = actor.person_id
    if box is QuestionBox.ASKED:
        found = _question_store.asked_by(tx, person, wanted)
        return [one for one in found if is_inside(tx, actor, one)], None
    listed = answered_by(tx, person, wanted)[: _question_store.LONGEST_LIST]
    every = answered_by(tx, person, Wanted.ALL)
    return listed, _question_store.figures(every, tx.now)


def answered_by(tx: ReadTx, person: PersonId, wanted: Wanted) -> list[Question]:
    """For which questions a person may answer, the newest first."""
    acting = [person, *deputising.stands_in_for(tx, person)]
    units = {unit for one in acting for unit in directory.headed_units(tx, one)}
    found = _question_store.near(tx, acting, units, wanted)
    return [one for one in found if person in answerers(tx, one)]


def count_open(tx: ReadTx, person: PersonId) -> int:
    """How many questions wait for a person's answer."""
    return len(answered_by(tx, person, Wanted.OPEN))


def texts(tx: ReadTx, found: Sequence[Question]) -> Mapping[int, Recorded]:
    """The entries that say what was asked, answered, and why it was handed on or reopened, by their positions."""
    shown = [one for one in found if one.state is not QuestionState.ENDED]
    wanted = [at for one in shown for at in (one.position, one.answer, one.moved) if at is not None]
    if not wanted:
        return {}
    query = EntryQuery(positions=tuple(wanted), limit=len(wanted))
    return {entry.position: entry for entry in tx.entries(query)}
