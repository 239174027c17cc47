"""Urgent messages, messages that wait for their time, and the quiet that people wish for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from guiju.demo import _data
from guiju.demo._data import ConfirmedRow, QuietRow, UrgentRow
from guiju.demo._stage import MINUTE, Stage
from guiju.kernel.clock import HOUR
from guiju.kernel.db import ReadTx
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import quieting, urging
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.quiet_types import OwnQuiet
from guiju.modules.messaging.scheduling import Schedule
from guiju.runtime import Runtime

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Door:
    """The lane and the readers of the runtime, where no loop runs."""

    runtime: Runtime

    def write_now(self, verb: Callable[[WriteTx], T]) -> T:
        return self.runtime.write(verb)

    def outcome_now(self, verb: Callable[[WriteTx], T]) -> T | BaseException:
        return self.runtime.write(verb)

    def read_now(self, verb: Callable[[ReadTx], T]) -> T:
        return self.runtime.read(verb)


def plan(stage: Stage) -> None:
    """Plan the urgent messages and who confirms them; what waits, waits beyond the end."""
    known = _data.calls()
    for index, row in enumerate(known.urgent):
        begins, sent = stage.calendar.moment(row), list[int]()
        stage.at(begins, partial(_call, stage, f"demo-urgent-{index}", row, sent))
        for each in row.confirmed:
            at = begins + each.after * MINUTE
            stage.at(at, partial(_confirm, stage, row.group, each, sent))
    for quiet in known.quiet:
        stage.at(stage.calendar.now, partial(_rest, stage, quiet))
    stage.at(stage.calendar.now, partial(_schedule, stage))


def _call(stage: Stage, name: str, row: UrgentRow, sent: list[int]) -> None:
    actor, runtime = stage.actor(row.by), stage.runtime
    body = Body(row.text, mentions=stage.ids(row.people))
    send = replace(stage.prepared(row.by, name, row.group, body), origin="urgent")
    done = stage.write(
        lambda tx: urging.send_urgent(tx, runtime.inspector, actor, send, row.reason)
    )
    sent.append(urging.check_sent(done).receipt.position)
    stage.remember(row.by, row.group, sent[0])


def _confirm(stage: Stage, group: str, row: ConfirmedRow, sent: list[int]) -> None:
    actor, place = stage.actor(row.by), stage.groups[group]
    stage.write(lambda tx: urging.confirm(tx, actor, place, sent[0], needless=False))


def _rest(stage: Stage, row: QuietRow) -> None:
    actor, wanted = stage.actor(row.person), OwnQuiet(row.start, row.end, rest=False)
    stage.write(lambda tx: quieting.set_own(tx, actor, wanted))


def _schedule(stage: Stage) -> None:
    runtime = stage.runtime
    schedule = Schedule(
        _Door(runtime), runtime.notes, runtime.inspector, stage.clock, lambda person, told: None
    )
    for index, row in enumerate(_data.calls().scheduled):
        at = stage.calendar.now + row.hours * HOUR
        name, place = f"demo-scheduled-{index}", stage.groups[row.group]
        schedule.add(stage.actor(row.by), place, name, Body(row.text), at)
