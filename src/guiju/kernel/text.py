"""Texts that people type: stripped, bounded, and free of what no database or JSON reader agrees on."""

import re
import unicodedata
from typing import Annotated

from idna import valid_contextj
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What Unicode calls format characters (Cf) or default-ignorable, and the separators of lines and paragraphs: none of them
# has a picture of its own, and they reorder, hide or part what has one. Two names that differ in them look the same.
_INVISIBLE = re.compile(
    "[\u0080-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Joiners are refused like these, but where a script cannot be written without them (RFC 5892, appendix A: Persian, and the
# scripts of India), and between the pictures that keyboards join to one. There they can be seen.
JOINERS = "\u200c\u200d"
_PICTURE = "[\U0001f300-\U0001f3fa\U0001f400-\U0001faff\u2194\u2195\u2620\u2640\u2642\u2695\u2696\u26a7\u26d3\u26f9\u2708\u2764\u27a1\u2b1b]"
_PICTURES_JOINED = re.compile(f"(?<={_PICTURE})[\ufe0f\U0001f3fb-\U0001f3ff]?\u200d(?={_PICTURE})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def check_text(value: str) -> str:
    """`value` itself; ValueError for lone surrogates, NUL and other control characters but newline and tab."""
    if not value.isascii() and _SURROGATE.search(value):
        raise ValueError("the text holds a lone surrogate")
    if _CONTROL.search(value):
        raise ValueError("the text holds a control character")
    return value


def check_row(value: str) -> str:
    """Like `check_text`, and without line breaks."""
    if "\n" in value or "\t" in value:
        raise ValueError("the text must be one line")
    return check_text(value)


def check_line(value: str) -> str:
    """Like `check_row`, and without characters that nobody sees: for names, which must not only look different."""
    found = find_invisible(value)
    if found is not None:
        raise ValueError(f"the text holds an invisible character, {found}")
    return check_row(value)


def find_invisible(value: str) -> str | None:
    """The first character that nobody sees, as `U+200B`."""
    if value.isascii():
        return None
    for found in _INVISIBLE.finditer(value):
        at = found.start()
        if not _colours(value, at) and not _joins(value, at):
            return f"U+{ord(found.group()):04X}"
    return None


def _colours(value: str, at: int) -> bool:
    """Whether the character chooses the form of the symbol before it, as keyboards add to ❤ and ✈."""
    return value[at] in "\ufe0e\ufe0f" and at > 0 and unicodedata.category(value[at - 1]) == "So"


def _joins(value: str, at: int) -> bool:
    """Whether the character is a joiner where one makes a difference that is seen."""
    if value[at] not in JOINERS:
        return False
    if any(joined.end() == at + 1 for joined in _PICTURES_JOINED.finditer(value)):
        return True
    try:
        return valid_contextj(value, at)
    except ValueError:  # beside what Unicode has not named yet
        return False


def visible(value: str) -> str:
    """What people see of `value`: without invisible characters, which can turn `exe.gpj` into a picture."""
    return value if value.isascii() else _INVISIBLE.sub("", value).strip()


def without_joiners(value: str) -> str:
    """`value` as who looks for a name may type it: not every keyboard has joiners."""
    return value.replace(JOINERS[0], "").replace(JOINERS[1], "")


def name_key(value: str) -> str:
    """The same for names that look the same but for width, case, spaces and invisible characters."""
    folded = unicodedata.normalize("NFKC", visible(value)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(check_line),
]
"""One line of 1 to 200 code points, all of which can be seen."""

FileName = Annotated[
    str,
    BeforeValidator(lambda value: visible(value) if isinstance(value, str) else value),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(check_line),
]
"""Like `Line`, but what cannot be seen is left out: it may come from a name that somebody else gave the file."""

Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(check_text),
]
"""1 to 10,000 code points."""

OptionalProse = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=10_000), AfterValidator(check_text)
]
"""0 to 10,000 code points."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
"""An id as it comes from outside; whether it exists is another question."""

Search = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(check_row)
]
"""What is looked for: one line, perhaps empty."""

Position = Annotated[int, Field(ge=0, lt=2**53)]
"""A place in the ledger as it comes from outside."""
