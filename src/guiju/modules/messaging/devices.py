"""What a person's own devices may keep of messages, how they are notified, and where they are pushed to."""

import hashlib
from collections.abc import Collection, Mapping, Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import SessionId
from guiju.modules.messaging import _device_store, origins
from guiju.modules.messaging.device_types import (
    MOST_PUSHES,
    Limits,
    Notifications,
    Offline,
    Subscription,
    Told,
    TooManySubscriptionsError,
    least,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import PRESENT

OFFLINE, NOTIFICATIONS = "messaging.offline", "messaging.notifications"
_KEPT = Offline()


def limits(tx: ReadTx, actor: Actor) -> Mapping[GroupId, Limits]:
    """What the actor's devices may do with the messages of each group that they read."""
    here = [
        group
        for group, member in groups.places_of(tx, actor.person_id).items()
        if member.state in PRESENT
    ]
    known = groups.groups(tx, here)
    return {group: limits_in(tx, known[group]) for group in here}


def limits_in(tx: ReadTx, group: Group) -> Limits:
    """The limits of one group by the pack in force. Of several uses the strictest counts."""
    return Limits(_days(tx, group), most_told(tx, group), origins.use_for(tx, group))


def _days(tx: ReadTx, group: Group) -> int:
    """A group of a level that the pack does not know any more is kept nowhere."""
    rank = {level.id: level.rank for level in policy.get_pack(tx).levels}.get(group.level)
    found = []
    for rules in [use.params for use in policy.uses(tx, OFFLINE)] or [_KEPT]:
        assert isinstance(rules, Offline)
        here = not rules.classes or group.group_class in rules.classes
        found.append(rules.days if here and rank is not None and rank <= rules.most_rank else 0)
    return min(found)


def most_told(tx: ReadTx, group: Group | None) -> Told:
    """The most that a notification may say of the group's messages, or of what is in no group."""
    most = Told.TEXT
    for use in policy.uses(tx, NOTIFICATIONS):
        rules = use.params
        assert isinstance(rules, Notifications)
        if not rules.classes or (group is not None and group.group_class in rules.classes):
            most = least(most, Told(rules.most))
    return most


def epoch(tx: ReadTx, actor: Actor, session: str, origin: str) -> str:
    """Under this name a device keeps what it keeps. Another session, organisation or set of roles has another one."""
    said = (origin, actor.person_id, session, *sorted(policy.roles_of(tx, actor)))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


# ---- notifications ----------------------------------------------------------------------------------------------


def told_to(tx: ReadTx, person: PersonId) -> Told:
    """How much a person wants a notification to say."""
    return _device_store.told_to(tx, person) or Told.SENDER


def told_among(tx: ReadTx, people: Collection[PersonId]) -> Mapping[PersonId, Told]:
    """The same of many people."""
    said = _device_store.told_among(tx, people)
    return {person: said.get(person, Told.SENDER) for person in people}


def choose(tx: WriteTx, actor: Actor, told: Told) -> None:
    """Say how much the actor's notifications say from now on. Raises NotAllowedError."""
    policy.require(tx, actor, "messaging.save")
    _device_store.save_told(tx, actor.person_id, told)


# ---- where to push to -------------------------------------------------------------------------------------------


def subscription_id(endpoint: str) -> str:
    """The same address is the same subscription, whoever brings it."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


def subscribe(tx: WriteTx, actor: Actor, subscription: Subscription) -> None:
    """Push to a browser of the actor from now on. Raises NotAllowedError or TooManySubscriptionsError."""
    policy.require(tx, actor, "messaging.save")
    mine = _device_store.subscriptions_of(tx, actor.person_id)
    if len(mine) >= MOST_PUSHES and subscription.id not in {each.id for each in mine}:
        raise TooManySubscriptionsError("Too many browsers.", most=MOST_PUSHES)
    _device_store.save_subscription(tx, subscription, tx.now)


def unsubscribe(tx: WriteTx, actor: Actor, endpoint: str) -> None:
    """Push to this address no more; one that is not the actor's is no matter."""
    _device_store.drop_own(tx, actor.person_id, subscription_id(endpoint))


def is_alive(tx: ReadTx, subscription: Subscription) -> bool:
    """Whether it is still wanted, and its session goes on."""
    known = {each.id for each in _device_store.subscriptions_of(tx, subscription.person)}
    session = SessionId(subscription.session)
    return subscription.id in known and bool(identity.sessions_alive(tx, [session]))


def drop_subscriptions(tx: WriteTx, ids: Sequence[str]) -> None:
    """Forget addresses that take nothing any more, or whose session has ended."""
    _device_store.drop(tx, ids)
