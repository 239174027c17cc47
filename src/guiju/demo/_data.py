"""What the demonstration consists of, read from the YAML files beside this one."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import yaml

from guiju.kernel.shapes import convert, learn
from guiju.modules.policy.types import Text

FOLDER = Path(__file__).parent / "data"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C reader is five times faster
T = TypeVar("T")


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Anything in the files; a misspelled key is an error."""


class PersonRow(Closed, frozen=True):
    """A person; `state` is how far their account has come."""

    login: str
    name: str
    post: str
    roles: tuple[str, ...] = ()
    state: Literal["requested", "registered", "activated", "certified", "suspended"] = "certified"


class UnitRow(Closed, frozen=True):
    """A unit, who is right in it, and the units below."""

    name: str
    head: str
    people: tuple[PersonRow, ...]
    units: tuple["UnitRow", ...] = ()

    def walk(self) -> "Iterator[tuple[UnitRow, UnitRow | None]]":
        """(unit, its parent), upper ones first."""
        yield self, None
        for unit in self.units:
            for inner, parent in unit.walk():
                yield inner, parent if parent is not None else self


class Organisation(Closed, frozen=True):
    organisation: str
    pack: str
    root: UnitRow

    def people(self) -> list[tuple[PersonRow, UnitRow]]:
        """Everybody with their unit, in the order of their staff numbers."""
        return [(person, unit) for unit, _ in self.root.walk() for person in unit.people]


class Moment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A day of the week told (see groups.yaml) and a time `HH:MM`, or minutes `before` its end."""

    day: int = 0
    at: str = ""
    before: int = 0


class Verdict(Moment, frozen=True):
    """What an approver says about an application."""

    by: str
    opinion: str = ""
    verdict: Literal["approve", "refuse"] = "approve"


class ApplicationRow(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"group_class": "class"}
):
    """An application for a group; `must_sign` names those who leave its rules unsigned."""

    key: str
    name: str
    purpose: str
    scope: str
    group_class: str
    level: str
    owner: str
    administrators: tuple[str, ...]
    applied: Moment
    members: tuple[str, ...] = ()
    must_sign: tuple[str, ...] = ()
    decided: tuple[Verdict, ...] = ()
    tool: str | None = None
    ends_in: int | None = None
    rules: str = ""


class Groups(Closed, frozen=True):
    groups: tuple[ApplicationRow, ...]
    applications: tuple[ApplicationRow, ...]


class EventRow(Moment, frozen=True):
    """Something else that happens; `do` names a function of `_events`."""

    do: str
    group: str
    by: str = ""
    person: str = ""
    people: tuple[str, ...] = ()
    reason: str = ""
    text: str = ""


class DirectRow(Moment, frozen=True):
    """What two people write to each other; the first opens it, and each line is `login: text`."""

    people: tuple[str, str]
    lines: tuple[str, ...]


class ReviewRow(Closed, frozen=True):
    """What a reviewer decides about the held message of that label, `after` minutes."""

    label: str
    after: int
    by: str
    verdict: Literal["release", "mask", "refuse"]
    reason: str


class ChangeRow(Closed, frozen=True):
    """What becomes of the message of that label, `after` minutes. `hours`: within which `ask` wants an answer."""

    label: str
    after: int
    by: str
    act: Literal["react", "pin", "recall", "move", "flag", "freeze", "ask"]
    reaction: str = "ok"
    reason: str | None = None
    hours: int | None = None


class Scene(Moment, frozen=True):
    """Some lines said in one go. `held` names those that go on waiting for a reviewer."""

    lines: str
    decisions: tuple[ReviewRow, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    held: tuple[str, ...] = ()


class QuestionRow(Closed, frozen=True):
    """A question after a notice; `right` holds the indices of all right choices."""

    text: str
    choices: tuple[str, ...]
    right: tuple[int, ...]


class RevisedRow(Moment, frozen=True):
    """Another text of a notice, which asks everybody again."""

    text: str


class NoticeRow(Moment, frozen=True):
    """A notice to units. Who is not `missing` acknowledges it from `after` minutes on, who is `late` the day after."""

    key: str
    by: str
    title: str
    text: str
    units: tuple[str, ...]
    hours: int
    after: int
    questions: tuple[QuestionRow, ...] = ()
    wrong_first: tuple[str, ...] = ()
    revised: RevisedRow | None = None
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class FieldRow(Closed, frozen=True):
    """A part of a template."""

    name: str
    required: bool = True
    hint: str = ""


class TemplateRow(Moment, frozen=True):
    """A template, of a group or for everybody."""

    key: str
    by: str
    title: str
    fields: tuple[FieldRow, ...]
    group: str | None = None


class WrittenRow(Moment, frozen=True):
    """A message by the template of that key."""

    key: str
    group: str
    by: str
    parts: dict[str, str]


class LiftedRow(Moment, frozen=True):
    reason: str


class BarrierRow(Moment, frozen=True):
    """A barrier between two sides, both ways; it stands for `ends_in` days unless it is lifted before."""

    by: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    reason: str
    ends_in: int
    lifted: LiftedRow | None = None


class Order(Closed, frozen=True):
    templates: tuple[TemplateRow, ...]
    written: tuple[WrittenRow, ...]
    barriers: tuple[BarrierRow, ...]


class ConfirmedRow(Closed, frozen=True):
    """Who confirms an urgent message, `after` minutes."""

    by: str
    after: int


class UrgentRow(Moment, frozen=True):
    """A message that calls `people`."""

    group: str
    by: str
    people: tuple[str, ...]
    text: str
    reason: str
    confirmed: tuple[ConfirmedRow, ...] = ()


class ScheduledRow(Closed, frozen=True):
    """A message that waits for a time `hours` after the end of the demonstration."""

    group: str
    by: str
    hours: int
    text: str


class QuietRow(Closed, frozen=True, rename={"start": "from", "end": "to"}):
    """When a person does not want to be called: minutes since midnight."""

    person: str
    start: int
    end: int


class Calls(Closed, frozen=True):
    urgent: tuple[UrgentRow, ...]
    scheduled: tuple[ScheduledRow, ...]
    quiet: tuple[QuietRow, ...]


class Pick(Closed, frozen=True):
    """One of the people to sign in as first."""

    account: str
    role: Text
    try_: Text = msgspec.field(name="try")


class Guide(Closed, frozen=True):
    password: str
    picks: tuple[Pick, ...]


def _read(name: str, wanted: type[T]) -> T:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return convert(yaml.load(text, _Loader), learn(wanted))  # noqa: S506  # one of the two safe ones


@functools.cache
def organisation() -> Organisation:
    return _read("people.yaml", Organisation)


@functools.cache
def groups() -> Groups:
    return _read("groups.yaml", Groups)


@functools.cache
def guide() -> Guide:
    return _read("guide.yaml", Guide)


def notices() -> tuple[NoticeRow, ...]:
    return _read("notices.yaml", tuple[NoticeRow, ...])


def events() -> tuple[EventRow, ...]:
    return _read("events.yaml", tuple[EventRow, ...])


def direct() -> tuple[DirectRow, ...]:
    return _read("direct.yaml", tuple[DirectRow, ...])


def order() -> Order:
    return _read("order.yaml", Order)


def calls() -> Calls:
    return _read("calls.yaml", Calls)


@functools.cache
def talk(group: str) -> tuple[Scene, ...]:
    """The scenes of a group; none for one that lives on another tool."""
    if not (FOLDER / "talk" / f"{group}.yaml").exists():
        return ()
    return _read(f"talk/{group}.yaml", tuple[Scene, ...])
