"""Random ids that sort by time: a prefix, 48 bits of milliseconds and 64 random bits, in base 32.

They are the pseudonyms that stand in the ledger, so nothing about a person or group shows in them.
"""

import os
from typing import NewType

PersonId = NewType("PersonId", str)
GroupId = NewType("GroupId", str)
BotId = NewType("BotId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str, now: int) -> str:
    """A new id such as `per_…`. `now` is in milliseconds and comes from the injected clock."""
    number = (now & (2**48 - 1)) << 64 | int.from_bytes(os.urandom(8), "big")
    digits = []
    for _ in range(23):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return f"{prefix}_{''.join(reversed(digits))}"


def is_bot(author: str) -> bool:
    """Whether the id of who wrote something is that of a bot; the prefix says so."""
    return author.startswith("bot_")
