"""Pure decisions about messages."""

from collections.abc import Sequence

from guiju.modules.groups.types import Group
from guiju.modules.messaging.forward_types import ForwardRules
from guiju.modules.messaging.types import MessageState, Send
from guiju.modules.policy.types import Level, NotAllowedError, Use


def same_message(one: Send, other: Send) -> bool:
    """Whether two sends under one cmid say the same."""
    return _said(one) == _said(other)


def _said(send: Send) -> tuple[object, ...]:
    files = tuple((each.stored.id, each.note.origin) for each in send.files)
    made = send.carried, send.template, send.burn, send.corrects
    return send.group, send.text, send.mentions, send.quote, send.thread, files, made


def note_of(state: MessageState, use: Use | None) -> str | None:
    """What the sender is told beside the clause, in the language of the screens: what is allowed instead."""
    if state is MessageState.DELIVERED or use is None or use.instead is None:
        return None
    return use.instead.get("zh")


def use_in(uses: Sequence[Use], group_class: str) -> Use | None:
    """The first use that holds in groups of a class; `classes` of its parameters is empty where all are meant."""
    for use in uses:
        if not use.params.classes or group_class in use.params.classes:
            return use
    return None


def not_allowed(operation: str, use: Use | None) -> NotAllowedError:
    """The refusal for somebody whose place does not give them an operation, with the clause that says whose does."""
    clause = use.mark() if use is not None else None
    return NotAllowedError("You do not have this right.", operation=operation, clause=clause)


def no_way(
    rules: ForwardRules,
    source: Group,
    target: Group,
    levels: Sequence[Level],
    *,
    has_outsiders: bool,
) -> str | None:
    """Why what is said in one group does not go to another: `group`, `class`, `level` or `outsiders`; None if it may.

    A level that the pack in force does not know is the highest of where it comes from, and the lowest of where it goes.
    """
    if source.id == target.id:
        return None
    if rules.to == "nowhere":
        return "group"
    if rules.to == "same_class" and source.group_class != target.group_class:
        return "class"
    ranks = {level.id: level.rank for level in levels}
    top = max(ranks.values(), default=0) + 1
    if not rules.down and ranks.get(source.level, top) > ranks.get(target.level, -1):
        return "level"
    return "outsiders" if has_outsiders and not rules.outside else None
