"""Order in a group: its publishers, and what it is about. The owner and the administrators settle both."""

from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import BotId, GroupId, PersonId, is_bot
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import _rules, service
from guiju.modules.groups.order_types import (
    LONGEST_TOPIC,
    MOST_PUBLISHERS,
    MOST_TOPICS,
    BadTopicsError,
    NotPublisherError,
    PublisherRules,
    PublishersSet,
    Publishing,
    TooManyPublishersError,
    TopicsSet,
)
from guiju.modules.groups.types import Group, MemberNotFoundError
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import MemberState, Use

CONTROL = "groups.publishers"
_WRITE = "messaging.send"


def set_publishers(
    tx: WriteTx, actor: Actor, group_id: GroupId, people: Sequence[PersonId]
) -> Group:
    """Name who publishes in the group, in all: active members, and bots that may write there.

    Raises GroupNotFoundError, GroupClosedError, NotAllowedError, MemberNotFoundError, WrongMemberStateError or
    TooManyPublishersError.
    """
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.publishers", group_id)
    chosen = tuple(dict.fromkeys(people))
    for one in chosen:
        if not is_bot(one):
            _rules.check_state(service.get_member(tx, group_id, one), MemberState.ACTIVE)
        elif not policy.may(tx, Actor(bot=BotId(one)), _WRITE, group_id):
            raise MemberNotFoundError("There is no such bot.", person=one)
    use = use_for(tx, group)
    most = use.params.most if use is not None else MOST_PUBLISHERS
    if len(chosen) > most:
        clause = use.mark() if use is not None else None
        raise TooManyPublishersError("So many do not publish here.", most=most, clause=clause)
    if chosen != group.publishers:
        acted = permit.under(use.id) if use is not None else permit
        tx.record(acted, PublishersSet(group_id, chosen))
    return service.get_group(tx, actor, group_id)


def set_topics(tx: WriteTx, actor: Actor, group_id: GroupId, topics: Sequence[str]) -> Group:
    """State what the group is about, in short lines. Raises GroupNotFoundError, GroupClosedError, NotAllowedError,
    BadTopicsError or TextRefusedError.
    """
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, "groups.topics", group_id)
    stated = tuple(dict.fromkeys(topic.strip() for topic in topics))
    if len(stated) > MOST_TOPICS or not all(1 <= len(topic) <= LONGEST_TOPIC for topic in stated):
        raise BadTopicsError(
            f"At most {MOST_TOPICS} topics of 1 to {LONGEST_TOPIC} characters.", most=MOST_TOPICS
        )
    if stated != group.topics:
        tx.record(permit, TopicsSet(group_id, stated))
    return service.get_group(tx, actor, group_id)


# ---- who publishes ----------------------------------------------------------------------------------------------


def use_for(tx: ReadTx, group: Group) -> Use | None:
    """The use that names publishers for such a group; None where everybody writes."""
    for use in policy.uses(tx, CONTROL):
        if not use.params.classes or group.group_class in use.params.classes:
            return use
    return None


def publishes(group: Group, author: str) -> bool:
    """Whether somebody is one of the group's publishers."""
    return author in group.publishers if group.publishers else author == group.owner


def publishing(tx: ReadTx, group: Group, person: str) -> Publishing | None:
    """What a member is told of it; None where everybody writes."""
    use = use_for(tx, group)
    if use is None:
        return None
    rules: PublisherRules = use.params
    return Publishing(rules.only, rules.replies, publishes(group, person), dict(use.mark()))


def check_writes(tx: ReadTx, group: Group, actor: Actor, *, announces: bool, replies: bool) -> None:
    """Raises NotPublisherError for what only publishers may write there."""
    use = use_for(tx, group)
    if use is None or publishes(group, actor.author):
        return
    rules: PublisherRules = use.params
    if announces or (rules.only == "all" and not (replies and rules.replies)):
        _refuse(use)


def check_notice(tx: ReadTx, actor: Actor, group: Group) -> None:
    """Raises NotPublisherError for a notice to the group that only its publishers issue."""
    use = use_for(tx, group)
    if use is not None and use.params.notices and not publishes(group, actor.author):
        _refuse(use)


def _refuse(use: Use) -> None:
    rules: PublisherRules = use.params
    raise NotPublisherError(
        "Only the publishers of this group may do this.", only=rules.only, replies=rules.replies,
        clause=use.mark(),
    )  # fmt: skip
