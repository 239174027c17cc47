"""Who may write what now, whatever it says: asked of every message, and before files are copied for one."""

from collections import Counter
from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import BotId, is_bot
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.groups import direct
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, Member
from guiju.modules.messaging import addressing, flooding, pacing, publishing, quieting, templating
from guiju.modules.messaging.change_types import ALL
from guiju.modules.messaging.deciding import check_quote
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.quiet_types import Rest
from guiju.modules.messaging.types import BadMentionError, Send
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT


def admit(tx: WriteTx, send: Send) -> tuple[Group, Member, Permit, Rest | None]:
    """Where a message goes and by what leave, with the quiet that it meets there. Raises what `send_many` answers before
    it weighs the text.
    """
    group, member, permit = _place(tx, send)
    publishing.check(tx, group, send)
    templating.check(tx, group, send)
    if send.mentions:
        check_mentions(tx, send)
        addressing.check_all(tx, send, group, member)
    if send.thread is not None:
        addressing.check_thread(tx, send.group, send.thread, member)
    if send.quote is not None:
        check_quote(tx, send.group, send.quote, member)
        addressing.check_quoted(tx, send.group, send.quote)
    rest = quieting.rest_of(tx, group, send)
    return group, member, permit, rest


def check_pace(tx: WriteTx, sends: Sequence[Send]) -> None:
    """Raises FloodError or PaceError where not all of these messages of one person and group go at once.

    Nothing is counted: they count when they are recorded.
    """
    floods, paces = policy.uses(tx, "messaging.flood"), policy.uses(tx, "messaging.pace")
    taken: Counter[flooding.Place] = Counter()
    for send in sends:
        places = flooding.places_of(floods, send)
        flooding.check(tx, floods, places, taken)
        for place in (*places, *pacing.look(tx, paces, send, taken).places):
            taken[place] += 1


def _place(tx: WriteTx, send: Send) -> tuple[Group, Member, Permit]:
    """The place of who writes. A bot's also depends on the account of who answers for it, so it is asked each time."""
    if is_bot(send.person):
        return sender_place(tx, Actor(bot=BotId(send.person)), send.group)
    policy.require_certified(tx, send.person)
    place: tuple[Group, Member, Permit] = tx.cached(
        ("group", send.group, "sender", send.person),
        lambda: sender_place(tx, Actor(send.person), send.group),
    )
    direct.check_writable(tx, place[0], send.person)
    return place


def check_mentions(tx: ReadTx, send: Send) -> None:
    """Raises BadMentionError."""
    for person in send.mentions:
        if person == ALL:
            continue
        member = groups.find_member(tx, send.group, person)
        if member is None or member.state not in PRESENT:
            raise BadMentionError("Somebody who is mentioned is not a member.", person=person)
