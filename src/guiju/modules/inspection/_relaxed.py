"""What an expression finds at least, as an expression that RE2 runs in few states: the gate of all expressions.

A counted repetition becomes + or *. So does a long row of choices, as `[ab][ab][ab]…` without a count: each choice
doubles what RE2 may have to tell apart, and a set of expressions never gives up on a text that makes it do so.
"""

import re
from collections.abc import Iterator

# Rows of so many choices are relaxed; what shorter ones add stays within a few milliseconds a text.
LONGEST_ROW = 12
_CLASS = r"\[\^?\]?(?:\[:\^?[a-z]+:\]|\\[pPx]\{[^}]*\}|\\.|[^\]\\])*\]"
# What is no counted repetition although it may hold braces, and then the repetitions.
TOKEN = re.compile(
    rf"\\Q.*?(?:\\E|$)|\\[pPxN]\{{[^}}]*\}}|\\.|{_CLASS}|\{{(?P<least>[0-9]+)(?:,[0-9]*)?\}}",
    re.DOTALL,
)
_OPENING = r"\((?:\?[a-zA-Z]*:|(?!\?))"


def _group(depth: int) -> str:
    """A group that holds groups of fewer levels, and nothing of which the end is hard to see."""
    inner = (
        rf"[^()\\\[\]]|\[[^()\\\[\]]*\]|\\[dwsDWSnrt.\-/]{f'|{_group(depth - 1)}' if depth else ''}"
    )
    return rf"{_OPENING}(?:{inner})*\)"


_LEVELS = 3
# A choice of characters, a group, or one character, with what repeats it; or anything else.
_STEP = re.compile(
    rf"(?:(?P<choice>{_CLASS}|\.|\\[dwsDWS]|\\[pP](?:\{{[^}}]*\}}|[A-Z])"
    rf"|{_group(_LEVELS)})"
    r"|(?P<one>[^\\\[\](){}|^$*+?.]|\\[nrt.\-/+*?()\[\]{}|]))(?P<repeat>[*+?]\??)?"
    r"|\\Q.*?(?:\\E|$)|\\[pPxN]\{[^}]*\}|\\.|.",
    re.DOTALL,
)


def relaxed(expression: str) -> str:
    """An expression that matches whatever this one matches, without counts and without long rows of choices."""
    return "".join(_rows(TOKEN.sub(_without_count, expression)))


def is_bounded(expression: str) -> bool:
    """Nothing in it repeats without end, so that each of its matches has an end that can be told."""
    counts = [match[0] for match in TOKEN.finditer(expression) if match["least"] is not None]
    rest = TOKEN.sub("", expression)
    return "*" not in rest and "+" not in rest and not any(each.endswith(",}") for each in counts)


def _without_count(match: re.Match[str]) -> str:
    least = match["least"]
    if least is None:
        return match[0]
    return "*" if int(least) == 0 else "+"


def _rows(expression: str) -> Iterator[str]:
    row: list[re.Match[str]] = []
    for step in _STEP.finditer(expression):
        if step["choice"] or step["one"]:
            row.append(step)
            continue
        yield _relaxed_row(row)
        row = []
        yield step[0]
    yield _relaxed_row(row)


def _relaxed_row(row: list[re.Match[str]]) -> str:
    choices = sum(step["choice"] is not None or step["repeat"] is not None for step in row)
    if choices <= LONGEST_ROW:
        return "".join([_relaxed_step(step) + (step["repeat"] or "") for step in row])
    steps = dict.fromkeys(map(_relaxed_step, row))
    optional = all((step["repeat"] or "").startswith(("?", "*")) for step in row)
    return f"(?:{'|'.join(steps)}){'*' if optional else '+'}"


def _relaxed_step(step: re.Match[str]) -> str:
    choice: str | None = step["choice"]
    opening = re.match(_OPENING, choice) if choice else None
    if choice is None or opening is None:
        return str(step["one"] if choice is None else choice)
    return f"{opening[0]}{''.join(_rows(choice[opening.end() : -1]))})"
