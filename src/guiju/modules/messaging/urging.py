"""Urgent messages: they do not wait for working time, and call those whom they concern until they confirm.

A call costs one of the few that a person has in a week, and ends by itself: when all have confirmed, when it was
repeated as often as the clause says, or when its message is recalled, its group closed, or the two are kept apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, MINUTE
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupState, Member
from guiju.modules.messaging import _rules, _store, _urgent_store, changes, service
from guiju.modules.messaging.change_types import ALL, UNCHANGED
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.sending import send_many
from guiju.modules.messaging.types import MessageState, ReasonNeededError, Receipt, Send
from guiju.modules.messaging.urgent_types import (
    Budget,
    MessageUrged,
    UrgeConfirmed,
    Urgent,
    UrgentBudgetError,
    UrgentNotFoundError,
    UrgentNotSentError,
    UrgentOffError,
    UrgentPeopleError,
    UrgentRules,
    UrgeRepeated,
    UrgeStopped,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, GroupRole, NotAllowedError, Use

CONTROL = "messaging.urgent"
URGE, CONFIRM = "messaging.urge", "messaging.confirm_urgent"
JOB = "messaging.urgent"
_WEEK = 7 * DAY
_MONDAY = 4 * DAY
"""1970-01-01 was a Thursday: the first week began four days later."""
_SENT = (MessageState.DELIVERED, MessageState.MASKED, MessageState.RELEASED)
_RUNNING = (GroupRole.OWNER, GroupRole.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an urgent message, and how many people it called."""

    receipt: Receipt
    called: int


def send_urgent(tx: WriteTx, inspector: Inspector, actor: Actor, send: Send, reason: str) -> Sent:
    """Send a message at once and call whom it mentions, or everybody where it mentions nobody.

    A text that a rule stops is on record like any other, and nobody is called: see `check_sent`. The same cmid again
    gives the first answer. Raises what `send_many` answers, UrgentOffError, UrgentBudgetError, UrgentPeopleError,
    ReasonNeededError or TextRefusedError; on any of them nothing is sent.
    """
    group, member, _ = sender_place(tx, actor, send.group)
    known = _store.find_by_key(tx, _store.key_of(actor.person_id, send.cmid))
    use = None if known is not None else _leave(tx, actor, group, member)
    if not reason.strip():
        raise ReasonNeededError("An urgent message needs a reason.")
    (answer,) = send_many(tx, inspector, [send])
    if isinstance(answer, GuijuError):
        raise answer
    if known is not None:
        found = _urgent_store.find(tx, known)
        return Sent(answer, len(found.called) if found is not None else 0)
    if answer.state not in _SENT:
        return Sent(answer, 0)
    assert use is not None, "a first message was given leave"
    return Sent(answer, _call(tx, actor, send, use, answer.position, reason.strip()))


def check_sent(sent: Sent) -> Sent:
    """Outside the lane, where a refusal undoes nothing any more. Raises UrgentNotSentError for what a rule stopped."""
    state = sent.receipt.state
    if state not in _SENT:
        clause = sent.receipt.clause
        raise UrgentNotSentError("A rule stops this message.", state=state, clause=clause)
    return sent


def _call(tx: WriteTx, actor: Actor, send: Send, use: Use, position: int, reason: str) -> int:
    rules: UrgentRules = use.params
    people = _people(tx, send)
    if not 1 <= len(people) <= rules.most_people:
        raise UrgentPeopleError(
            "Mention those whom it concerns.",
            people=len(people),
            most=rules.most_people,
            clause=use.mark(),
        )
    permit = policy.require(tx, actor, URGE, send.group).under(use.id)
    fact = MessageUrged(
        send.group, (position,), rules.repeats, rules.every_minutes, people, reason
    )  # fmt: skip
    tx.record(permit, fact)
    tx.schedule(JOB, str(position), tx.now + rules.every_minutes * MINUTE)
    return len(people)


def _people(tx: ReadTx, send: Send) -> tuple[PersonId, ...]:
    """Whom a message calls: those whom it mentions, or everybody."""
    present = [each.person for each in groups.members(tx, send.group) if each.state in PRESENT]
    named = set(present) if ALL in send.mentions or not send.mentions else set(send.mentions)
    return tuple(each for each in present if each in named and each != send.person)


def _leave(tx: ReadTx, actor: Actor, group: Group, member: Member) -> Use:
    """The use under which somebody may call here. Raises UrgentOffError or UrgentBudgetError."""
    use = rule_of(tx, group)
    if use is None or member.role not in use.params.roles:
        clause = use.mark() if use is not None else None
        raise UrgentOffError("You cannot send urgent messages here.", clause=clause)
    budget = _budget(tx, actor.person_id, use)
    if budget.left < 1:
        wait = (budget.renews_at - tx.now + 999) // 1000
        raise UrgentBudgetError(
            "You called often enough this week.", retry_after=wait, clause=use.mark()
        )
    return use


def _budget(tx: ReadTx, person: PersonId, use: Use) -> Budget:
    offset = policy.get_pack(tx).calendar.utc_offset * MINUTE
    week = (tx.now + offset - _MONDAY) // _WEEK * _WEEK + _MONDAY - offset
    made = _urgent_store.count_since(tx, person, week)
    per_week: int = use.params.per_week
    return Budget(max(0, per_week - made), per_week, week + _WEEK)


def budget_of(tx: ReadTx, actor: Actor, group: Group, member: Member) -> tuple[Budget, Use] | None:
    """What the actor has left this week, and by which use; None where they may not call."""
    use = rule_of(tx, group)
    if use is None or member.role not in use.params.roles:
        return None
    return _budget(tx, actor.person_id, use), use


