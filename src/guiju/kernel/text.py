"""Texts that people type: stripped, bounded, and free of what no database or JSON reader agrees on."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def check_text(value: str) -> str:
    """`value` itself; ValueError for lone surrogates, NUL and other control characters but newline and tab."""
    if not value.isascii() and _SURROGATE.search(value):
        raise ValueError("the text holds a lone surrogate")
    if _CONTROL.search(value):
        raise ValueError("the text holds a control character")
    return value


def check_line(value: str) -> str:
    """Like `check_text`, and without line breaks."""
    if "\n" in value or "\t" in value:
        raise ValueError("the text must be one line")
    return check_text(value)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(check_line),
]
"""One line of 1 to 200 code points."""

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
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(check_line)
]
"""What is looked for: one line, perhaps empty."""

Position = Annotated[int, Field(ge=0, lt=2**53)]
"""A place in the ledger as it comes from outside."""
