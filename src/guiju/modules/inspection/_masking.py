"""Hiding what was found: stars in the places that a rule names, never another length."""

from collections.abc import Iterable, Sequence

from guiju.modules.inspection._kinds import KINDS
from guiju.modules.inspection.types import OVERFLOW, Finding, Hit

RISK_RULE = "risk score"


def masked(text: str, hits: list[Hit]) -> str | None:
    """The text with the places of these hits hidden; None without any."""
    if not hits:
        return None
    return hide(text, (place for hit in hits for place in hit.hidden))


def hide(text: str, places: Iterable[int]) -> str:
    """The text with a star at these places; spaces stay, so that the shape does."""
    chars = list(text)
    for place in places:
        if not chars[place].isspace():
            chars[place] = "*"
    return "".join(chars)


def shown(word: str, places: Sequence[int], start: int) -> str:
    """A word that stands at `start` with a star at these places of the text."""
    if isinstance(places, range):
        first, last = places.start - start, places.stop - start
        row = word[first:last]
        if row.isalnum():
            return f"{word[:first]}{'*' * len(row)}{word[last:]}"
    return hide(word, [place - start for place in places])


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
    return hide(text, hidden)
