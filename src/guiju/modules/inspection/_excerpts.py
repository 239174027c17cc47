"""A text with its codes resolved, or of a long one what stands around them: the rest was read as it is written."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from guiju.modules.inspection._tables import places_to

Codes = Sequence[tuple[int, int, Sequence[tuple[str, int, int]]]]

# A text is cut up only where that saves much.
_LEAST_CUT, _MOST_KEPT = 2_000, 0.7
# How far a finding may reach that a code is part of or stands beside, and what is read beyond so that nothing is judged
# at an edge.
_REACH, _MARGIN = 250, 150
# An excerpt begins and ends where a line does or at least a word, if there is one so near.
_NEAREST = 150
# A private key is hidden to its end, however far that is.
_UNCUT = re.compile(r"-----\s{0,2}[A-Z&%\\]").search
_EDGES = re.compile(r"[\s,;!?，。；！？]")
# Longer than what any finding passes over, and the end of a sentence and of a line.
_BETWEEN = "\n。" * 6


class Resolved(NamedTuple):
    """Character i of the text was written at `starts[i]` to `ends[i]`.

    Findings count where they meet one of the places in `near`; everywhere where that is None.
    """

    text: str
    starts: list[int]
    ends: list[int]
    near: list[tuple[int, int]] | None


def resolve(text: str, codes: Codes) -> Resolved:
    """`codes` are start, end and meaning of each code, in their order and at least one."""
    windows = _windows(text, codes)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    near: list[tuple[int, int]] = []
    at = 0
    places = places_to(len(text) + 1)
    for first, last in windows:
        if pieces:
            pieces.append(_BETWEEN)
            starts.extend([first] * len(_BETWEEN))
            ends.extend([first] * len(_BETWEEN))
        done = first
        while at < len(codes) and codes[at][0] < last:
            start, end, resolved = codes[at]
            pieces.append(text[done:start])
            starts.extend(places[done:start])
            ends.extend(places[done + 1 : start + 1])
            begun = len(starts)
            for char, left, right in resolved:
                pieces.append(char)
                starts.append(start + left)
                ends.append(start + right)
            near.append((begun - _REACH, len(starts) + _REACH))
            done = end
            at += 1
        pieces.append(text[done:last])
        starts.extend(places[done:last])
        ends.extend(places[done + 1 : last + 1])
    return Resolved(
        "".join(pieces),
        starts,
        ends,
        _merged(near) if len(windows) > 1 or windows[0] != (0, len(text)) else None,
    )


def _windows(text: str, codes: Codes) -> list[tuple[int, int]]:
    """The parts of the text that are read, in their order."""
    whole = [(0, len(text))]
    if len(text) < _LEAST_CUT or _UNCUT(text) is not None:
        return whole
    reach = _REACH + _MARGIN
    wide = _merged([(start - reach, end + reach) for start, end, _ in codes])
    if sum(last - first for first, last in wide) > _MOST_KEPT * len(text):
        return whole
    return _merged([(_before(text, first), _after(text, last)) for first, last in wide])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in their order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def _before(text: str, first: int) -> int:
    """Where an excerpt begins that must have what stands from `first` on."""
    if first <= 0:
        return 0
    least = max(0, first - _NEAREST)
    line = text.rfind("\n", least, first) + 1
    if line or not least:
        return line
    edges = [edge.end() for edge in _EDGES.finditer(text, least, first)]
    return edges[-1] if edges else first


def _after(text: str, last: int) -> int:
    if last >= len(text):
        return len(text)
    line = text.find("\n", last, last + _NEAREST)
    if line >= 0:
        return line
    edge = _EDGES.search(text, last, last + _NEAREST)
    return edge.start() if edge is not None else last
