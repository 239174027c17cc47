"""What the write lane is given and gives back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from guiju.kernel.db import DatabaseUnavailableError
from guiju.kernel.facts import Recorded

Answer = Callable[[Any], None]


@dataclass(slots=True, eq=False)
class Command:
    """One thing to do. `kind` is None for a verb (`payload` is a callable); else the name of a list verb."""

    kind: str | None
    payload: Any
    answer: Answer
    result: Any = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit did: the commands with their results, and the entries that it appended."""

    commands: list[Command]
    entries: list[Recorded]


def answer_inline(batch: Batch) -> None:
    """Answer in the lane's own thread: for tests, the demo and the command line."""
    for command in batch.commands:
        command.answer(command.result)


def nobody(batch: Batch) -> None:
    """Let nobody know before the commit."""


def answer_all(commands: list[Command], results: Sequence[Any]) -> None:
    for command, result in zip(commands, results, strict=True):
        command.result = result


def answer_with(commands: list[Command], error: type[DatabaseUnavailableError], why: str) -> None:
    for command in commands:
        command.result = error(why, retry_after=1)
