"""What there is: notices, who has acknowledged them, and who may see that. Reading only; the verbs stand beside it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.modules.directory import deputising
from guiju.modules.directory import service as directory
from guiju.modules.notices import _store
from guiju.modules.notices.types import (
    Acknowledgement,
    Box,
    Figures,
    Missing,
    Notice,
    NoticeId,
    NoticeNotFoundError,
    NoticePublished,
    NoticeRevised,
    NoticeState,
    NoticeWithdrawn,
    Quiz,
    Recipient,
    StaleVersionError,
    Version,
    Wording,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NotAllowedError

apply = _store.apply
ACKNOWLEDGEMENT, QUIZ = "notices.acknowledgement", "notices.quiz"
READ_ALL = "notices.read_all"


def acknowledgement_rule(tx: ReadTx) -> Acknowledgement:
    """The rule in force for deadlines and reminders; its defaults where no clause speaks of it."""
    use = policy.first_use(tx, ACKNOWLEDGEMENT)
    rule = use.params if use is not None else Acknowledgement()
    assert isinstance(rule, Acknowledgement)
    return rule


def quiz_rule(tx: ReadTx) -> Quiz:
    """The rule in force for questions."""
    use = policy.first_use(tx, QUIZ)
    rule = use.params if use is not None else Quiz()
    assert isinstance(rule, Quiz)
    return rule


def get(tx: ReadTx, notice_id: NoticeId) -> Notice:
    """A notice that this transaction has found or published."""
    found = _store.find(tx, notice_id)
    assert found is not None, "asked only for what is there"
    return found


def find_notice(tx: ReadTx, notice_id: NoticeId) -> Notice | None:
    """A notice without regard to who asks; for delivery."""
    return _store.find(tx, notice_id)


def overseen_units(tx: ReadTx, actor: Actor) -> frozenset[str] | None:
    """The units whose people's acknowledgements the actor may see; None for all of them."""
    return None if policy.may(tx, actor, READ_ALL) else units_under(tx, actor.person_id)


def units_under(tx: ReadTx, person: PersonId) -> frozenset[str]:
    """The units that a person heads, or heads for whom they stand in, with the units below them."""
    heads = [person, *deputising.stands_in_for(tx, person)]
    return frozenset().union(*(directory.headed_units(tx, head) for head in heads))


def told_at_deadline(
    tx: ReadTx, notice: Notice, units: Collection[str] | None = None
) -> Mapping[PersonId, Collection[PersonId]]:
    """The nearest heads over those who are missing, and who stands in for them, each with whom they are told of.

    The publisher is told of all anyway. With `units` only people of these are looked at.
    """
    found = defaultdict[PersonId, set[PersonId]](set)
    missing = [each for each in _store.recipients(tx, notice.id, units) if each.misses(notice)]
    heads = directory.heads_over_each(tx, {each.unit for each in missing if each.unit is not None})
    for each in missing:
        above = [one for one in heads.get(each.unit or "", ()) if one != each.person]
        for head in above[:1]:
            found[head].add(each.person)
    own = {head: frozenset(theirs) for head, theirs in found.items()}
    for head, deputy in deputising.deputies(tx, list(own)).items():
        if others := own[head] - {deputy}:
            found[deputy] |= others
    found.pop(notice.issuer, None)
    return {head: found[head] for head in sorted(found)}


def get_notice(tx: ReadTx, actor: Actor, notice_id: NoticeId) -> Notice:
    """A notice that asks the actor, is theirs, or asks people whom they oversee. Raises NoticeNotFoundError."""
    found = _store.find(tx, notice_id)
    if found is None or not (
        found.issuer == actor.person
        or _store.find_recipient(tx, notice_id, actor.person) is not None
        or _oversees(tx, actor, notice_id)
    ):
        raise NoticeNotFoundError("There is no such notice.", notice=notice_id)
    return found


def shows_entry(tx: ReadTx, actor: Actor, entry: Recorded) -> bool:
    """Whether a screen of the actor's own shows the entry: a text that asks them, what they did, their notice, what told them."""
    notice = _store.find(tx, NoticeId(entry.fact.notice))
    if notice is None:
        return False
    if actor.name in (notice.issuer, entry.actor, getattr(entry.fact, "to", None)):
        return True
    is_text = isinstance(entry.fact, NoticePublished | NoticeRevised)
    if is_text and notice.state is NoticeState.WITHDRAWN:
        return False
    return is_text and _store.find_recipient(tx, notice.id, actor.person) is not None


def _oversees(tx: ReadTx, actor: Actor, notice_id: NoticeId) -> bool:
    units = overseen_units(tx, actor)
    return units is None or bool(_store.figures(tx, [notice_id], units) if units else {})


def may_read_text(tx: ReadTx, actor: Actor, notice: Notice) -> bool:
    """Whether the actor, who sees the notice, reads its texts: of a withdrawn one only its issuer and the overseers do."""
    is_open = notice.state is NoticeState.OPEN
    return is_open or notice.issuer == actor.person or policy.may(tx, actor, READ_ALL)


