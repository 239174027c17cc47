"""Pure decisions about messages."""

from collections.abc import Sequence

from guiju.modules.messaging.types import MessageState, Send
from guiju.modules.policy.types import Use


def same_message(one: Send, other: Send) -> bool:
    """Whether two sends under one cmid say the same."""
    return _said(one) == _said(other)


def _said(send: Send) -> tuple[object, ...]:
    files = tuple(each.stored.id for each in send.files)
    return send.group, send.text, send.mentions, send.quote, send.thread, files


def note_of(state: MessageState, use: Use | None) -> str | None:
    """What the sender is told beside the clause, in the language of the screens: what is allowed instead."""
    if state is MessageState.DELIVERED or use is None or use.instead is None:
        return None
    return use.instead.get("zh")


def use_in(uses: Sequence[Use], group_class: str) -> Use | None:
    """The first use that holds in groups of a class; `classes` of its parameters is empty where all are meant."""
    return next((u for u in uses if not u.params.classes or group_class in u.params.classes), None)
