"""Inspecting files: every part by the engine that inspects messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from guiju.modules.inspection._compile import MAX_FINDINGS
from guiju.modules.inspection.extraction.types import Part, Problem, Reading
from guiju.modules.inspection.fingerprints import Fingerprints, Match
from guiju.modules.inspection.types import Disposition, Finding, Inspection

# Long texts are inspected in pieces. Neighbours overlap, and a finding counts in the piece that
# has at least half the overlap on each side of its beginning: nothing is cut, nothing counts twice.
_PIECE = 8000
_OVERLAP = 1000


@dataclass(frozen=True, slots=True)
class PartInspection:
    """A part of a file and what was found in it; offsets are code points of the part's text.

    What rules that only alert have found stands in `alerts` and nowhere else, as in an `Inspection`.
    """

    part: Part
    findings: tuple[Finding, ...]
    excerpts: tuple[Match, ...]
    alerts: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FileInspection:
    """The answer for one file. The disposition is never milder than HOLD for what was not read; alerts are no part of it."""

    reading: Reading
    parts: tuple[PartInspection, ...]
    disposition: Disposition

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
                {"code": gap.problem.value, "where": gap.where} for gap in self.reading.gaps
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
) -> FileInspection:
    """What `inspect` finds in the parts of a file, and which excerpts of `known` documents.

    An excerpt holds. A file cannot be masked: what would mask a message holds a file. What was not read holds it,
    unless the problem is `tolerated`; a name that claims another format holds it as well.
    """
    is_held = reading.disguised or any(gap.problem not in tolerated for gap in reading.gaps)
    disposition = Disposition.HOLD if is_held else Disposition.DELIVER
    parts: list[PartInspection] = []
    for part in reading.parts:
        findings: list[Finding] = []
        alerts: list[Finding] = []
        for found, alerted, strictness in _pieces(part.text, inspect):
            findings.extend(found)
            alerts.extend(alerted)
            disposition = max(disposition, strictness)
        excerpts = known.find(part.text) if known is not None else ()
        if excerpts:
            disposition = max(disposition, Disposition.HOLD)
        parts.append(PartInspection(part, tuple(findings), excerpts, tuple(alerts)))
    return FileInspection(reading, tuple(parts), disposition)


def _pieces(
    text: str, inspect: Callable[[str], Inspection]
) -> Iterator[tuple[list[Finding], list[Finding], Disposition]]:
    """Findings, alerts and the disposition of each piece."""
    for begin in range(0, max(len(text) - _OVERLAP, 1), _PIECE - _OVERLAP):
        end = begin + _PIECE
        inspection = inspect(text[begin:end])
        first = begin + _OVERLAP // 2 if begin else 0
        last = end - _OVERLAP // 2 if end < len(text) else len(text)
        found, alerted = (
            [
                replace(each, start=each.start + begin, end=each.end + begin)
                for each in some
                if first <= each.start + begin < last
            ]
            for some in (inspection.findings, inspection.alerts)
        )
        # Of more findings than are listed, the first may all belong to the piece before.
        is_told = bool(found) or len(inspection.findings) >= MAX_FINDINGS
        masks = inspection.disposition is Disposition.MASK
        asked = Disposition.HOLD if masks else inspection.disposition
        yield found, alerted, asked if is_told else Disposition.DELIVER
