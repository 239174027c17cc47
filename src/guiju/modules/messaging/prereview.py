"""Pre-review of a person: after too many refusals every message waits for a reviewer, until a day.

So does what their bots write, which would otherwise be a way round it. A bot is a tool: what is refused of it counts for
who answers for it, as their own, once they were told.
"""

from collections.abc import Sequence

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import BotId, GroupId, PersonId, is_bot
from guiju.kernel.lane import WriteTx
from guiju.kernel.worktime import add_working_hours
from guiju.modules.messaging import _review_store, writers
from guiju.modules.messaging.review_types import (
    BotRefusal,
    BotRefused,
    PreReviewBegan,
    PreReviewEnded,
    PreReviewRules,
    Watch,
)
from guiju.modules.policy import service as policy

CONTROL = "messaging.prereview"
BOT_PAUSE = 8
"""Working hours, a day's, in which who answers for a bot may mend it after they were told of a refusal."""
_ACTOR = system("review")
_Watched = dict[tuple[PersonId, GroupId | None], int]
"""Until when (ms) whose messages wait, where; None is everywhere."""


def is_watched(tx: ReadTx, person: PersonId, group: GroupId) -> bool:
    """Whether the person's messages in the group wait for a reviewer; never without a clause that asks for it.

    A bot's wait as well while who answers for it is under pre-review. An older version put bots under pre-review too.
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


def count(tx: WriteTx, refused: Recorded, *, written_at: int) -> None:
    """Have the refusal of a message that was written at `written_at` (ms) count for who answers for it.

    A person's own refusals all count. Of a bot's, they are told, and of what the bot wrote before a working day
    (`BOT_PAUSE`) has passed since then no more; among all bots of a person one counts in that time. A tool says the
    same twenty times a minute and to several groups: that is one mistake, which the person must have time to mend
    before another counts. When the message was written matters, and not when it was refused: what was said in one
    minute may be refused over days.
    """
    author, group = refused.fact.sender, refused.fact.group
    person = writers.responsible_for(tx, author)
    if is_bot(author):
        if not _is_later(tx, _review_store.last_told(tx, [author]), written_at):
            return
        bots = writers.authors_of(tx, person)[1:]
        counted = _is_later(tx, _review_store.last_told(tx, bots, counted=True), written_at)
        permit = policy.require(tx, _ACTOR, "messaging.review").under(*policy.use_ids(tx, CONTROL))
        told = BotRefused(group, (refused.position,), BotId(author), person, counted)
        tx.record(permit, told)
    _begin_if_due(tx, person, group)


def _is_later(tx: ReadTx, told_at: int | None, written_at: int) -> bool:
    """Whether what was written then is no part of the mistake of which somebody was told at `told_at`."""
    if told_at is None:
        return True
    return written_at >= add_working_hours(told_at, BOT_PAUSE, policy.get_pack(tx).calendar)


def _begin_if_due(tx: WriteTx, person: PersonId, group: GroupId) -> None:
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
    refusals = _counting(tx, person, where, rules, earlier)
    if len(refusals) < rules.refusals:
        return
    until = tx.now + rules.for_days * DAY
    permit = policy.require(tx, _ACTOR, "messaging.review").under(use.id)
    # A leaf has room for so many references; the number of refusals that a clause may ask for is smaller.
    began = PreReviewBegan(where, tuple(refusals[-rules.refusals :]), person, until)
    entry = tx.record(permit, began)
    tx.schedule(CONTROL, str(entry.position), until)


def _counting(
    tx: ReadTx,
    person: PersonId,
    where: GroupId | None,
    rules: PreReviewRules,
    earlier: Sequence[Watch],
) -> list[int]:
    """The refusals that count for a person there now, after the pre-reviews that they had there."""
    since = tx.now - rules.within_days * DAY
    after = max((each.position for each in earlier if not each.is_annulled), default=-1)
    return _review_store.refusals(tx, writers.authors_of(tx, person), where, since, after)


def annul(tx: WriteTx, author: PersonId, group: GroupId, refusal: int) -> None:
    """End a pre-review to which a refusal in `group` led that was overturned: without it there were too few.

    Where enough others were refused meanwhile, the next one begins at once.
    """
    person = writers.responsible_for(tx, author)
    # An older version put bots under pre-review too.
    for who in dict.fromkeys((author, person)):
        for each in _review_store.watches(tx, person=who):
            if each.ended_at is None and refusal in each.refusals:
                _end(tx, _ACTOR, each)
                tx.cancel(CONTROL, str(each.position))
                _begin_if_due(tx, person, group)


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


def bot_refusals(tx: ReadTx, person: PersonId) -> list[BotRefusal]:
    """Of each bot the newest refusal of which who answers for it was told, while it stands and counts; newest first."""
    bots = writers.authors_of(tx, person)[1:]
    if not bots:
        return []
    use = policy.first_use(tx, CONTROL)
    rules = use.params if use is not None else PreReviewRules()
    assert isinstance(rules, PreReviewRules)
    newest: dict[PersonId, BotRefusal] = {}
    for row in _review_store.told(tx, bots, tx.now - rules.within_days * DAY):
        if row.sender not in newest:
            where = None if rules.everywhere else row.grp
            earlier = [
                each for each in _review_store.watches(tx, person=person) if each.group == where
            ]
            count = len(_counting(tx, person, where, rules, earlier))
            refused = tx.entry(row.decision)
            assert refused is not None, "the table names the entry"
            newest[row.sender] = BotRefusal(
                row.told, row.grp, row.sender, row.decided_at, refused.fact.reason, count,
                rules.refusals if use is not None else None,
            )  # fmt: skip
    return list(newest.values())