def rule_of(tx: ReadTx, group: Group) -> Use | None:
    """The clause's use that says who may call in the group; None where nobody may."""
    return _rules.use_in(policy.uses(tx, CONTROL), group.group_class)


def confirm(tx: WriteTx, actor: Actor, group: GroupId, position: int, *, needless: bool) -> None:
    """Confirm a call; again is harmless, and changes nothing. When all have, the call stops.

    Raises GroupNotFoundError, UrgentNotFoundError or NotAllowedError.
    """
    service.reading_place(tx, actor, group)
    found = _get(tx, group, position)
    mine = next((each for each in found.called if each.person == actor.person), None)
    if mine is None:
        raise UrgentNotFoundError("There is no such call.", position=position)
    if mine.at is not None:
        return
    permit = policy.require(tx, actor, CONFIRM, group).under(*policy.use_ids(tx, CONTROL))
    tx.record(permit, UrgeConfirmed(group, (position,), needless))
    if found.stopped is None and found.waiting == (actor.person,):
        _stop(tx, actor, _get(tx, group, position))


def _stop(tx: WriteTx, actor: Actor, found: Urgent) -> None:
    permit = policy.require(tx, actor, CONFIRM, found.group).under(*policy.use_ids(tx, CONTROL))
    called = len(found.called)
    fact = UrgeStopped(found.group, (found.position,), called - len(found.waiting), called)
    tx.record(permit, fact)
    tx.cancel(JOB, str(found.position))


def repeat(tx: WriteTx, actor: Actor, position: int) -> None:
    """Call once more whoever has not confirmed and is still there, or end the call. Harmless when run twice."""
    found = _urgent_store.find(tx, position)
    if found is None or found.stopped is not None:
        return
    fact = _urged(tx, found)
    present = {each.person for each in groups.members(tx, found.group) if each.state in PRESENT}
    people = tuple(person for person in found.waiting if person in present)
    if _is_over(tx, found) or not people or found.rounds > fact.repeats:
        _stop(tx, actor, found)
        return
    permit = policy.require(tx, actor, CONFIRM, found.group).under(*policy.use_ids(tx, CONTROL))
    tx.record(permit, UrgeRepeated(found.group, (position,), found.rounds + 1, people))
    tx.schedule(JOB, str(position), tx.now + fact.every_minutes * MINUTE)


def _is_over(tx: ReadTx, found: Urgent) -> bool:
    """Whether a call ends early: its message was recalled, its group closed, or its author may not write to the other."""
    row, group = (
        _store.find_shown(tx, found.group, found.position),
        groups.find_group(tx, found.group),
    )
    if row is None or row.recalled is not None or group is None:
        return True
    other = direct.other_in(tx, group.id, found.sender)
    is_apart = other is not None and direct.refusal(tx, found.sender, other) is not None
    return is_apart or group.state is not GroupState.ACTIVE


def _urged(tx: ReadTx, found: Urgent) -> MessageUrged:
    """What its author said when they called."""
    entry = tx.entry(found.urged)
    assert entry is not None and isinstance(entry.fact, MessageUrged), "the row was made from it"
    return entry.fact


def _get(tx: ReadTx, group: GroupId, position: int) -> Urgent:
    found = _urgent_store.find(tx, position)
    if found is None or found.group != group:
        raise UrgentNotFoundError("There is no such call.", position=position)
    return found


def look(tx: ReadTx, actor: Actor, group: GroupId, position: int) -> Urgent:
    """Who has confirmed a call: for its author, and for whoever runs the group.

    Raises what `reading_place` raises, UrgentNotFoundError, and NotAllowedError for the others.
    """
    member = service.reading_place(tx, actor, group)
    found = _get(tx, group, position)
    if found.sender != actor.person and member.role not in _RUNNING:
        raise NotAllowedError("This is not yours to see.", operation=URGE)
    return found


def open_calls(tx: ReadTx, actor: Actor) -> Sequence[tuple[Urgent, MessageUrged]]:
    """The calls that the actor has not confirmed, in groups that they still read. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    found = []
    for each in _urgent_store.open_for(tx, actor.person_id):
        member = groups.find_member(tx, each.group, actor.person_id)
        row = _store.find_shown(tx, each.group, each.position)
        is_there = member is not None and member.state in PRESENT
        if is_there and row is not None and row.recalled is None:
            found.append((each, _urged(tx, each)))
    return found


def still_called(
    tx: ReadTx, position: int, people: Collection[PersonId]
) -> tuple[Urgent, str, list[PersonId]] | None:
    """A call that goes on, what its message says now, and which of `people` it waits for and reaches; for delivery.

    None once it is over. Of a message that burns there is no text.
    """
    found, message = _urgent_store.find(tx, position), tx.entry(position)
    if found is None or message is None or found.stopped is not None or _is_over(tx, found):
        return None
    present = {each.person for each in groups.members(tx, found.group) if each.state in PRESENT}
    waiting = [one for one in found.waiting if one in present and one in people]
    now = changes.load(tx, [message], texts_only=True).get(position, UNCHANGED)
    burns = message.fact.burn is not None
    text = "" if burns else service.text_shown(now.edit if now.edit is not None else message)
    return found, text, waiting


def figures(tx: ReadTx, actor: Actor, days: int) -> Mapping[str, int]:
    """What urgent messages cost in the last `days`. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.read_metrics")
    return _urgent_store.figures(tx, tx.now - days * DAY)
