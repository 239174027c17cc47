"""A message's text as one line of it is read: the words without their marks.

Where a push says a text, nobody sets it. What counts as a mark is what the client sets (`web/src/lib/markdown.ts`); both are
held to the same samples.
"""

import re

MOST_READ = 600
"""Of longer texts only the beginning is looked at: no push says more."""
# A row of backticks is taken whole or not at all: cut in every way, a few dozen of them would take hours.
_INLINE = re.compile(
    r"\[(?P<named>[^\[\]\n]{1,200})\]\(https?://[!-~]+?\)"
    r"|(?P<address>(?<![A-Za-z0-9_])https?://(?:(?!\*\*|~~)[!#-&(-;=?-_a-~])+)"
    r"|(?<!`)`(?![`\s])(?P<code>(?:[^`]|(?<!`)``+(?!`))+?)(?<![\s`])`(?!`)"
    r"|(?<![A-Za-z0-9_*])\*\*(?![\s*])(?P<strong>.+?)(?<![\s*])\*\*(?![A-Za-z0-9_*])"
    r"|(?<![\w~])~~(?![\s~])(?P<strike>.+?)(?<![\s~])~~(?![\w~])"
    r"|(?<![\w*])\*(?![\s*])(?P<em>.+?)(?<![\s*])\*(?![\w*])",
    re.IGNORECASE,
)
_LINE = re.compile(r"(?:> |- |#{1,6} )(?=\S)")
_FENCE = re.compile(r"```[\w+-]*")
_SET = ("named", "strong", "strike", "em")


def plain(text: str) -> str:
    """The beginning of a text without marks of Markdown."""
    lines = text[:MOST_READ].split("\n")
    said: list[str] = []
    at = 0
    while at < len(lines):
        end = _end_of_code(lines, at)
        if end > at:
            said += lines[at + 1 : end]
            at = end
        else:
            begin = _LINE.match(lines[at])
            said.append(_inline(lines[at], begin.end() if begin else 0, len(lines[at])))
        at += 1
    return "\n".join(said)


def _end_of_code(lines: list[str], at: int) -> int:
    """The line that ends the block of code which begins here; `at` itself where none does."""
    if not _FENCE.fullmatch(lines[at]) or "```" not in lines[at + 2 :]:
        return at
    end = lines.index("```", at + 1)
    return end if end > at + 1 else at


def _inline(line: str, start: int, end: int) -> str:
    said, done = "", start
    for found in _INLINE.finditer(line, start, end):
        kind = found.lastgroup or ""
        said += line[done : found.start()]
        said += _inline(line, *found.span(kind)) if kind in _SET else found.group(kind)
        done = found.end()
    return said + line[done:end]
