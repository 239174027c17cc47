"""A hit in its surroundings: what stands before, between and after its characters."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from guiju.modules.inspection.types import Way

# Longer chains of signs part a text; they do not hide a term.
MAX_GAP = 8
_SHORTEST_PARTED_ASCII = 4
# What people write between two words. Anything else between the halves of a term is a disguise.
_NATURAL = frozenset(" ,.;:!?、。·…'\"“”‘’()[]{}<>《》〈〉【】「」『』/\\-—\n\r\t")


class Place(NamedTuple):
    """Characters `first` to `last` of a stream, whose places in the folded text are `offsets`."""

    folded: str
    offsets: Sequence[int]
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.offsets[self.first]

    @property
    def end(self) -> int:
        return self.offsets[self.last] + 1

    @property
    def is_parted(self) -> bool:
        """Something stands between the characters."""
        return self.end - self.start != self.last - self.first + 1

    def inner_gaps(self) -> list[str]:
        """What stands between the characters."""
        offsets, folded = self.offsets, self.folded
        return [folded[offsets[i] + 1 : offsets[i + 1]] for i in range(self.first, self.last)]

    def gaps(self) -> list[str]:
        """What stands before, between and after the characters: one more than there are."""
        offsets, folded = self.offsets, self.folded
        before = offsets[self.first - 1] + 1 if self.first else 0
        after = offsets[self.last + 1] if self.last + 1 < len(offsets) else len(folded)
        before = max(before, self.start - MAX_GAP)
        after = min(after, self.end + MAX_GAP)
        return [folded[before : self.start], *self.inner_gaps(), folded[self.end : after]]

    def is_apart(self, *, from_digits: bool) -> bool:
        """No Latin letter, and if asked no digit, touches the hit: it is no part of a longer word."""
        neighbours = (
            self.folded[max(self.start - 1, 0) : self.start] + self.folded[self.end : self.end + 1]
        )
        return not any(
            char.isascii() and (char.isalpha() or (from_digits and char.isdigit()))
            for char in neighbours
        )

    def is_alone(self) -> bool:
        """Neither a letter nor a Chinese character touches the hit."""
        return is_alone(self.folded, self.start, self.end)

    def is_spelled_out(self, breaks: Collection[int] = ()) -> bool:
        """The gaps hide the hit or are its own: all gaps hold something, or none but the `breaks`
        does; a sign that is no space may stand in a single gap of a longer hit. For Latin letters.
        """
        if not self.is_parted:
            return True
        gaps = self.inner_gaps()
        if any(len(gap) > MAX_GAP for gap in gaps):
            return False
        inside = [
            gap for i, gap in enumerate(gaps) if i not in breaks or not (gap.isspace() or not gap)
        ]
        if all(inside) or not any(inside):
            return True
        return len(gaps) + 1 >= _SHORTEST_PARTED_ASCII and not any(gap.isspace() for gap in inside)

    def is_unbroken(self) -> bool:
        """No gap, a gap after every character, or no gap as ordinary writing has it. For weak signs."""
        if not self.is_parted:
            return True
        gaps = self.inner_gaps()
        if any(len(gap) > MAX_GAP for gap in gaps):
            return False
        return all(gaps) or not any(gap and is_natural(gap) for gap in gaps)


class Echo(NamedTuple):
    """A disguised pattern, by its number: where, how, and whether it may stand there by chance."""

    number: int
    place: Place
    way: Way
    is_doubtful: bool


def windows(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """The parts of a text that these spans cover, in their order; `spans` grow."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        first, last = max(0, start), min(size, end)
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def is_alone(folded: str, start: int, end: int) -> bool:
    """Neither a letter nor a Chinese character touches `folded[start:end]`."""
    if start and folded[start - 1].isalnum():
        return False
    return not folded[end : end + 1].isalnum()


def is_natural(gap: str) -> bool:
    """One space, or punctuation of up to three characters with at most one space in it."""
    if len(gap) == 1:
        return gap in _NATURAL
    return len(gap) <= 3 and gap.count(" ") <= 1 and _NATURAL.issuperset(gap)