def withdrawal(tx: ReadTx, notice: Notice) -> tuple[int, str] | None:
    """(time in ms, reason) of the withdrawal; None while the notice is open."""
    entry = tx.entry(notice.withdrawn) if notice.withdrawn is not None else None
    if entry is None:
        return None
    assert isinstance(entry.fact, NoticeWithdrawn), "the notice names the entry that withdrew it"
    return entry.at, entry.fact.reason


def roster_units(tx: ReadTx, actor: Actor, notice: Notice) -> frozenset[str] | None:
    """Of whom the actor may see who has acknowledged: of all (None), of the people of units, or of nobody (empty)."""
    return None if notice.issuer == actor.person else overseen_units(tx, actor)


def roster(tx: ReadTx, actor: Actor, notice_id: NoticeId) -> tuple[Notice, list[Recipient]]:
    """Who has acknowledged and who has not, as far as the actor may see it. Raises NoticeNotFoundError, NotAllowedError."""
    notice = get_notice(tx, actor, notice_id)
    units = roster_units(tx, actor, notice)
    if units is not None and not units:
        raise NotAllowedError("Who has acknowledged is not yours to see.", operation=READ_ALL)
    return notice, _store.recipients(tx, notice.id, units)


def list_notices(tx: ReadTx, actor: Actor, box: Box) -> list[Notice]:
    """A box, at most 200 notices. Raises NotAllowedError for what one does not oversee."""
    match box:
        case Box.TODO:
            return _store.todo_of(tx, actor.person_id)
        case Box.DONE:
            return _store.done_of(tx, actor.person_id)
        case Box.ISSUED:
            return _store.issued_by(tx, actor.person_id)
        case Box.OVERSEEN:
            units = overseen_units(tx, actor)
            if units is not None and not units:
                raise NotAllowedError("You oversee nobody.", operation=READ_ALL)
            return _store.newest(tx, units)
        case Box.LATE:
            person = actor.person_id
            return _store.late_of(tx, person, units_under(tx, person))


def count_todo(tx: ReadTx, people: Collection[PersonId]) -> Mapping[PersonId, int]:
    """How many notices each of these people must acknowledge; who must none is left out."""
    return _store.count_todo(tx, people)


def count_late(tx: ReadTx, person: PersonId) -> int:
    """How many notices are late of those that a person issued, or that ask people under them; at most 200."""
    return len(_store.late_of(tx, person, units_under(tx, person)))


def missing_of(
    tx: ReadTx, notices: Sequence[Notice], person: PersonId
) -> Mapping[NoticeId, Missing]:
    """Who has not acknowledged these notices: of whoever issued one all, else of the people under them."""
    own = [each.id for each in notices if each.issuer == person]
    others = [each.id for each in notices if each.issuer != person]
    theirs = _store.missing_of(tx, others, units_under(tx, person), person)
    return {**_store.missing_of(tx, own, None, person), **theirs}


def recipients(tx: ReadTx, notice_id: NoticeId) -> list[Recipient]:
    """Everybody who is asked, without regard to who wants to know; for delivery."""
    return _store.recipients(tx, notice_id)


def missing(
    tx: ReadTx, notice_id: NoticeId, among: Collection[PersonId] | None = None
) -> list[PersonId]:
    """Who has not acknowledged, of all or of these people; for delivery."""
    return _store.missing(tx, notice_id, among)


def mine_of(
    tx: ReadTx, notices: Sequence[Notice], person: PersonId | None
) -> Mapping[NoticeId, Recipient]:
    """The person's part in these notices."""
    ids = [notice.id for notice in notices]
    return _store.mine_of(tx, ids, person) if person is not None else {}


def figures(
    tx: ReadTx, notices: Sequence[Notice], units: Collection[str] | None
) -> Mapping[NoticeId, Figures]:
    """How far these notices have come; with `units` among the people of these."""
    return _store.figures(tx, [notice.id for notice in notices], units)


def versions(tx: ReadTx, notice: Notice) -> list[tuple[Version, Wording, str]]:
    """(version, what it says, why it changed), oldest first; opened from the ledger."""
    found = _store.versions(tx, notice.id)
    said = _open(tx, [each.position for each in found])
    return [(each, *said[each.position]) for each in found]


def wordings(tx: ReadTx, notices: Sequence[Notice]) -> Mapping[NoticeId, Wording]:
    """What the newest version of each says; opened from the ledger with one look."""
    said = _open(tx, [notice.position for notice in notices])
    return {notice.id: said[notice.position][0] for notice in notices}


def wording(tx: ReadTx, notice: Notice) -> Wording:
    """What the newest version says. Raises StaleVersionError in the very commit that brings it."""
    found = _open(tx, [notice.position])
    if notice.position not in found:
        raise StaleVersionError("The text has just changed.", version=notice.version)
    return found[notice.position][0]


def _open(tx: ReadTx, positions: Sequence[int]) -> Mapping[int, tuple[Wording, str]]:
    """(wording, reason) by position; what was shredded says nothing."""
    if not positions:
        return {}
    query = EntryQuery(positions=tuple(positions), limit=len(positions))
    found = {}
    for entry in tx.entries(query):
        fact = entry.fact
        assert isinstance(fact, NoticePublished | NoticeRevised), "versions name their entries"
        reason = fact.reason if isinstance(fact, NoticeRevised) else ""
        found[entry.position] = (Wording(fact.title, fact.text, tuple(fact.questions)), reason)
    return found
