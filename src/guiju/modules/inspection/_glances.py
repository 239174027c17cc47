"""Whether a long text can hold what a pattern of `re` looks for that is tried at every character.

RE2 answers in a tenth of the time, for something that every match has. A short text is read sooner than it is looked at.
"""

from collections.abc import Callable

import re2

# From so many characters on a look pays.
LONG = 600
# What `\s` means to `re`; to RE2 it is ASCII alone.
SPACE = r"[\s\pZ\x{b}\x{1c}-\x{1f}\x{85}]"


def glance(needed: str) -> Callable[[str], bool]:
    """Tells whether a text may match: it has what is `needed`, an expression of RE2, or is short."""
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = 32 << 20
    # Bytes of UTF-8 are what it reads; given them it has nothing to count.
    search = re2.compile(needed.encode(), options).search
    search(b"")

    def may_match(text: str) -> bool:
        return len(text) < LONG or search(text.encode()) is not None

    return may_match
