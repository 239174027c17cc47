"""What two people write to each other directly."""

from functools import partial

from guiju.demo import _data
from guiju.demo._data import DirectRow
from guiju.demo._stage import MINUTE, Stage
from guiju.modules.groups import direct
from guiju.modules.messaging.composing import Body


def plan(stage: Stage) -> None:
    """Plan every conversation: it is opened, and each line comes a minute after the one before."""
    for number, row in enumerate(_data.direct()):
        begins, key = stage.calendar.moment(row), f"direct-{number}"
        stage.at(begins, partial(_open, stage, key, row))
        for index, line in enumerate(row.lines):
            login, _, text = line.partition(": ")
            stage.at(begins + (index + 1) * MINUTE, partial(_say, stage, key, index, login, text))


def _open(stage: Stage, key: str, row: DirectRow) -> None:
    first, second = row.people
    actor, other = stage.actor(first), stage.people[second]
    stage.groups[key] = stage.write(lambda tx: direct.open_direct(tx, actor, other))


def _say(stage: Stage, key: str, index: int, login: str, text: str) -> None:
    stage.send(login, f"demo-{key}-{index}", key, Body(text))
