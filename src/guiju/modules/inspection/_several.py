"""A text inspected together with the same person's messages right before it, and with what it quotes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from guiju.modules.inspection._across import (
    REACH,
    Completed,
    crossing,
    ends_with_cue,
    is_spread,
    tail_of,
    without_fillers,
)
from guiju.modules.inspection._expressions import ExpressionIndex
from guiju.modules.inspection._fold import strip
from guiju.modules.inspection._joints import NEAR, Joints
from guiju.modules.inspection._pieces import Pieces, pieces_of
from guiju.modules.inspection._terms import TermIndex
from guiju.modules.inspection.types import Disposition, Hit, Inspection, OverflowRule, Rule


class Several(NamedTuple):
    """What a rule set lends to look at several messages. Made for one question: it holds the rule set's own methods."""

    rules: Sequence[Rule | OverflowRule]
    hits: Callable[[str], list[Hit]]
    weigh: Callable[[str, list[Hit]], Inspection]
    asked: Callable[[Hit], Disposition]
    joints: Joints
    terms: TermIndex
    expressions: ExpressionIndex

    def inspect_after(self, earlier: Sequence[str], text: str, inspection: Inspection) -> Completed:
        """The inspection of a text with what it completes of the messages right before it.

        Chatter in between is skipped where nothing is found with it; then what lists and lead-ins add.
        """
        found = self._complete(earlier, text, inspection, is_close=True)
        if found.messages:
            return found
        is_close = True
        for kept in without_fillers(earlier):
            chosen = [earlier[place] for place in kept]
            found = self._complete(chosen, text, inspection, is_close=is_close)
            is_close = False
            if found.messages:
                return found.among(kept, len(earlier))
        for pieces in pieces_of(earlier, text):
            found = self._piece_together(pieces, text, inspection)
            if found.messages:
                return found.among(pieces.kept, len(earlier))
        return found

    def _complete(
        self, earlier: Sequence[str], text: str, inspection: Inspection, *, is_close: bool
    ) -> Completed:
        """`is_close`: messages of a few characters are read for disguises as well."""
        tail, head = tail_of(earlier), text[:REACH]
        if not (is_close and is_spread(earlier, text)) and not self._may_cross("".join(tail), head):
            return Completed(inspection, 0, 0)
        return self._joined(tail, head, 0, text, inspection)

    def _piece_together(self, pieces: Pieces, text: str, inspection: Inspection) -> Completed:
        tail, head, offset = pieces.earlier, pieces.core, pieces.offset
        if not pieces.is_first:
            return self._joined(tail, head, offset, text, inspection)
        rest = "".join(tail)
        hits = [
            hit._replace(start=offset, end=offset + len(head), hidden=range(offset, offset + len(head)))
            for hit in self.hits(head + rest)
            if hit.start == 0 and hit.end == len(head) + len(rest)
        ]  # fmt: skip
        if not hits:
            return Completed(inspection, 0, 0)
        told = any(self.asked(hit) is not Disposition.ALERT for hit in hits)
        weighed = self.weigh(text, [*inspection.hits, *hits])
        return Completed(weighed, len(tail), len(tail) if told else 0)

    def _joined(
        self, tail: Sequence[str], head: str, offset: int, text: str, inspection: Inspection
    ) -> Completed:
        """`head` stands in the text from `offset` on."""
        hits = self.hits("".join(tail) + head)
        found = crossing(tail, head, hits, self.rules)
        if not found.hits:
            return Completed(inspection, 0, 0)
        known = {
            hit[:4] for hit in inspection.hits
        }  # a reply to one's own last message completes it twice
        told = [hit for hit in hits if self.asked(hit) is not Disposition.ALERT]
        shown = crossing(tail, head, told, self.rules).messages
        placed = [
            hit._replace(
                start=hit.start and hit.start + offset,
                end=hit.end + offset,
                hidden=[place + offset for place in hit.hidden],
            )
            for hit in found.hits
        ]
        placed = [hit for hit in placed if hit[:4] not in known]
        if not placed:
            return Completed(inspection, 0, 0)
        return Completed(self.weigh(text, [*inspection.hits, *placed]), found.messages, shown)

    def _may_cross(self, tail: str, head: str) -> bool:
        """Whether it is worth to look closely: ordinary talk, which nearly always says no, asks after every message."""
        before, after = strip(tail[-NEAR:]), strip(head[:NEAR])
        return (
            ends_with_cue(before)
            or self.joints.may_meet(tail, head, before, after)
            or self.terms.crosses(before, after)
            or self.expressions.may_cross(tail, head)
        )

    def inspect_quote(self, text: str, inspection: Inspection, excerpt: str) -> Inspection:
        """The inspection of a text with what the excerpt that it quotes holds.

        Such findings have no place in the text (0 to 0). What only asks for a mask is left out: the excerpt shows what
        everybody sees already.
        """
        found = [
            hit._replace(start=0, end=0, hidden=())
            for hit in self.hits(excerpt)
            if self.rules[hit.rule].disposition is not Disposition.MASK
        ]
        return self.weigh(text, [*inspection.hits, *found]) if found else inspection
