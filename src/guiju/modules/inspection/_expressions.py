"""Regular expressions that an organisation writes. Only RE2 runs them: linear time, any pattern.

Linear is not cheap: `a[ab]{900}b` makes RE2 build a new state for each character of a text of a and b,
as large as the count is high. So the gate looks with the *relaxed* expression (`_relaxed.py`): it finds
at least what the expression finds, and is small. An expression that passes the gate runs if its width
(how much larger it is than the relaxed one) times the bytes of the text is within a budget that all
expressions share. Where it is not, it runs on those parts alone that the relaxed expression matches from
any place on; each of its matches lies within one of them. Where that is too much too, the text is held.

Every match is needed: a phrase of it may be exempt, and a mask hides all. So a text with more of one expression than
`MAX_MATCHES` is held.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import re2

from guiju.modules.inspection._fold import fold
from guiju.modules.inspection._glances import searcher_of
from guiju.modules.inspection._passage import Passage, View
from guiju.modules.inspection._relaxed import TOKEN, is_bounded, relaxed
from guiju.modules.inspection._streams import Streams
from guiju.modules.inspection.types import BadExpressionError, Disposition, ExpressionRule

MAX_PROGRAM = 2000
MAX_EXPRESSION = 1000
MAX_MATCHES = 50
# One unit is 15 to 20 ns; all forms of a text together have 10 ms. Of these one expression may take a part for the
# whole text, and finding out where it has to look may take as much.
_BUDGET = 600_000
_FOR_THE_WHOLE = 80_000
# How many bytes the relaxed expression reads for one unit, and at a time beside twice the longest match.
_READ, _STRETCH = 8, 4_000
_MATCH_COST, _LOOK_COST = 200, 100
_MEMORY = 8 << 20
_SENTINEL = ""
# What holds at the edges of a text, and with `(?m)` not at the edges of its lines.
_EDGE = re.compile(r"\\[Az]|\(\?[a-zA-Z]*-")
_PROPERTY = re.compile(r"\\[pP](?:\{[^}]*\}|[A-Z])")
_WIDE = re.compile("[^\x00-\x7f]")
# What may stand beside a place without a character, as far as an expression can ask.
_BESIDE = ("", "a", " ", "\n")


class ExpressionHit(NamedTuple):
    """A match in the original text. `overflow` stands for the whole of a text that was not searched to its end."""

    start: int
    end: int
    rule: int
    overflow: bool


class _Budget:
    """What all expressions may cost on all forms of a text."""

    def __init__(self) -> None:
        self._left = _BUDGET

    def spend(self, units: int) -> bool:
        """Whether so much was left."""
        self._left -= units
        return self._left >= 0


class _Expression(NamedTuple):
    rule: int
    compiled: "re2._Regexp"
    find_relaxed: Callable[[bytes, int, int], tuple[int, int]]
    width: int
    longest: int


class ExpressionIndex:
    """All expressions of a rule set, compiled, behind one gate that passes most texts at once."""

    def __init__(self, rules: list[tuple[int, ExpressionRule]]) -> None:
        """`rules` come with their number. Raises `BadExpressionError`."""
        self._rules = [_expression(number, rule) for number, rule in rules]
        # A text that is held for one of them is not searched on, where none could do more than that, or tells in secret.
        self._only_hold = {rule.disposition for _, rule in rules}.isdisjoint(
            {Disposition.BLOCK, Disposition.ALERT}
        )
        gates = [relaxed(rule.expression) for _, rule in rules]
        self._gate = _gate_of(gates) if rules else None
        # Looks at two forms of a text at once, as lines of one; an edge of a line is then one of a text.
        joint = [] if any(map(_EDGE.search, gates)) else [f"(?m){gate}" for gate in gates]
        self._joint = matcher_of(_gate_of(joint)) if joint else None
        self.gates = joint
        # The sentinel alone; without it the set ran out of memory.
        self._nothing = [len(rules)]

    def may_match(self, streams: Streams, encoded: bytes) -> bool:
        """Whether it is worth to look closely; for nearly all texts the answer is no."""
        if self._gate is None:
            return False
        if self._joint is None or streams.is_odd:
            return True
        folded = streams.folded
        both = encoded if folded == streams.text else encoded + b"\n" + folded.encode()
        return self._joint(both) != self._nothing

    def may_cross(self, before: str, after: str) -> bool:
        """Whether something may match the two texts as one that matches neither of them."""
        if self._gate is None or not (before and after):
            return False
        joined = before + after
        encoded, folded = joined.encode(), fold(joined).encode()
        if self._joint is not None and self._joint(encoded + b"\n" + folded) == self._nothing:
            return False
        both = {*self.gate(encoded), *self.gate(folded)}
        return bool(both) and not both <= self._matching(before) | self._matching(after)

    def _matching(self, text: str) -> set[int]:
        return {*self.gate(text.encode()), *self.gate(fold(text).encode())}

    def search(self, streams: Streams, encoded: bytes) -> Iterator[ExpressionHit]:
        """What matches the text as it was sent, `encoded` in UTF-8; then, elsewhere, what matches it folded and without
        what takes no room, and with its references resolved, unless it is held for what was not searched before.
        """
        if self._gate is None:
            return
        found: dict[int, tuple[list[ExpressionHit], bytearray]] = {}
        budget = _Budget()
        form: Streams | None = streams
        is_held = False
        while form is not None:
            plain, visible = View(form.text, range(len(form.text))), Passage(form).visible
            for view in (plain, visible) if visible.text != plain.text else (plain,):
                given = encoded if view.text is streams.text else view.text.encode()
                for hit in self.find(view.text, given, self.gate(given), budget):
                    is_held = is_held or hit.overflow
                    first, last = view.places[hit.start], view.places[hit.end - 1] + 1
                    if not form.is_new(first, last):
                        continue
                    start, end = form.original(first, last)
                    known, taken = found.setdefault(hit.rule, ([], bytearray(len(streams.text))))
                    if hit.overflow or taken.find(1, start, end) < 0:
                        known.append(hit._replace(start=start, end=end))
                        if not hit.overflow:
                            taken[start:end] = b"\1" * (end - start)
            form = None if is_held and self._only_hold else form.decoded
        for hits, _ in found.values():
            yield from hits

    def gate(self, encoded: bytes) -> list[int]:
        """Which expressions may match a text in UTF-8; none for nearly all texts."""
        if self._gate is None:
            return []
        return candidates(self._gate, encoded, len(self._rules))

    def find(
        self, text: str, encoded: bytes, indexes: list[int], budget: _Budget
    ) -> Iterator[ExpressionHit]:
        """The matches of each expression of the gate, as long as the budget lasts. `encoded` is the text in UTF-8."""
        for place, index in enumerate(indexes):
            expression = self._rules[index]
            rule, cost = expression.rule, 1 + expression.width
            parts = [(0, len(encoded))]
            if len(encoded) * cost > _FOR_THE_WHOLE:
                narrowed = _parts(expression, encoded, budget)
                parts = parts if narrowed is None else narrowed
            if not budget.spend(cost * sum(last - first for first, last in parts)):
                for each in indexes[place:]:
                    yield ExpressionHit(0, len(text), self._rules[each].rule, overflow=True)
                return
            offset = at = 0
            for count, match in enumerate(_matches(expression.compiled, encoded, parts), 1):
                if count > MAX_MATCHES or not budget.spend(_MATCH_COST):
                    yield ExpressionHit(0, len(text), rule, overflow=True)
                    break
                first, last = match.span()
                start = offset + len(encoded[at:first].decode())
                end = start + len(encoded[first:last].decode())
                offset, at = end, last
                yield ExpressionHit(start, end, rule, overflow=False)


def _expression(number: int, rule: ExpressionRule) -> _Expression:
    compiled = compile_expression(rule)
    # A program without loops comes by each of its steps once, and a step takes a byte at most.
    longest = compiled.programsize if is_bounded(rule.expression) else sys.maxsize
    gate = re2.compile(relaxed(rule.expression), _options(longest=True))
    return _Expression(number, compiled, searcher_of(gate), _width(rule.expression), longest)


def _matches(
    compiled: "re2._Regexp", encoded: bytes, parts: list[tuple[int, int]]
) -> "Iterator[re2._Match]":
    for first, last in parts:
        yield from compiled.finditer(encoded, first, last)


def _parts(
    expression: _Expression, encoded: bytes, budget: _Budget
) -> list[tuple[int, int]] | None:
    """Where a match may be from every place of the text, what shares bytes as one; None if there are too many."""
    search, longest = expression.find_relaxed, expression.longest
    size = len(encoded)
    # Nothing begins in a stretch and ends in it that has nothing to find: the next begins where a match might go on.
    stretch = min(size, 2 * longest + _STRETCH)
    found: list[tuple[int, int]] = []
    at = spent = 0
    while spent <= _FOR_THE_WHOLE:
        edge = min(size, at + stretch)
        first, last = search(encoded, at, edge)
        spent += _LOOK_COST + ((edge if first < 0 else last) - at) // _READ
        if first < 0:
            if edge == size:
                budget.spend(spent)
                return found
            at = edge - longest
            continue
        at, last = first + 1, min(last, first + longest)
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    budget.spend(spent)
    return None


def _width(expression: str) -> int:
    """How much larger it is than the relaxed one, a character counting one whatever its encoding is."""
    try:
        return max(0, _size(expression) - _size(relaxed(expression)))
    except re2.error:
        return MAX_PROGRAM


def _size(expression: str) -> int:
    options = _options()
    options.encoding = re2.Options.Encoding.LATIN1
    narrow = _WIDE.sub("z", _PROPERTY.sub("[a-z]", expression))
    return int(re2.compile(narrow.encode("latin-1"), options).programsize)


def matcher_of(gate: "re2.Set") -> Callable[[bytes], list[int] | None]:
    """Which expressions of a set match a text in UTF-8, and nothing where it ran out of memory.

    Every text comes by: what wraps the set takes as long as a short text, so it is left out where it can be.
    """
    inner = getattr(gate, "_set", gate)
    found: Callable[[bytes], list[int] | None] = inner.Match
    return found


def candidates(gate: "re2.Set", text: str | bytes, count: int) -> list[int]:
    """Which of `count` expressions to run. A set that ran out of memory answers like one without
    a match; the sentinel, which always matches, tells the two apart: then all are run.
    """
    matched = gate.Match(text)
    if not matched or count not in matched:
        return list(range(count))
    if len(matched) == 1:
        return []
    return sorted(index for index in matched if index < count)


def _gate_of(expressions: list[str]) -> "re2.Set":
    options = _options()
    options.max_mem = _MEMORY * (1 + len(expressions))
    gate = re2.Set.SearchSet(options)
    for expression in [*expressions, _SENTINEL]:
        gate.Add(expression)
    try:
        gate.Compile()
    except re2.error as reason:
        raise BadExpressionError("together the expressions are too large") from reason
    gate.Match("")  # builds what the first text would otherwise wait for
    return gate


def compile_expression(rule: ExpressionRule) -> "re2._Regexp":
    """Compiles one expression. Raises `BadExpressionError` with the reason."""
    if len(rule.expression) > MAX_EXPRESSION:
        raise BadExpressionError("the expression is too long", id=rule.id, limit=MAX_EXPRESSION)
    try:
        compiled = re2.compile(rule.expression, _options())
    except (re2.error, UnicodeEncodeError) as reason:
        raise BadExpressionError(
            "RE2 does not accept the expression", id=rule.id, reason=str(reason)[:200]
        ) from reason
    if max(compiled.programsize, compiled.reverseprogramsize) > MAX_PROGRAM:
        raise BadExpressionError(
            "the expression is too large", id=rule.id, limit=MAX_PROGRAM,
            size=compiled.programsize,
        )  # fmt: skip
    try:
        re2.compile(relaxed(rule.expression), _options())
    except re2.error as reason:
        raise BadExpressionError(
            "a repetition is repeated", id=rule.id, reason=str(reason)[:200]
        ) from reason
    if any(match[0] == r"\C" for match in TOKEN.finditer(rule.expression)):
        raise BadExpressionError(r"\C is half a character of most texts", id=rule.id)
    # `\b` fits no place of the empty text and many of another.
    if any(
        compiled.fullmatch(before + after, len(before), len(before)) is not None
        for before in _BESIDE
        for after in _BESIDE
    ):
        raise BadExpressionError("the expression matches the empty text", id=rule.id)
    return compiled


def _options(*, longest: bool = False) -> "re2.Options":
    options = re2.Options()
    options.longest_match = longest
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    return options
