"""Inspecting files: every part by the engine that inspects messages."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from guiju.modules.inspection._compile import MAX_FINDINGS
from guiju.modules.inspection.extraction.types import Gap, Part, Problem, Reading
from guiju.modules.inspection.fingerprints import Fingerprints, Match
from guiju.modules.inspection.types import Disposition, Finding, Inspection

# Long texts are inspected in pieces. Neighbours overlap, and a finding counts in the piece that
# has at least half the overlap on each side of its beginning: nothing is cut, nothing counts twice.
_PIECE = 8000
_OVERLAP = 1000
SECONDS = 30.0
"""Of the processor, for all parts of one file; 10,000,000 characters of ordinary text take half of it."""
# Gives the loop of the server its turn: a release of the interpreter alone lets this thread take it back at once.
_PAUSE = 0.0005


class Budget:
    """The time that the inspection of one file may take, in seconds of the processor of this thread."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._until = time.thread_time() + seconds

    @property
    def is_spent(self) -> bool:
        """Nothing more is inspected."""
        return time.thread_time() >= self._until


@dataclass(frozen=True, slots=True)
class PartInspection:
    """A part of a file and what was found in it; offsets are code points of the part's text.

    What rules that only alert have found stands in `alerts` and nowhere else, as in an `Inspection`. `is_cut`: the time
    of the file was over before the end of the text.
    """

    part: Part
    findings: tuple[Finding, ...]
    excerpts: tuple[Match, ...]
    alerts: tuple[Finding, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class FileInspection:
    """The answer for one file. The disposition is never milder than HOLD for what was not read; alerts are no part of it."""

    reading: Reading
    parts: tuple[PartInspection, ...]
    disposition: Disposition

    @property
    def not_inspected(self) -> tuple[Gap, ...]:
        """The part in which the time was over; those behind it were not looked at."""
        return tuple(Gap(Problem.TIME, each.part.name) for each in self.parts if each.is_cut)[:1]

    def to_json(self, name: str) -> dict[str, Any]:
        """The line that `guiju inspect FILE` prints; the shape is in docs/operator/files.md.

        Alerts count in it: here nobody has to be kept from learning of them.
        """
        is_alert = any(each.alerts for each in self.parts)
        strictest = max(self.disposition, Disposition.ALERT) if is_alert else self.disposition
        return {
            "file": name,
            "type": self.reading.type,
            "disguised": self.reading.disguised,
            "verdict": self.reading.verdict.value,
            "reasons": [
                {"code": gap.problem.value, "where": gap.where}
                for gap in (*self.reading.gaps, *self.not_inspected)
            ],
            "marks": [mark.value for mark in self.reading.marks],
            "parts": [_part_json(each) for each in self.parts],
            "disposition": strictest.word,
        }


def _part_json(each: PartInspection) -> dict[str, Any]:
    return {
        "name": each.part.name,
        "length": len(each.part.text),
        "flags": [flag.value for flag in each.part.flags],
        "hits": [
            {"kind": found.category, "start": found.start, "end": found.end}
            for found in (*each.findings, *each.alerts)
        ]
        + [
            {
                "kind": "fingerprint",
                "start": match.start,
                "end": match.end,
                "document": match.document,
            }
            for match in each.excerpts
        ],
    }


def inspect_reading(
    reading: Reading,
    inspect: Callable[[str], Inspection],
    known: Fingerprints | None = None,
    *,
    tolerated: frozenset[Problem] = frozenset(),
    budget: Budget | None = None,
) -> FileInspection:
    """What `inspect` finds in the parts of a file, and which excerpts of `known` documents.

    An excerpt holds. A file cannot be masked: what would mask a message holds a file. What was not read holds it,
    unless the problem is `tolerated`; a name that claims another format holds it as well, and so does what the `budget`
    did not last for (`SECONDS` if none is given).
    """
    budget = budget or Budget()
    is_held = reading.disguised or any(gap.problem not in tolerated for gap in reading.gaps)
    disposition = Disposition.HOLD if is_held else Disposition.DELIVER
    parts: list[PartInspection] = []
    for part in reading.parts:
        findings: list[Finding] = []
        alerts: list[Finding] = []
        is_cut = False
        for begin in range(0, max(len(part.text) - _OVERLAP, 1), _PIECE - _OVERLAP):
            if budget.is_spent:
                is_cut, disposition = True, max(disposition, Disposition.HOLD)
                break
            found, alerted, strictness = _piece(part.text, begin, inspect)
            findings.extend(found)
            alerts.extend(alerted)
            disposition = max(disposition, strictness)
            time.sleep(_PAUSE if begin else 0)
        excerpts = known.find(part.text) if known is not None else ()
        if excerpts:
            disposition = max(disposition, Disposition.HOLD)
        parts.append(PartInspection(part, tuple(findings), excerpts, tuple(alerts), is_cut))
    return FileInspection(reading, tuple(parts), disposition)


def _piece(
    text: str, begin: int, inspect: Callable[[str], Inspection]
) -> tuple[list[Finding], list[Finding], Disposition]:
    """Findings, alerts and the disposition of the piece that begins here."""
    end = min(begin + _PIECE, len(text))
    inspection = inspect(text[begin:end])
    first = begin + _OVERLAP // 2 if begin else 0
    last = end - _OVERLAP // 2 if end < len(text) else end
    found, alerted = (
        [
            replace(each, start=each.start + begin, end=each.end + begin)
            for each in some
            # What is said of the piece as a whole has no place in it.
            if first <= each.start + begin < last or each.end - each.start == end - begin
        ]
        for some in (inspection.findings, inspection.alerts)
    )
    # Of more findings than are listed, the first may all belong to the piece before.
    if not found and len(inspection.findings) < MAX_FINDINGS:
        return found, alerted, Disposition.DELIVER
    if inspection.masked is None:
        return found, alerted, inspection.disposition
    # A warning is stricter than a mask, but who confirms it does not hide what is to be hidden.
    return found, alerted, max(inspection.disposition, Disposition.HOLD)
