"""Burning after reading: a text that each reader opens once, for seconds, and that no other way leads to.

What is sent passes the same gate, and its sealed original stays in the ledger like that of any message. Its text stands
in a field of its own, so that whatever shows or copies the text of messages has nothing of it to show.
"""

from dataclasses import replace
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import barriers
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupClosedError, GroupState
from guiju.modules.messaging import _burn_store, _rules, service
from guiju.modules.messaging.burn_types import (
    CONTROL,
    MOST_READERS,
    OPEN,
    BadBurnError,
    Burn,
    Burning,
    BurnOffError,
    BurnOpened,
    BurnPeopleError,
    BurntError,
    OpenedText,
    words_of,
)
from guiju.modules.messaging.change_types import MessageNotFoundError
from guiju.modules.messaging.changing import find_standing
from guiju.modules.messaging.types import (
    MessageBlocked,
    MessageHeld,
    MessageReleased,
    MessageSent,
    Send,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT, Use

Fact = MessageSent | MessageHeld | MessageBlocked


def use_for(tx: ReadTx, group: Group) -> Use | None:
    """The use by which messages burn in a group; None where none does."""
    use = _rules.use_in(policy.uses(tx, CONTROL), group.group_class)
    return use if use is not None and use.params.seconds else None


def leave(tx: ReadTx, send: Send, seconds: int) -> Use:
    """The use under which a message burns, in a group that its author has a place in.

    Raises BadBurnError, BurnOffError or BurnPeopleError.
    """
    if send.origin != "typed" or send.files or send.carried or send.template:
        raise BadBurnError("What burns is a plain text.", field="burn")
    group = groups.find_group(tx, send.group)
    assert group is not None, "one has a place in it"
    use = use_for(tx, group)
    allowed = use.params.seconds if use is not None else ()
    if use is None or seconds not in allowed:
        spoken = next(iter(_speaking(tx, group)), None)
        clause = spoken.mark() if spoken is not None else None
        raise BurnOffError("This does not burn here.", seconds=list(allowed), clause=clause)
    readers, most = len(audience(tx, send.group, send.person)), use.params.most_people
    if not 1 <= readers <= most:
        clause = use.mark()
        raise BurnPeopleError("Not so many people.", people=readers, most=most, clause=clause)
    return use


def to_burn(tx: ReadTx, send: Send, fact: Fact, use: Use) -> Fact:
    """The fact of a message that burns: once it appears, its text stands apart. What is held or blocked does not appear."""
    assert send.burn is not None, "it was asked to burn"
    burn = Burn(send.burn, use.params.days)
    if not isinstance(fact, MessageSent):
        return replace(fact, burn=burn)
    readers = audience(tx, send.group, send.person)
    return replace(fact, burn=burn, audience=readers, hidden=fact.text, text="")


def released(tx: ReadTx, fact: MessageReleased, burn: Burn) -> MessageReleased:
    """The same for a message that a reviewer lets pass: it is for who is there now. Raises BurnPeopleError."""
    readers = audience(tx, fact.group, fact.sender)
    if len(readers) > MOST_READERS:
        raise BurnPeopleError("Too many people by now.", people=len(readers), most=MOST_READERS)
    return replace(fact, burn=burn, audience=readers, hidden=fact.text, text="")


def _speaking(tx: ReadTx, group: Group) -> tuple[Use, ...]:
    """The uses that speak of burning, that of the group's class first."""
    uses = policy.uses(tx, CONTROL)
    here = _rules.use_in(uses, group.group_class)
    return (here, *uses) if here is not None else uses


def uses_of(entry: Recorded) -> tuple[str, ...]:
    """The use under which the message of an entry burns."""
    return tuple(use for use in entry.uses if use.endswith(f"/{CONTROL}"))


def audience(tx: ReadTx, group: GroupId, sender: PersonId) -> tuple[PersonId, ...]:
    """For whom a message is: who is in the group when it appears, but for its author. Whoever comes later is not."""
    present = (each.person for each in groups.members(tx, group) if each.state in PRESENT)
    return tuple(sorted(person for person in present if person != sender))


def open_message(tx: WriteTx, actor: Actor, group_id: GroupId, shown: int) -> OpenedText:
    """The text of a message that burns, for one of its readers; that they opened it is recorded.

    Within their seconds they may ask again, and get the same answer. Raises what `service.reading_place` raises,
    MessageNotFoundError for all who are no readers of it, AlreadyRecalledError, BurntError, GroupClosedError or
    NotAllowedError.
    """
    member = service.reading_place(tx, actor, group_id)
    row = find_standing(tx, group_id, shown, visible_from=member.visible_from)
    found = _burn_store.find(tx, shown)
    mine = _reader(tx, actor, found)
    if found is None or mine is None or row.sender == actor.person:
        raise MessageNotFoundError("There is no such message.", position=shown)
    if tx.now > (found.until if mine.at is None else mine.at + found.seconds * 1000):
        raise BurntError("This message has burnt.", position=shown)
    permit, opened_at = policy.require(tx, actor, OPEN, group_id), mine.at
    if opened_at is None:
        group = groups.get_group(tx, actor, group_id)
        if group.state is not GroupState.ACTIVE:
            raise GroupClosedError("The group is closed.", group=group_id)
        use = use_for(tx, group)
        acted = permit.under(use.id) if use is not None else permit
        opened_at = tx.record(acted, BurnOpened(group_id, (shown,))).at
    entry = tx.entry(shown)
    assert entry is not None, "the table names the entry"
    fact: Any = entry.fact
    return OpenedText(
        words_of(fact), tuple(fact.spans), opened_at, opened_at + found.seconds * 1000
    )


def _reader(tx: ReadTx, actor: Actor, found: Burning | None) -> Any:
    """The actor among the readers; None for who is not, or is kept apart from its author by now."""
    if found is None or barriers.between(tx, found.sender, actor.person_id) is not None:
        return None
    return next((each for each in found.readers if each.person == actor.person), None)
