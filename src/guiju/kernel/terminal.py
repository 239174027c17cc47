"""What goes to a terminal or a log: names and texts of others are shown there, and never obeyed."""

import re
import sys

# C0 but tab and newline, DEL and C1, which terminals take for commands; what turns the direction of a line; lone surrogates,
# which cannot be written at all.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(value: str) -> str:
    r"""`value` with such characters as `\u001b`, which within the strings of JSON says the same."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found.group()):04x}", value)


def say(line: str) -> None:
    """Print a line to standard output."""
    sys.stdout.write(f"{visible(line)}\n")
