"""Pure decisions about messages."""

from guiju.kernel.facts import Recorded
from guiju.kernel.ids import PersonId
from guiju.modules.messaging.types import MessageReleased, MessageState, Send
from guiju.modules.policy.types import Use


def same_message(one: Send, other: Send) -> bool:
    """Whether two sends under one cmid say the same."""
    return (one.group, one.text, one.mentions, one.quote) == (
        other.group,
        other.text,
        other.mentions,
        other.quote,
    )


def note_of(state: MessageState, use: Use | None) -> str | None:
    """What the sender is told beside the clause, in the language of the screens: what is allowed instead."""
    if state is MessageState.DELIVERED or use is None or use.instead is None:
        return None
    return use.instead.get("zh")


def author_of(entry: Recorded) -> PersonId:
    """Who wrote the message that an entry shows; for a released one that is not who let it pass."""
    fact, actor = entry.fact, entry.actor
    assert actor is not None, "messages have authors, and reviewers are people"
    return fact.sender if isinstance(fact, MessageReleased) else PersonId(actor)
