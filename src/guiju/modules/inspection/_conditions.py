"""Conditions of rules: a narrow door to CEL (https://cel.dev), which knows the context of a text and nothing else.

Everything that a condition may name is declared with its type, so that a misspelt name or a wrong comparison is refused
when the condition is read. Comprehensions are refused: there is no list in a context, and nested they could run for ever.
So is what could hide one from a look at the source (comments, quoted names), and what one could run over: maps, and any
list but the one that `in` asks.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from guiju.modules.inspection.types import NOWHERE, BadConditionError, Context, Scope

MAX_CONDITION = 4096
"""Bytes in UTF-8."""

_ENVIRONMENT = cel.NewEnv(
    variables={
        "group.class": cel.Type.STRING,
        "group.level": cel.Type.STRING,
        "sender.role": cel.Type.STRING,
        "audience.external": cel.Type.BOOL,
        "audience.size": cel.Type.INT,
        "message.length": cel.Type.INT,
    }
)
_HIDING = ("//", "`", "{", "}")
_LIST = re.compile(r"(?<![\w.])in\s*\[|(?P<other>\[)")
_FAILURES = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""CEL has no class of its own for what goes wrong, and no condition may stop the messages of its scope."""
# Texts in quotes, of which those with an r take backslashes as they are, and what opens, parts and closes arguments.
_PIECE = re.compile(
    r"""(?P<text>(?i:\b(?:r|br|rb))(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*')"""
    r"""|\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<call>\bmatches\s*\()|[][(),]""",
    re.DOTALL,
)
_COMPREHENSION = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")


class Condition:
    """A condition that has been read and type-checked."""

    __slots__ = ("_expression",)

    def __init__(self, source: str) -> None:
        """Raises `BadConditionError` with the reason."""
        size = len(source.encode("utf-8", "surrogatepass"))
        if size > MAX_CONDITION:
            raise _refused(f"longer than {MAX_CONDITION} bytes: {size}")
        if _COMPREHENSION.search(source):
            raise _refused("a context has no lists, so nothing runs over one")
        for sign in _HIDING:
            if sign in source:
                raise _refused(f"has {sign}")
        if any(match["other"] for match in _LIST.finditer(source)):
            raise _refused("has a list that no `in` asks")
        try:
            self._expression: Any = _ENVIRONMENT.compile(source)
        except (RuntimeError, TypeError) as error:
            raise _refused(_first_line(str(error))) from error
        if self._expression.return_type() != cel.Type.BOOL:
            raise _refused(f"gives {self._expression.return_type()}, not true or false")
        try:
            self._ask(NOWHERE, 0)
        except _FAILURES as error:
            raise _refused(_first_line(str(error))) from error

    def holds(self, context: Context, length: int) -> bool:
        """Whether it holds for a text of `length` code points. One that fails (a division by zero) holds: strict."""
        try:
            return self._ask(context, length) is not False
        except _FAILURES:
            return True

    def _ask(self, context: Context, length: int) -> Any:
        return self._expression.eval(data=_data(context, length)).value()


def _data(context: Context, length: int) -> dict[str, Any]:
    return {
        "group.class": context.group_class,
        "group.level": context.level,
        "sender.role": context.role,
        "audience.external": context.external,
        "audience.size": context.size,
        "message.length": length,
    }


@lru_cache(maxsize=256)
def condition(source: str) -> Condition:
    """The condition, read once. Raises `BadConditionError`."""
    return Condition(source)


def is_in_scope(scope: Scope, context: Context, length: int) -> bool:
    """Whether a rule of this scope holds for a text of `length` code points in the context."""
    if scope.classes and context.group_class not in scope.classes:
        return False
    return not scope.when or condition(scope.when).holds(context, length)


def check_scope(scope: Scope) -> None:
    """Raises `BadConditionError`."""
    if scope.when:
        condition(scope.when)


def check_condition(source: str) -> None:
    """As `Condition`, and refuses an expression of `matches` that RE2 does not accept: asked of a text it would fail, and
    a condition that fails holds. Raises `BadConditionError`.
    """
    condition(source)
    for written in _expressions(source):
        # Whatever the expression is put together from, CEL reads it as it would there.
        try:
            answer = _ENVIRONMENT.compile(f"''.matches({written})").eval(data=_data(NOWHERE, 0))
        except _FAILURES as error:
            raise _refused(_first_line(str(error))) from error
        if answer.type() == cel.Type.ERROR:
            raise _refused(_first_line(str(answer.value())))


def _expressions(source: str) -> Iterator[str]:
    """The last argument of each call of `matches`, as it is written."""
    calls: list[tuple[bool, int]] = []
    for token in _PIECE.finditer(source):
        sign = token[0][-1]
        if token["text"] is not None:
            continue
        if sign in "([":
            calls.append((token["call"] is not None, token.end()))
        elif calls:
            is_matches, start = calls.pop()
            if sign == ",":
                calls.append((is_matches, token.end()))
            elif is_matches:
                yield source[start : token.start()]


def _refused(reason: str) -> BadConditionError:
    return BadConditionError(f"The condition is refused: {reason}", reason=reason)


def _first_line(message: str) -> str:
    """CEL's message without its prefix and without the drawing of the place."""
    return message.partition("\n")[0].removeprefix("INVALID_ARGUMENT: ")[:300]
