"""Pre-review of a person: after too many refusals every message waits for a reviewer, until a day.

So does what their bots write, which would otherwise be a way round it.
"""

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId, is_bot
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import _review_store, writers
from guiju.modules.messaging.review_types import (
    PreReviewBegan,
    PreReviewEnded,
    PreReviewRules,
    Watch,
)
from guiju.modules.policy import service as policy

CONTROL = "messaging.prereview"
_ACTOR = system("review")
_Watched = dict[tuple[PersonId, GroupId | None], int]
"""Until when (ms) whose messages wait, where; None is everywhere."""


def is_watched(tx: ReadTx, person: PersonId, group: GroupId) -> bool:
    """Whether the person's messages in the group wait for a reviewer; never without a clause that asks for it.

    A bot's wait as well while who answers for it is under pre-review.
    """
    watched: _Watched = tx.cached(_review_store.WATCHES, lambda: _watched(tx))
    if not watched:
        return False
    until = _until(watched, person, group)
    if is_bot(person):
        until = max(until, _until(watched, writers.responsible_for(tx, person), group))
    return tx.now < until and policy.first_use(tx, CONTROL) is not None


def _until(watched: _Watched, person: PersonId, group: GroupId) -> int:
    return max(watched.get((person, group), 0), watched.get((person, None), 0))


def _watched(tx: ReadTx) -> _Watched:
    found: _Watched = {}
    for each in _review_store.watches(tx):
        key = each.person, each.group
        found[key] = max(each.until, found.get(key, 0))
    return found


def begin_if_due(tx: WriteTx, person: PersonId, group: GroupId) -> None:
    """Switch pre-review on when the person's refusals have reached the number.

    Refusals that led to an earlier pre-review are not counted again, unless it was annulled, nor are those that were
    overturned.
    """
    use = policy.first_use(tx, CONTROL)
    if use is None:
        return
    rules = use.params
    assert isinstance(rules, PreReviewRules)
    where = None if rules.everywhere else group
    earlier = [each for each in _review_store.watches(tx, person=person) if each.group == where]
    if any(each.ended_at is None and tx.now < each.until for each in earlier):
        return
    since = tx.now - rules.within_days * DAY
    after = max((each.position for each in earlier if not each.is_annulled), default=-1)
    refusals = _review_store.refusals(tx, person, where, since, after)
    if len(refusals) < rules.refusals:
        return
    until = tx.now + rules.for_days * DAY
    permit = policy.require(tx, _ACTOR, "messaging.review").under(use.id)
    # A leaf has room for so many references; the number of refusals that a clause may ask for is smaller.
    began = PreReviewBegan(where, tuple(refusals[-rules.refusals :]), person, until)
    entry = tx.record(permit, began)
    tx.schedule(CONTROL, str(entry.position), until)


def annul(tx: WriteTx, person: PersonId, group: GroupId, refusal: int) -> None:
    """End a pre-review to which a refusal in `group` led that was overturned: without it there were too few.

    Where enough others were refused meanwhile, the next one begins at once.
    """
    for each in _review_store.watches(tx, person=person):
        if each.ended_at is None and refusal in each.refusals:
            _end(tx, _ACTOR, each)
            tx.cancel(CONTROL, str(each.position))
            begin_if_due(tx, person, group)


def end(tx: WriteTx, actor: Actor, position: int) -> None:
    """Put on record that a pre-review has run out; harmless when it has ended already."""
    found = _review_store.find_watch(tx, position)
    if found is None or found.ended_at is not None or tx.now < found.until:
        return
    _end(tx, actor, found)


def _end(tx: WriteTx, actor: Actor, watch: Watch) -> None:
    permit = policy.require(tx, actor, "messaging.review").under(*policy.use_ids(tx, CONTROL))
    tx.record(permit, PreReviewEnded(watch.group, (watch.position,), watch.person))


def list_watches(tx: ReadTx, actor: Actor) -> list[Watch]:
    """Who is under pre-review, the newest first. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.read_prereviews")
    return _review_store.watches(tx)


def watches_of(tx: ReadTx, person: PersonId) -> list[Watch]:
    """The pre-reviews that a person is under now: everybody knows their own."""
    if policy.first_use(tx, CONTROL) is None:
        return []
    mine = _review_store.watches(tx, person=person)
    return [each for each in mine if each.ended_at is None and tx.now < each.until]
