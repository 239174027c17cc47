"""Fixed communication times of a group, which the owner and the administrators settle."""

from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import _hours_rules, service
from guiju.modules.groups.hours_types import HoursSet, OfficeHours
from guiju.modules.groups.types import Group
from guiju.modules.policy import service as policy

CONTROL = "groups.office_hours"


def set_hours(tx: WriteTx, actor: Actor, group_id: GroupId, hours: Sequence[OfficeHours]) -> Group:
    """Say when members are best reached in the group; with none of them, at no fixed time.

    Raises GroupNotFoundError, GroupClosedError, IsDirectError, NotAllowedError, BadHoursError or TextRefusedError.
    """
    group = service.get_open_group(tx, actor, group_id)
    permit = policy.require(tx, actor, CONTROL, group_id)
    stated = _hours_rules.stated(hours)
    if stated != group.hours:
        times = tuple((one.days, one.start, one.end) for one in stated)
        uses = [
            use.id
            for use in policy.uses(tx, CONTROL)
            if not use.params.classes or group.group_class in use.params.classes
        ]
        tx.record(
            permit.under(*uses), HoursSet(group_id, times, tuple(one.words for one in stated))
        )
    return service.get_group(tx, actor, group_id)
