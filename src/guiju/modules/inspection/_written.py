"""Terms as they are written, with or without signs between their characters."""

from collections.abc import Iterator, Sequence

from guiju.modules.inspection._boundary import Budget, is_meant
from guiju.modules.inspection._lexicon import MIN_TERM, Lexicon, breaks_of, signs_of
from guiju.modules.inspection._places import MAX_GAP, Place


def find_written(
    lexicon: Lexicon, folded: str, offsets: Sequence[int], reports: list[tuple[int, int, int]],
    budget: Budget,
) -> list[tuple[int, int, int, str]]:  # fmt: skip
    """Start and end of each term in the folded text, its rule and the term as the rule has it."""
    texts, shorter, marked = lexicon.texts, lexicon.shorter, lexicon.marked
    count = len(texts)
    found: list[tuple[int, int, int, str]] = []
    for _, end, reported in reports:
        number = reported
        while number >= 0:
            if number < count:
                if not budget.take_hit():
                    return found
                text = texts[number]
                size = len(text)
                first, after = offsets[end - size], offsets[end - 1] + 1
                # Nearly all hits are of characters without signs, and most of two of them meant as something else.
                if number in marked or text.isascii() or (size > MIN_TERM and after - first > size):
                    place = Place(folded, offsets, end - size, end - 1)
                    found += _owned(lexicon, number, place, budget)
                elif size > MIN_TERM or (
                    after - first <= size + MAX_GAP and is_meant(folded, first, after, budget)
                ):
                    for rule, word in lexicon.owners(number):
                        found.append((first, after, rule, word))
            number = shorter[number]
    return found


def _owned(
    lexicon: Lexicon, number: int, place: Place, budget: Budget
) -> Iterator[tuple[int, int, int, str]]:
    text, folded = lexicon.texts[number], place.folded
    is_latin = text.isascii()
    if not is_latin and place.is_parted and any(len(gap) > MAX_GAP for gap in place.inner_gaps()):
        return
    meant: bool | None = None
    for rule, word in lexicon.owners(number):
        signs = signs_of(word) if len(word) != len(text) else None
        if signs is not None:
            span = _signed_span(signs, place)
            if span is not None and (not is_latin or _is_apart(text, place.folded, span)):
                yield *span, rule, word
        elif is_latin:
            if place.is_apart(from_digits=not text.isalpha()) and place.is_spelled_out(
                breaks_of(word)
            ):
                yield place.start, place.end, rule, word
        else:
            if meant is None:
                meant = len(text) > MIN_TERM or is_meant(folded, place.start, place.end, budget)
            if meant:
                yield place.start, place.end, rule, word


def _is_apart(text: str, folded: str, span: tuple[int, int]) -> bool:
    whole = Place(folded, range(len(folded)), span[0], span[1] - 1)
    return whole.is_apart(from_digits=not text.isalpha())


def _signed_span(signs: tuple[str, ...], place: Place) -> tuple[int, int] | None:
    """The place of a term with signs of its own, if the text has them; in the order of the term."""
    gaps = place.gaps()
    if any(len(gap) > MAX_GAP for gap in gaps[1:-1]):
        return None
    for wanted, gap in zip(signs, gaps, strict=True):
        rest = iter(gap)
        if not all(sign in rest for sign in wanted):
            return None
    start, end = place.start, place.end
    if signs[0]:
        start -= len(gaps[0]) - gaps[0].rindex(signs[0][0])
    if signs[-1]:
        end += gaps[-1].index(signs[-1][-1]) + 1
    return start, end
