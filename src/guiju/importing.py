"""Bringing a recorded chat into a group: every line goes through the same gate as what people type.

What differs is on record: the facts say `imported`, and the flood limit, which is about typing, does not count them.
"""

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from guiju.kernel.actor import system
from guiju.kernel.db import ReadTx
from guiju.kernel.errors import ConflictError, GuijuError, InvalidError, NotFoundError
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import Command
from guiju.kernel.text import check_text
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, GroupKind, GroupState
from guiju.modules.identity import service as identity
from guiju.modules.messaging.sending import KIND
from guiju.modules.messaging.types import LONGEST_TEXT, Receipt, Send
from guiju.modules.policy.types import MemberState
from guiju.runtime import Runtime

SYSTEM = system("import")
SLICE = 256
"""Lines that are on their way to the lane together; the next slice is inspected while this one commits."""

T = TypeVar("T")


class FileUnreadableError(InvalidError):
    """The file cannot be read as UTF-8 lines."""

    code = "import.file_unreadable"


class UnknownGroupError(NotFoundError):
    """No group has this id, filing number or name."""

    code = "import.unknown_group"


class GroupNotOpenError(ConflictError):
    """The group is closed, or lives on another tool."""

    code = "import.group_not_open"


class NoAccountsError(InvalidError):
    """An import needs at least one account to write as."""

    code = "import.no_accounts"


class UnknownAccountError(NotFoundError):
    """There is no account of this name."""

    code = "import.unknown_account"


class NotAMemberError(ConflictError):
    """The account's holder is not an active member of the group."""

    code = "import.not_a_member"


class BadLineError(InvalidError):
    """A line of the file is not `{"text": …}` with a text that can be sent."""

    code = "import.bad_line"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line did not get in. `line` counts from 1."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the lines: every line that is not empty is in exactly one of the numbers.

    `refused` counts the lines in `problems`, `duplicates` those that an earlier run had brought in.
    """

    lines: int
    delivered: int
    masked: int
    held: int
    blocked: int
    refused: int
    duplicates: int
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


Outcome = Receipt | GuijuError
Progress = Callable[[int, int], None]
"""Called with (lines done, lines in all)."""


def import_chat(
    runtime: Runtime,
    file: Path,
    group: str,
    accounts: Sequence[str],
    *,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Send every line `{"text": …}` of `file` to `group`, the members `accounts` (logins) taking turns.

    `group` is an id, a filing number or a name. A second run of the same file with the same accounts brings in only
    the lines that are new or were refused; other accounts would write the lines once more.

    Raises FileUnreadableError, UnknownGroupError, GroupNotOpenError, NoAccountsError, UnknownAccountError or
    NotAMemberError; then nothing is sent.
    """
    lines = _read_lines(file)
    place = runtime.read(lambda tx: _find_group(tx, group))
    people = runtime.read(lambda tx: _find_people(tx, place, accounts))
    before = runtime.read(lambda tx: tx.position)
    tally = _Tally(len(lines), before)
    waiting: deque[list[tuple[int, Future[Outcome]]]] = deque()
    for part in _slices(iter(lines), SLICE):
        waiting.append(_submit(runtime, file.name, place.id, people, part))
        if len(waiting) == 2:
            progress(tally.settle(waiting.popleft()), len(lines))
    while waiting:
        progress(tally.settle(waiting.popleft()), len(lines))
    return tally.report()


def _read_lines(file: Path) -> list[tuple[int, str]]:
    """(number from 1, line) of the lines that are not empty."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadableError("The file cannot be read as UTF-8.", file=file.name) from error
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _find_group(tx: ReadTx, wanted: str) -> Group:
    found = groups.find_group(tx, GroupId(wanted))
    if found is None:
        page = groups.list_register(
            tx, SYSTEM, state=None, group_class=None, query=wanted, after=0, limit=200
        )
        found = next(
            (each for each in page.items if wanted in (each.name, each.filing_number)), None
        )
    if found is None:
        raise UnknownGroupError("No group has this id, filing number or name.", group=wanted)
    if found.state is not GroupState.ACTIVE or found.kind is not GroupKind.INTERNAL:
        raise GroupNotOpenError("The group is closed, or lives on another tool.", group=found.id)
    return found


def _find_people(tx: ReadTx, group: Group, accounts: Sequence[str]) -> list[PersonId]:
    """The holders of the accounts, each once and an active member."""
    if not accounts:
        raise NoAccountsError("An import needs at least one account to write as.")
    people = []
    for login in accounts:
        account = identity.find_account(tx, login)
        if account is None:
            raise UnknownAccountError("There is no account of this name.", account=login)
        member = groups.find_member(tx, group.id, account.person)
        if member is None or member.state is not MemberState.ACTIVE:
            state = member.state.value if member is not None else None
            raise NotAMemberError(
                "This account's holder is not an active member.", account=login, state=state
            )
        people.append(account.person)
    return list(dict.fromkeys(people))


def _slices(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while part := list(islice(items, size)):
        yield part


def _submit(
    runtime: Runtime, file: str, group: GroupId, people: list[PersonId], part: list[tuple[int, str]]
) -> list[tuple[int, Future[Outcome]]]:
    """Put some lines on their way; the answers come after the flush."""
    commands, answers = [], []
    for number, raw in part:
        answer: Future[Outcome] = Future()
        answers.append((number, answer))
        try:
            text = read_text(raw)
        except BadLineError as error:
            answer.set_result(error)
            continue
        send = Send(
            people[number % len(people)], cmid_of(file, group, number, raw), group, text, (), None,
            runtime.inspector.inspect(text), origin="import",
        )  # fmt: skip
        commands.append(Command(KIND, send, answer.set_result))
    runtime.lane.submit(commands)
    return answers


def read_text(raw: str) -> str:
    """The text of a line. Raises BadLineError."""
    try:
        line = json.loads(raw)
    except ValueError as error:
        raise BadLineError("The line is not JSON.") from error
    text = line.get("text") if isinstance(line, dict) else None
    if not isinstance(text, str):
        raise BadLineError("The line is not an object with a `text`.")
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise BadLineError(f"A text has 1 to {LONGEST_TEXT} characters.", length=len(text))
    try:
        return check_text(text)
    except ValueError as error:
        raise BadLineError(str(error)) from error


def cmid_of(file: str, group: GroupId, number: int, raw: str) -> str:
    """The same for the same line of the same file and group, so that a second run repeats the first one's sends."""
    digest = hashlib.sha256(
        "\0".join((file, group, str(number), raw)).encode("utf-8", "surrogatepass")
    )
    return f"import-{digest.hexdigest()[:40]}"


class _Tally:
    """Counts what became of the lines."""

    def __init__(self, lines: int, before: int) -> None:
        self._lines = lines
        self._before = before
        self._counts: Counter[str] = Counter()
        self._problems: list[Problem] = []

    def settle(self, sent: list[tuple[int, Future[Outcome]]]) -> int:
        """Wait for the answers; returns how many lines are settled by now."""
        for number, answer in sent:
            outcome = answer.result()
            if isinstance(outcome, Receipt):
                known = outcome.position <= self._before
                self._counts["duplicates" if known else outcome.state.value] += 1
            elif isinstance(outcome, GuijuError):
                self._counts["refused"] += 1
                self._problems.append(Problem(number, outcome.code, outcome.message))
            else:
                raise outcome
        return self._counts.total()

    def report(self) -> Report:
        counts = self._counts
        return Report(
            self._lines, counts["delivered"], counts["masked"], counts["held"], counts["blocked"], counts["refused"],
            counts["duplicates"], tuple(self._problems),
        )  # fmt: skip
