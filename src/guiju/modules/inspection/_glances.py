"""Whether a long text can hold what a pattern of `re` looks for that is tried at every character.

RE2 answers in a tenth of the time, for something that every match has. A short text is read sooner than it is looked at.
What RE2 itself can match, it finds: `re2` wraps each match in more work than most matches are.
"""

import re
from collections.abc import Callable

import re2

# From so many characters on a look pays.
LONG = 600
# What `\s` means to `re`; to RE2 it is ASCII alone.
SPACE = r"[\s\pZ\x{b}\x{1c}-\x{1f}\x{85}]"

# An expression in pieces: characters, choices, repetitions (also those that give nothing back), openings.
_PIECE = re.compile(
    r"\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[0-9,]+\}\+?|[*+?]\+?|\(\?<?[=!]|.",
    re.DOTALL,
)
_LOOKS = frozenset(("(?=", "(?!", "(?<=", "(?<!"))
_CODE = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
Span = tuple[int, int]


def needed_by(expression: str) -> str:
    """What RE2 finds wherever `re` finds the expression: it leaves out what looks around."""
    kept: list[str] = []
    depth = 0
    for piece in _PIECE.findall(expression):
        if depth or piece in _LOOKS:
            depth += piece.startswith("(") - (piece == ")")
            continue
        plain = piece[:-1] if piece[0] in "{*+?" and piece[1:].endswith("+") else piece
        plain = plain.replace(r"\s", SPACE[1:-1] if plain[0] == "[" else SPACE)
        kept.append(_CODE.sub(lambda code: f"\\x{{{code[1] or code[2]}}}", plain))
    return "".join(kept)


_NOTHING = (-1, -1)


def searcher_of(compiled: "re2._Regexp") -> Callable[[bytes, int, int], Span]:
    """Where in a part of a text in UTF-8 the expression matches first; (-1, -1) if nowhere."""
    inner = getattr(compiled, "_regexp", None)
    if inner is None:

        def search(encoded: bytes, first: int, last: int) -> Span:
            match = compiled.search(encoded, first, last)
            return _NOTHING if match is None else match.span()

        return search
    find, anywhere = inner.Match, re2._Anchor.UNANCHORED  # noqa: SLF001  # what `re2.search` asks with

    def search_inside(encoded: bytes, first: int, last: int) -> Span:
        span: Span = find(anywhere, encoded, first, last)[0]
        return span

    return search_inside


def finder_of(expression: str) -> Callable[[str], list[Span]]:
    """Finds what `re.finditer` does; an expression without assertions that never matches the empty text."""
    options = re2.Options()
    options.never_capture = True
    options.max_mem = 32 << 20
    search = searcher_of(re2.compile(expression.encode(), options))
    search(b"", 0, 0)

    def find(text: str) -> list[Span]:
        found: list[Span] = []
        encoded = text.encode()
        size = len(encoded)
        is_plain = size == len(text)
        done = place = 0
        first, last = search(encoded, 0, size)
        while last > 0:
            if is_plain:
                found.append((first, last))
            else:
                start = place + len(encoded[done:first].decode())
                done, place = last, start + len(encoded[first:last].decode())
                found.append((start, place))
            first, last = search(encoded, last, size)
        return found

    return find


def teller_of(expression: str, memory: int = 32 << 20) -> Callable[[bytes], bool]:
    """Tells whether a text in UTF-8 has what an expression of RE2 matches, in at most so many bytes of memory."""
    options = re2.Options()
    options.never_capture = True
    options.max_mem = memory
    search = searcher_of(re2.compile(expression.encode(), options))

    def tell(encoded: bytes) -> bool:
        return search(encoded, 0, len(encoded))[1] >= 0

    tell(b"")
    return tell


def glance(needed: str) -> Callable[[str], bool]:
    """Tells whether a text may match: it has what is `needed`, an expression of RE2, or is short."""
    tell = teller_of(needed)

    def may_match(text: str) -> bool:
        return len(text) < LONG or tell(text.encode())

    return may_match
