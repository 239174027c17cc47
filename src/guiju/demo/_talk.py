"""What is said in the groups, what reviewers decide about it, and how far everybody has read."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from guiju.demo import _changes, _data
from guiju.demo._data import ReviewRow, Scene
from guiju.demo._stage import MINUTE, Stage
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import Command, WriteTx
from guiju.modules.groups import service as groups
from guiju.modules.messaging import review
from guiju.modules.messaging.composing import MARK_KIND
from guiju.modules.messaging.personal_types import Marked
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import MessageState, Receipt, Send
from guiju.modules.policy.types import PRESENT

_LINE = re.compile(r"(?:\+(\d+) )?(?:#(\w+) )?([^ :>]+)(?: >(\w+))?(?: \^(\w+))?: (.+)")
"""`+minutes #label name >what it quotes ^the thread it belongs to: text`, all but name and text if need be."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a scene; `wait` is how long after the line before it comes, in ms."""

    wait: int
    label: str | None
    name: str
    quote: str | None
    thread: str | None
    text: str

    @property
    def needs(self) -> set[str | None]:
        """The labels of messages that must have been sent before it."""
        return {self.quote, self.thread} - {None}


def lines_of(scene: Scene) -> Iterator[Line]:
    """The lines of a scene. ValueError for one that does not have the form."""
    for number, raw in enumerate(scene.lines.splitlines()):
        found = _LINE.fullmatch(raw)
        if found is None:
            raise ValueError(f"not a line of a scene: {raw!r}")
        gap, label, name, quote, thread, text = found.groups()
        # People type about five characters a second after having read; the odd seconds keep lines apart.
        typed = 9_000 + len(text) * 200 + (len(raw) * 7 + number * 13) % 23 * 1000
        wait = int(gap) * MINUTE + typed % MINUTE if gap else typed
        yield Line(wait, label, name, quote, thread, text)


def plan(stage: Stage) -> None:
    """Plan every message, and the decisions on those that are held."""
    for group in _data.groups().groups:
        for index, scene in enumerate(_data.talk(group.key)):
            _plan_scene(stage, group.key, f"{group.key}-{index}", scene)


def _plan_scene(stage: Stage, group: str, name: str, scene: Scene) -> None:
    moment = stage.calendar.moment(scene)
    labels: dict[str, int] = {}
    due: dict[str, int] = {}
    burst: list[tuple[str, Line]] = []
    started = 0
    for number, line in enumerate(lines_of(scene)):
        moment += line.wait if number else 0
        needs_burst = not line.needs.isdisjoint({said.label for _, said in burst})
        if not burst or moment - started >= MINUTE or needs_burst:
            burst, started = [], moment
            stage.at(moment, partial(_say, stage, group, burst, labels))
        burst.append((f"demo-{name}-{number}", line))
        if line.label is not None:
            due[line.label] = moment
    for decision in scene.decisions:
        at = due[decision.label] + decision.after * MINUTE
        stage.at(at, partial(_review, stage, group, decision, labels))
    for change in scene.changes:
        at = due[change.label] + change.after * MINUTE
        stage.at(at, partial(_changes.change, stage, group, change, labels))


def _say(stage: Stage, group: str, burst: list[tuple[str, Line]], labels: dict[str, int]) -> None:
    """Send the lines of one minute through the gate, in one commit: a commit for each would take seconds in all."""
    names = _roster(stage, group)
    commands, answers = [], []
    for cmid, line in burst:
        quote = labels[line.quote] if line.quote is not None else None
        thread = labels[line.thread] if line.thread is not None else None
        inspection = stage.runtime.inspector.inspect(line.text)
        mentions = _mentioned(names, line)
        send = Send(
            names[line.name], cmid, stage.groups[group], line.text, mentions, quote, inspection,
            thread=thread,
        )  # fmt: skip
        answer: Future[Any] = Future()
        commands.append(Command(KIND, send, answer.set_result))
        answers.append(answer)
    stage.runtime.lane.submit(commands)
    for (_, line), answer in zip(burst, answers, strict=True):
        receipt = answer.result()
        if isinstance(receipt, BaseException):
            raise receipt
        _remember(stage, group, names, line, receipt)
        if line.label is not None:
            labels[line.label] = receipt.position


def _mentioned(names: dict[str, PersonId], line: Line) -> tuple[PersonId, ...]:
    return tuple(person for name, person in names.items() if f"@{name}" in line.text)


def _remember(
    stage: Stage, group: str, names: dict[str, PersonId], line: Line, receipt: Receipt
) -> None:
    """Note what the read marks at the end depend on."""
    assert receipt.state is not MessageState.WARNED, "nobody in the scenes is asked to confirm"
    sender = names[line.name]
    stage.said[group, sender] = receipt.position
    stage.called.pop((group, sender), None)
    for person in _mentioned(names, line):
        stage.called.setdefault((group, person), receipt.position)
    if receipt.state in (MessageState.DELIVERED, MessageState.MASKED):
        stage.shown.setdefault(group, []).append(receipt.position)


def _roster(stage: Stage, group: str) -> dict[str, PersonId]:
    """The members by name. Two of one name are in no group together."""
    row = next(row for row in _data.groups().groups if row.key == group)
    joined = [
        login
        for event in _data.events()
        if event.group == group
        for login in (event.person, *event.people)
    ]
    inside = {login for login in (row.owner, *row.administrators, *row.members, *joined) if login}
    return {
        person.name: stage.people[person.login] for person, _ in _PEOPLE if person.login in inside
    }


_PEOPLE = _data.organisation().people()


def _review(stage: Stage, group: str, decision: ReviewRow, labels: dict[str, int]) -> None:
    """A reviewer decides on a held message."""
    actor, position = stage.actor(decision.by), labels[decision.label]

    def decide(tx: WriteTx) -> int | None:
        if decision.verdict == "refuse":
            review.refuse(tx, actor, position, reason=decision.reason)
            return None
        done = review.release(
            tx, actor, position, masked=decision.verdict == "mask", reason=decision.reason
        )
        return done.row.shown

    shown = stage.write(decide)
    if shown is not None:
        stage.shown.setdefault(group, []).append(shown)


def mark_read(stage: Stage) -> None:
    """Most people have read everything; others are some messages behind, or have not seen yet that they were called."""
    marks: list[tuple[PersonId, GroupId, int]] = []
    order = {person: index for index, person in enumerate(stage.people.values())}
    for key, shown in stage.shown.items():
        place = stage.groups[key]
        for member in stage.runtime.read(partial(groups.members, group=place)):
            index = order[member.person]
            behind = 0 if index % 3 == 0 else index * 7 % 13
            called = stage.called.get((key, member.person), stage.calendar.now)
            read = [position for position in shown[: len(shown) - behind] if position < called]
            mark = max(read[-1] if read else 0, stage.said.get((key, member.person), 0))
            if member.state in PRESENT and mark:
                marks.append((member.person, place, mark))
    answers: list[Future[Any]] = [Future() for _ in marks]
    stage.runtime.lane.submit(
        [
            Command(MARK_KIND, mark, answer.set_result)
            for mark, answer in zip(marks, answers, strict=True)
        ]
    )
    assert all(answer.result().what is not Marked.UNKNOWN for answer in answers), (
        "everybody marks a place of their own"
    )
