"""What lower modules must know of people, groups and messages, answered by the modules that own it."""

from collections.abc import Mapping

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import BotId, GroupId, PersonId
from guiju.modules.bots import service as bots
from guiju.modules.directory import service as directory
from guiju.modules.groups import service as groups
from guiju.modules.identity import service as identity
from guiju.modules.messaging import service as messaging
from guiju.modules.policy.types import Membership, MemberState


class PeopleAndGroups:
    """Implements `policy.Relations`. The lane's cache remembers the answers."""

    def is_certified(self, tx: ReadTx, person: PersonId) -> bool:
        certified: bool = tx.cached(
            ("person", person, "account", "certified"), lambda: identity.is_certified(tx, person)
        )
        return certified

    def roles(self, tx: ReadTx, person: PersonId) -> frozenset[str]:
        held: frozenset[str] = directory.roles(tx, person)
        return held | {"head"} if directory.headed_units(tx, person) else held

    def membership(self, tx: ReadTx, person: PersonId, group: GroupId) -> Membership | None:
        return groups.find_membership(tx, group, person)

    def groups_of(self, tx: ReadTx, person: PersonId) -> Mapping[GroupId, Membership]:
        return {
            group: Membership(member.role, member.state, member.visible_from)
            for group, member in groups.places_of(tx, person).items()
        }

    def headed_units(self, tx: ReadTx, person: PersonId) -> frozenset[str]:
        """The units that the person heads, with everything below them."""
        return frozenset(str(unit) for unit in directory.headed_units(tx, person))

    def is_bot_of(self, tx: ReadTx, bot: BotId, group: GroupId) -> bool:
        return bots.Writers().place(tx, bot, group) is not None


class RecentMessages:
    """Implements `inspection.Traffic`."""

    def recent(self, tx: ReadTx, limit: int) -> list[tuple[str, str]]:
        found = messaging.recent_texts(tx, limit)
        known = groups.groups(tx, list({group for group, _ in found}))
        return [(known[group].group_class, text) for group, text in found]

    def has_group(self, tx: ReadTx, group: GroupId) -> bool:
        return groups.find_group(tx, group) is not None

    def has_person(self, tx: ReadTx, person: PersonId) -> bool:
        return directory.has_person(tx, person)

    def has_place(self, tx: ReadTx, person: PersonId, group: GroupId) -> bool:
        place = groups.find_membership(tx, group, person)
        return place is not None and place.state is not MemberState.LEFT
