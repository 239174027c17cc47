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
_TOKEN = re.compile(
    rf"\\Q.*?(?:\\E|$)|\\[pPxN]\{{[^}}]*\}}|\\.|{_CLASS}|\{{(?P<least>[0-9]+)(?:,[0-9]*)?\}}",
    re.DOTALL,
)
# A choice of characters, a group of plain alternatives, or one character, with what repeats it; or anything else.
_STEP = re.compile(
    rf"(?:(?P<choice>{_CLASS}|\.|\\[dwsDWS]|\\[pP](?:\{{[^}}]*\}}|[A-Z])"
    r"|\((?:\?[a-zA-Z]*:|(?!\?))(?:[^()\\\[\]]|\[[^()\\\[\]]*\])*\))"
    r"|(?P<one>[^\\\[\](){}|^$*+?.]|\\[nrt.\-/+*?()\[\]{}|]))(?P<repeat>[*+?]\??)?"
    r"|\\Q.*?(?:\\E|$)|\\[pPxN]\{[^}]*\}|\\.|.",
    re.DOTALL,
)


def relaxed(expression: str) -> str:
    """An expression that matches whatever this one matches, without counts and without long rows of choices."""
    return "".join(_rows(_TOKEN.sub(_without_count, expression)))


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
        return "".join([step[0] for step in row])
    steps = dict.fromkeys(step["choice"] or step["one"] for step in row)
    optional = all((step["repeat"] or "").startswith(("?", "*")) for step in row)
    return f"(?:{'|'.join(steps)}){'*' if optional else '+'}"
