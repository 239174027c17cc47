"""Regular expressions that an organisation writes. Only RE2 runs them: linear time, any pattern."""

from collections.abc import Iterator
from typing import NamedTuple

import re2

from guiju.modules.inspection.types import BadExpressionError, ExpressionRule

MAX_PROGRAM = 2000
MAX_EXPRESSION = 1000
MAX_MATCHES = 50
_MEMORY = 8 << 20
_SENTINEL = ""


class ExpressionHit(NamedTuple):
    """A match in the original text. `overflow` marks the last of too many: the text is held."""

    start: int
    end: int
    rule: int
    overflow: bool


class ExpressionIndex:
    """All expressions of a rule set, compiled, behind one gate that passes most texts at once."""

    def __init__(self, rules: list[tuple[int, ExpressionRule]]) -> None:
        """`rules` come with their number. Raises `BadExpressionError`."""
        self._rules = [(number, compile_expression(rule)) for number, rule in rules]
        self._gate = _gate_of([rule.expression for _, rule in rules]) if rules else None

    def find(self, text: str) -> Iterator[ExpressionHit]:
        """Up to `MAX_MATCHES` matches of each expression."""
        if self._gate is None:
            return
        for index in candidates(self._gate, text, len(self._rules)):
            number, expression = self._rules[index]
            for count, match in enumerate(expression.finditer(text), 1):
                if match.end() > match.start():
                    yield ExpressionHit(match.start(), match.end(), number, count == MAX_MATCHES)
                if count == MAX_MATCHES:
                    break


def candidates(gate: "re2.Set", text: str, count: int) -> list[int]:
    """Which of `count` expressions to run. A set that ran out of memory answers like one without
    a match; the sentinel, which always matches, tells the two apart: then all are run.
    """
    matched = gate.Match(text) or []
    everything = range(count)
    if count not in matched:
        return list(everything)
    return [index for index in everything if index in matched]


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
    if compiled.match("") is not None:
        raise BadExpressionError("the expression matches the empty text", id=rule.id)
    return compiled


def _options() -> "re2.Options":
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    return options
