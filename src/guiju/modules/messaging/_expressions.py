"""The organisation's own expressions, as a pack has them: what is refused, and what is left of those adopted earlier."""

from dataclasses import replace

from guiju.modules.inspection.service import (
    KINDS,
    as_far_as_it_stands,
    compile_expression,
    is_switched_off,
)
from guiju.modules.inspection.types import BadExpressionError, Disposition, ExpressionRule
from guiju.modules.messaging.rule_types import Expression, PatternRules

_MOST = 100


def check(params: PatternRules) -> None:
    """ValueError for too many, and for one that cannot be looked for."""
    if not 1 <= len(params.patterns) <= _MOST:
        raise ValueError(f"`patterns` has 1 to {_MOST} expressions")
    for each in params.patterns:
        try:
            compile_expression(_rule_of(each))
        except BadExpressionError as error:
            reason = error.data.get("reason")
            raise ValueError(
                f"`{each.id}`: {error.message}{f': {reason}' if reason else ''}"
            ) from error


def check_new(params: PatternRules) -> None:
    """ValueError for one whose findings would pass for those of a kind, which show a number without its middle."""
    taken = [f"`{each.id}`" for each in params.patterns if each.id in KINDS]
    if taken:
        raise ValueError(f"an `id` is no kind of personal data: {', '.join(taken)}")


def mended(params: PatternRules) -> PatternRules:
    standing = [(each, as_far_as_it_stands(_rule_of(each))) for each in params.patterns]
    return replace(params, patterns=tuple(replace(each, regex=regex) for each, regex in standing))


def left_out(params: PatternRules) -> list[str]:
    return [each.id for each in params.patterns if is_switched_off(each.regex)]


def _rule_of(each: Expression) -> ExpressionRule:
    return ExpressionRule(each.id, each.category, each.regex, Disposition.HOLD, "")
