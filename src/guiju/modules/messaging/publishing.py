"""Who publishes: asked of everything that somebody writes into a group, on whatever way it comes."""

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import BotId, is_bot
from guiju.modules.groups import ordering
from guiju.modules.groups.types import Group
from guiju.modules.messaging.change_types import ALL
from guiju.modules.messaging.types import Send


def announces(send: Send) -> bool:
    """Whether a message is an announcement: one that mentions everybody."""
    return ALL in send.mentions


def check(tx: ReadTx, group: Group, send: Send) -> None:
    """Raises NotPublisherError for what only the publishers of the group write."""
    if ordering.use_for(tx, group) is None:
        return
    actor = Actor(bot=BotId(send.person)) if is_bot(send.person) else Actor(send.person)
    ordering.check_writes(
        tx, group, actor, announces=announces(send), replies=send.thread is not None
    )
