"""What is said in the groups, what reviewers decide about it, and how far everybody has read."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from guiju.demo import _data
from guiju.demo._data import ReviewRow, Scene
from guiju.demo._stage import MINUTE, Stage
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import Command, WriteTx
from guiju.modules.groups import service as groups
from guiju.modules.messaging import review
from guiju.modules.messaging.composing import MARK_KIND
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import MessageState, Receipt, Send
from guiju.modules.policy.types import PRESENT

_LINE = re.compile(r"(?:\+(\d+) )?(?:#(\w+) )?([^ :>]+)(?: >(\w+))?: (.+)")
_NAMES_TWICE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a scene; `wait` is how long after the line before it comes, in ms."""

    wait: int
    label: str | None
    name: str
    quote: str | None
    text: str


def lines_of(scene: Scene) -> Iterator[Line]:
    """The lines of a scene. ValueError for one that does not have the form."""
    for number, raw in enumerate(scene.lines.splitlines()):
        found = _LINE.fullmatch(raw)
        if found is None:
            raise ValueError(f"not a line of a scene: {raw!r}")
        gap, label, name, quote, text = found.groups()
        # People type about five characters a second after having read; the odd seconds keep lines apart.
        typed = 9_000 + len(text) * 200 + (len(raw) * 7 + number * 13) % 23 * 1000
        yield Line(int(gap) * MINUTE + typed % MINUTE if gap else typed, label, name, quote, text)


def plan(stage: Stage) -> None:
    """Plan every message, and the decisions on those that are held."""
    for group in _data.groups().groups:
        for index, scene in enumerate(_data.talk(group.key)):
            _plan_scene(stage, group.key, f"{group.key}-{index}", scene)


def _plan_scene(stage: Stage, group: str, name: str, scene: Scene) -> None:
    moment = stage.calendar.moment(scene)
    labels: dict[str, int] = {}
    due: dict[str, int] = {}
    for number, line in enumerate(lines_of(scene)):
        moment += line.wait if number else 0
        if line.label is not None:
            due[line.label] = moment
        stage.at(moment, lambda line=line, cmid=f"demo-{name}-{number}": _say(stage, group, cmid, line, labels))  # type: ignore[misc]  # bound at once
    for decision in scene.decisions:
        at = due[decision.label] + decision.after * MINUTE
        stage.at(at, lambda d=decision: _review(stage, group, d, labels))  # type: ignore[misc]  # bound at once


def _say(stage: Stage, group: str, cmid: str, line: Line, labels: dict[str, int]) -> None:
    """Send one line through the gate."""
    names = _roster(stage, group)
    mentions = tuple(person for name, person in names.items() if f"@{name}" in line.text)
    quote = labels[line.quote] if line.quote is not None else None
    inspection = stage.runtime.inspector.inspect(line.text)
    send = Send(names[line.name], cmid, stage.groups[group], line.text, mentions, quote, inspection)
    receipt = stage.runtime.lane.call(KIND, send)
    assert isinstance(receipt, Receipt), "the lane raises what is refused"
    if line.label is not None:
        labels[line.label] = receipt.position
    if receipt.state in (MessageState.DELIVERED, MessageState.MASKED):
        stage.shown.setdefault(group, []).append(receipt.position)


def _roster(stage: Stage, group: str) -> dict[str, PersonId]:
    """The members by name. Two of one name are in no group together."""
    row = next(row for row in _data.groups().groups if row.key == group)
    joined = [login for event in _data.events() if event.group == group for login in (event.person, *event.people)]
    inside = {login for login in (row.owner, *row.administrators, *row.members, *joined) if login}
    return {person.name: stage.people[person.login] for person, _ in _PEOPLE if person.login in inside}


_PEOPLE = _data.organisation().people()


def _review(stage: Stage, group: str, decision: ReviewRow, labels: dict[str, int]) -> None:
    """A reviewer decides on a held message."""
    actor, position = stage.actor(decision.by), labels[decision.label]

    def decide(tx: WriteTx) -> int | None:
        if decision.verdict == "refuse":
            review.refuse(tx, actor, position, reason=decision.reason)
            return None
        done = review.release(tx, actor, position, masked=decision.verdict == "mask", reason=decision.reason)
        return done.row.shown

    shown = stage.write(decide)
    if shown is not None:
        stage.shown.setdefault(group, []).append(shown)


def mark_read(stage: Stage) -> None:
    """Most people have read everything, the others are some messages behind."""
    marks: list[tuple[Any, ...]] = []
    order = {person: index for index, person in enumerate(stage.people.values())}
    for key, shown in stage.shown.items():
        place = stage.groups[key]
        for member in stage.runtime.read(lambda tx, place=place: groups.members(tx, place)):  # type: ignore[misc]  # bound at once
            index = order[member.person]
            behind = 0 if index % 3 == 0 else index * 7 % 13
            if member.state in PRESENT and behind < len(shown):
                marks.append((member.person, place, shown[-1 - behind]))
    answers: list[Future[Any]] = []
    for mark in marks:
        answer: Future[Any] = Future()
        stage.runtime.lane.submit(Command(MARK_KIND, mark, answer.set_result))
        answers.append(answer)
    for answer in answers:
        if isinstance(answer.result(), GuijuError):
            raise answer.result()
