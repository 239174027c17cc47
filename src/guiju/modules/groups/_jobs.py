"""Timers: the end date of groups, with a reminder some working days before, and when barriers begin and end."""

from datetime import date, timedelta
from typing import Any

from guiju.kernel.actor import system
from guiju.kernel.ids import GroupId
from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.kernel.worktime import midnight
from guiju.modules.groups import barriers, governing, service
from guiju.modules.groups.types import EndDate, EndReminded, GroupState
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Calendar

_ACTOR = system("groups")


@on_job("groups.end")
def group_ends(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    """Remind the owner when it is time, close when the day is over, and come back for what is still ahead."""
    group = service.find_group(tx, GroupId(key))
    uses = policy.uses(tx, "groups.end_date")
    if group is None or group.end_date is None or group.state is not GroupState.ACTIVE:
        return
    calendar = policy.get_pack(tx).calendar
    days = uses[0].params.remind_working_days if uses and isinstance(uses[0].params, EndDate) else 0
    ends = midnight(date.fromisoformat(group.end_date) + timedelta(days=1), calendar)
    remind = midnight(
        _working_days_before(date.fromisoformat(group.end_date), days, calendar), calendar
    )
    named = tuple(use.id for use in uses)
    if tx.now >= ends:
        governing.close(tx, _ACTOR, group.id, reason=f"有效期至 {group.end_date}", uses=named)
    elif tx.now >= remind and payload.get("reminded") != group.end_date:
        permit = policy.require(tx, _ACTOR, "groups.close", group.id).under(*named)
        tx.record(permit, EndReminded(group.id, group.end_date))
        tx.schedule("groups.end", key, ends, reminded=group.end_date)
    else:
        tx.schedule(
            "groups.end", key, remind if tx.now < remind else ends, reminded=payload.get("reminded")
        )


@on_job(barriers.TIMER)
def barrier_turns(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    """A barrier begins or ends; `key` is its id."""
    stood = payload.get("stood")
    barriers.turn(tx, _ACTOR, key, stood=None if stood is None else bool(stood))


def _working_days_before(day: date, count: int, calendar: Calendar) -> date:
    while count > 0:
        day -= timedelta(days=1)
        text = day.isoformat()
        works = day.isoweekday() in calendar.workdays and text not in calendar.holidays
        count -= works or text in calendar.extra_workdays
    return day
