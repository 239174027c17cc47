r"""Expressions that an earlier version took and this one refuses, in a pack that is in force.

An upgrade must not stop the server, nor leave an organisation without its other rules. What asks for single bytes (`\C`)
goes on with characters in their place, and finds at least what it found. What finds nothing that could be shown or
masked (`\b` alone), or is refused for another reason, is switched off. Both are told in the log, and whoever saves the
pack again is refused with the reason. What is switched off stands on the page of its clause.
"""

import logging
from dataclasses import replace

from guiju.modules.inspection._expressions import compile_expression
from guiju.modules.inspection._relaxed import TOKEN
from guiju.modules.inspection.types import BadExpressionError, ExpressionRule

_BYTE, _AT_MOST_ONE = r"\C", "(?s:.?)"
_NOTHING = r"[^\x{0}-\x{10ffff}]"
_log = logging.getLogger("guiju.inspection")


def as_far_as_it_stands(rule: ExpressionRule) -> str:
    """The expression, or what goes on in its place."""
    try:
        compile_expression(rule)
    except BadExpressionError as error:
        in_its_place = _read_by_characters(rule)
        _log.critical(
            "the expression %s is refused by this version (%s): %s",
            rule.id,
            error.message,
            "it is switched off"
            if is_switched_off(in_its_place)
            else "it reads characters for bytes",
        )
        return in_its_place
    return rule.expression


def is_switched_off(expression: str) -> bool:
    """Whether it stands in the place of one that this version refuses, and finds nothing."""
    return expression == _NOTHING


def _read_by_characters(rule: ExpressionRule) -> str:
    expression = TOKEN.sub(
        lambda token: _AT_MOST_ONE if token[0] == _BYTE else token[0], rule.expression
    )
    try:
        compile_expression(replace(rule, expression=expression))
    except BadExpressionError:
        return _NOTHING
    return expression
