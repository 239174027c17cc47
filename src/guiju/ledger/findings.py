"""What a verification found: for each numbered step the first thing that is wrong, and how many more there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from guiju.kernel.db import DatabaseUnavailableError

STEPS: Final = {
    1: "tables",
    2: "entries",
    3: "blobs",
    4: "bodies",
    5: "tree",
    6: "signatures",
    7: "heads",
    8: "replay",
    9: "files",
}

Place = dict[str, Any]
"""Where something is wrong: `entry` (and `until` when it is one of several), or `table`, `row` (its primary key, a
list when it has several parts) and `column`, or `file`, or `head` (which of the kept heads)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One step: what it found. `first_bad` is None when it is in order."""

    step: int
    name: str
    ok: bool
    detail: str
    first_bad: Place | None


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict. `anchored` says that a head that was kept elsewhere agrees; without one, whoever holds every key
    could have written the whole ledger anew.
    """

    ok: bool
    size: int | None
    root: str | None
    anchored: bool
    first_bad: Place | None
    checks: tuple[Check, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Findings:
    """Collects what the steps find."""

    size: int | None = None
    root: bytes | None = None
    anchored: bool = False
    _bad: dict[int, tuple[str, Place]] = field(default_factory=dict)
    _count: dict[int, int] = field(default_factory=dict)
    _notes: dict[int, str] = field(default_factory=dict)

    def bad(self, step: int, detail: str, **place: Any) -> None:
        """Something is wrong at `place`."""
        self._bad.setdefault(step, (detail, place))
        self._count[step] = self._count.get(step, 0) + 1

    def done(self, step: int, detail: str) -> None:
        """The step ran to its end; what it looked at."""
        self._notes[step] = detail

    def found(self, *steps: int) -> bool:
        """Whether something is wrong in any of `steps`."""
        return any(step in self._bad for step in steps)

    @contextmanager
    def reading(self, step: int, **place: Any) -> Iterator[None]:
        """Storage that cannot be read is a finding of the step that wanted to read it."""
        try:
            yield
        except (SQLAlchemyError, DatabaseUnavailableError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            self.bad(step, f"cannot be read: {reason}", **place)

    def verdict(self) -> Verification:
        """The verdict over all steps that ran."""
        checks = tuple(
            self._check(step) for step in STEPS if step in self._bad or step in self._notes
        )
        first = min(self._bad, default=None)
        ok = first is None
        return Verification(
            ok=ok,
            size=self.size,
            root=self.root.hex() if self.root is not None else None,
            anchored=ok and self.anchored,
            first_bad=None if first is None else self._bad[first][1],
            checks=checks,
        )

    def _check(self, step: int) -> Check:
        if step not in self._bad:
            return Check(step, STEPS[step], True, self._notes[step], None)
        detail, place = self._bad[step]
        more = self._count[step] - 1
        return Check(
            step, STEPS[step], False, f"{detail} (and {more} more)" if more else detail, place
        )
