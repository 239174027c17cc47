"""Moderation (MSG-13): how much one person writes in all groups together, or to one contact, and how long a message is.

Counted in this process's memory, like floods; nothing of it is recorded. Bots and imports are not asked.
"""

from collections import Counter, deque
from collections.abc import Sequence

from guiju.kernel.ids import is_bot
from guiju.kernel.immutable import immutable
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import service as groups
from guiju.modules.messaging.change_types import ALL
from guiju.modules.messaging.flooding import Place, recent
from guiju.modules.messaging.rule_types import Pace
from guiju.modules.messaging.types import PaceError, Send
from guiju.modules.messaging.warning_types import Limit
from guiju.modules.policy.types import Use


@immutable
class Paced:
    """Where a message counts, and the use that warns of it, if one does, with the limit that it exceeds."""

    places: tuple[Place, ...] = ()
    warns: Use | None = None
    limit: Limit | None = None


def look(tx: WriteTx, uses: Sequence[Use], send: Send, taken: Counter[Place]) -> Paced:
    """What the clauses say of one more message. Raises PaceError. `taken` is what this batch adds."""
    if not uses or send.is_imported or is_bot(send.person):
        return Paced()
    group, places, warns = groups.find_group(tx, send.group), list[Place](), None
    limit: Limit | None = None
    for use in uses:
        rules: Pace = use.params
        if group is None or (rules.classes and group.group_class not in rules.classes):
            continue
        mine = _places(use, rules, send)
        places += mine
        late = max((_over(tx, rules, each, taken[each]) for each in mine), default=0)
        if late and rules.action == "refuse":
            raise PaceError("So much at once is not sent.", retry_after=late, clause=use.mark())
        if warns is None and (late or 0 < rules.longest < len(send.text)):
            warns, limit = use, _limit(rules, is_late=late > 0)
    return Paced(tuple(places), warns, limit)


def _limit(rules: Pace, *, is_late: bool) -> Limit:
    """What was exceeded, as its writer is told."""
    if is_late:
        return {"messages": rules.messages, "seconds": rules.seconds, "per": rules.per}
    return {"longest": rules.longest}


def _places(use: Use, rules: Pace, send: Send) -> list[Place]:
    """Where a message counts for one limit: for its writer, or for each person whom they mention."""
    if not rules.messages:
        return []
    if rules.per == "person":
        return [(use.id, send.person, "")]
    return [(use.id, send.person, person) for person in send.mentions if person != ALL]


def _over(tx: WriteTx, rules: Pace, place: Place, more: int) -> int:
    """In how many seconds one more may be sent; 0 when it may now."""
    times: deque[int] = recent(tx, place)
    window = rules.seconds * 1000
    while times and times[0] <= tx.now - window:
        times.popleft()
    if len(times) + more < rules.messages:
        return 0
    oldest = times[0] if times else tx.now
    return (oldest + window - tx.now + 999) // 1000
