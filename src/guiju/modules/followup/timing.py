"""What the timer does about those who have not answered: it reminds them, marks them late, and tells their heads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.directory import deputising
from guiju.modules.followup import _absence_store, _rules, _store, hearing, service
from guiju.modules.followup.asking import TIMER, absent_until, set_timer, under
from guiju.modules.followup.types import (
    WAITING,
    AnswerEscalated,
    AnswerLate,
    AnswerReminded,
    AnswerRules,
    Part,
    Request,
    RequestState,
)
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import GroupKind
from guiju.modules.messaging.change_types import MessageRecalled
from guiju.modules.policy import service as policy


def keep_time(tx: WriteTx, actor: Actor, message: int) -> None:
    """Do what is due about a request, and come back for what is ahead. Run twice it does nothing more."""
    request = _store.find(tx, message)
    if request is None or request.state is not RequestState.OPEN:
        return
    group = groups.find_group(tx, request.group)
    assert group is not None, "groups are never deleted"
    rules, use = service.rule_in(tx, group, service.CONTROL, AnswerRules)
    if group.kind is GroupKind.DIRECT:
        # Who writes to whom alone is for nobody else; and whom a barrier or the asker's block keeps silent is not late.
        rules = replace(rules, levels=0)
        other = direct.other_in(tx, group.id, request.asker)
        assert other is not None, "a direct conversation has two people"
        if direct.is_kept_from(tx, other, request.asker):
            tx.schedule(TIMER, str(message), tx.now + DAY)
            return
    permit = under(policy.require(tx, actor, "followup.keep_time", request.group), use)
    waiting = [part for part in _store.parts(tx, [message])[message] if part.answer in WAITING]
    absent = absent_until(tx, waiting)
    due = ((part, _rules.reminds_at(part, absent)) for part in waiting)
    near = [part for part, at in due if at is not None and at <= tx.now < part.due_at]
    if near:
        named = tuple(part.person for part in near)
        tx.record(permit, AnswerReminded(request.group, (message,), named))
    late = [part for part in waiting if part.level == 0 and part.due_at <= tx.now]
    if late:
        calendar = policy.get_pack(tx).calendar
        is_last = rules.levels < 2
        next_at = None if is_last else _rules.after(tx.now, rules.next_hours, rules, calendar)
        named = tuple(part.person for part in late)
        told = _told_before(tx, late)
        tx.record(permit, AnswerLate(request.group, (message,), named, next_at, told))
        if rules.levels:
            _escalate(tx, permit, request, late, level=1)
    later = [part for part in waiting if part.next_at is not None and part.next_at <= tx.now]
    if rules.levels:
        _escalate(tx, permit, request, later, level=2)
    set_timer(tx, message)


def _told_before(tx: ReadTx, late: Sequence[Part]) -> tuple[PersonId, ...]:
    """Those whose deadline fell into a time in which they had told their groups beforehand that they cannot answer."""
    found = {
        absence.person
        for due_at in {part.due_at for part in late}
        for absence in _absence_store.at(tx, due_at, [p.person for p in late if p.due_at == due_at])
    }
    return tuple(part.person for part in late if part.person in found)


def wake(tx: WriteTx, entries: Sequence[Recorded]) -> None:
    """Look at once at the requests whose answer was recalled, so that they are as late as they would be without it."""
    for entry in entries:
        if isinstance(entry.fact, MessageRecalled):
            for message, _ in service.waiting_again(tx, entry.fact.refs[0]):
                tx.schedule(TIMER, str(message), tx.now)


def _escalate(
    tx: WriteTx, permit: Permit, request: Request, late: Sequence[Part], *, level: int
) -> None:
    """Tell the heads at a level above these people, and who stands in for them. Whom a barrier keeps from hearing of who
    asks is passed over, which is said; where there is no head nobody is told.
    """
    told = defaultdict[tuple[PersonId | None, tuple[PersonId, ...]], list[PersonId]](list)
    for part in late:
        every = hearing.heads_above(tx, part.person)
        allowed = hearing.permitted(tx, request.asker, every)
        head = allowed[level - 1] if level <= len(allowed) else None
        barred = hearing.barred_below(every, allowed, level - 1)
        if head is not None or barred:
            told[head, barred].append(part.person)
    heads = {head for head, _ in told if head is not None}
    deputies = deputising.deputies(tx, heads)
    for head, deputy in deputies.items():
        if deputy in hearing.permitted(tx, request.asker, [deputy]):
            under = {person for (to, _), people in told.items() if to == head for person in people}
            known = told.get((deputy, ()), [])
            others = sorted({*known, *under} - {deputy})
            if others:
                told[deputy, ()] = others
    for (head, barred), people in sorted(
        told.items(), key=lambda each: (each[0][0] or "", each[0][1])
    ):
        fact = AnswerEscalated(
            request.group, (request.message,), tuple(people), head, level, barred
        )
        tx.record(permit, fact)
