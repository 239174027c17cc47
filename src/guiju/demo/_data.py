"""What the demonstration consists of, read from the YAML files beside this one."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import yaml

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
    """What becomes of the message of that label, `after` minutes."""

    label: str
    after: int
    by: str
    act: Literal["react", "pin", "recall"]
    reaction: str = "ok"
    reason: str | None = None


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
    return msgspec.convert(yaml.load(text, _Loader), wanted)  # noqa: S506  # one of the two safe ones


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


@functools.cache
def talk(group: str) -> tuple[Scene, ...]:
    """The scenes of a group; none for one that lives on another tool."""
    if not (FOLDER / "talk" / f"{group}.yaml").exists():
        return ()
    return _read(f"talk/{group}.yaml", tuple[Scene, ...])
