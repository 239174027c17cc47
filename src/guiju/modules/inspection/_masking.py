"""Hiding what was found: stars in the places that a rule names, never another length."""

import re
from collections.abc import Iterable, Sequence

from guiju.modules.inspection._kinds import KINDS
from guiju.modules.inspection._passage import LONGEST_WORD
from guiju.modules.inspection.types import OVERFLOW, Finding, Hit

RISK_RULE = "risk score"
_SPACES = re.compile(r"(\s+)")


def masked(text: str, hits: list[Hit]) -> str | None:
    """The text with the places of these hits hidden; None without any."""
    if not hits:
        return None
    return hide(text, [hit.hidden for hit in hits])


def hide(text: str, hidden: Iterable[Sequence[int]]) -> str:
    """The text with a star at all of these places; spaces stay, so that the shape does."""
    marks = bytearray(len(text))
    for places in hidden:
        if isinstance(places, range):
            marks[places.start : places.stop] = b"\1" * len(places)
        else:
            for place in places:
                marks[place] = 1
    parts: list[str] = []
    done = 0
    first = marks.find(1)
    while first >= 0:
        last = marks.find(0, first)
        if last < 0:
            last = len(text)
        parts.append(text[done:first])
        parts.append(_starred(text[first:last]))
        done = last
        first = marks.find(1, last)
    parts.append(text[done:])
    return "".join(parts)


def _starred(row: str) -> str:
    if row.isalnum():
        return "*" * len(row)
    # Every other part is what stands between.
    parts = _SPACES.split(row)
    parts[::2] = ["*" * len(part) for part in parts[::2]]
    return "".join(parts)


def shown(text: str, start: int, end: int, places: Sequence[int]) -> str:
    """What stands at `text[start:end]` with a star at these places of the text, as far as it is told."""
    last = min(end, start + LONGEST_WORD)
    if isinstance(places, range):
        first, after = max(start, places.start), min(last, places.stop)
        if first >= after:
            return text[start:last]
        return f"{text[start:first]}{_starred(text[first:after])}{text[after:last]}"
    return hide(text[start:last], [[place - start for place in places if place < last]])


def mask(text: str, findings: Iterable[Finding]) -> str:
    """The text with these findings hidden, as a reviewer's verdict asks; never another length.

    What has a kind keeps the shape of it; everything else becomes stars. A risk score and an overflow are of the
    text as a whole and hide nothing.
    """
    hidden: list[int] = []
    for finding in findings:
        if finding.rule in (RISK_RULE, OVERFLOW):
            continue
        word = finding.word
        shaped = finding.rule in KINDS and len(word) == finding.end - finding.start
        hidden.extend(
            place
            for place in range(finding.start, finding.end)
            if not shaped or word[place - finding.start] == "*"
        )
    return hide(text, [hidden])
