"""An organisation with a long history, kept between runs: to make three million messages takes minutes.

What is old is recorded by the product's own ledger and `apply`, thousands of messages in one commit, past the socket and the
inspection. It stands in 500 groups, of which one is real; the loads of a run add to it, and what has grown by a tenth is
made anew. Usage: python -m bench.history < plan.json, in the environment of the organisation.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import Final

import msgspec

from bench.load import text
from bench.world import Made, World, build, sign_in
from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.kernel.permit import Permit
from guiju.modules.groups import service as groups
from guiju.modules.messaging.placing import sender_place
from guiju.modules.messaging.types import MessageSent
from guiju.runtime import Runtime, open_runtime
from guiju.settings import read_settings

_ROOT: Final = Path(__file__).resolve().parent.parent
SMALL: Final = 1_000_000
LARGE: Final = 3_000_000
GROWN: Final = 1.1
STALE: Final = 3
"""What the program ends with when the organisation has grown too much."""
_GROUPS: Final = 500
_AT_ONCE: Final = 4_000
_SIGN_EVERY: Final = 100_000


class Wanted(msgspec.Struct):
    """How many entries the ledger shall have, and the people of the group when it is made."""

    entries: int
    members: int


def mark() -> str:
    """Of everything that what is kept depends on: another one is made when this changes."""
    files = [*sorted((_ROOT / "src").glob("guiju/**/migrations/**/*.py")), Path(__file__), _ROOT / "bench" / "world.py"]  # fmt: skip
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    return digest.hexdigest()[:12]


def grow(runtime: Runtime, group: GroupId, entries: int) -> None:
    """Record old messages until the ledger has so many entries, and sign them."""
    people = [member.person for member in runtime.read(lambda tx: groups.members(tx, group))]
    ruleset = runtime.inspector.ruleset
    places = [group, *(GroupId(f"grp_old{number:04d}") for number in range(1, _GROUPS))]

    def some(tx: WriteTx, first: int, count: int) -> None:
        permits: dict[PersonId, Permit] = {}
        pairs = []
        for number in range(first, first + count):
            person = people[number % len(people)]
            if person not in permits:
                permits[person] = sender_place(tx, Actor(person), group)[2]
            # Not in turn: the ledger of an organisation jumps from group to group.
            place = places[number * 7919 % len(places)]
            fact = MessageSent(place, (), ruleset, (), (), f"old{number}", text(number), None)
            pairs.append((permits[person], fact))
        tx.record_many(pairs)

    size = runtime.read(lambda tx: tx.position) + 1
    while size < entries:
        count = min(_AT_ONCE, entries - size)
        runtime.write(lambda tx, size=size, count=count: some(tx, size, count))  # type: ignore[misc]  # bound at once
        if size // _SIGN_EVERY != (size + count) // _SIGN_EVERY:
            runtime.signer.sign_now(runtime.lane)
        size += count
    runtime.signer.sign_now(runtime.lane)


def main() -> int:
    """Make the organisation of this environment's settings, or let it grow; print what was made."""
    os.umask(0o077)
    wanted = msgspec.json.decode(sys.stdin.buffer.read(), type=Wanted)
    settings = read_settings()
    kept = settings.data / "made.json"
    if kept.exists():
        group = msgspec.json.decode(kept.read_bytes(), type=Made).group
    else:
        group = build(World(wanted.members)).group
        kept.write_bytes(msgspec.json.encode(Made(group, [], [])))
    runtime = open_runtime(settings)
    try:
        if runtime.read(lambda tx: tx.position) > wanted.entries * GROWN:
            return STALE
        grow(runtime, GroupId(group), wanted.entries)
        members = runtime.read(lambda tx: groups.members(tx, GroupId(group)))
        tokens = sign_in(runtime, [member.person for member in members])
    finally:
        runtime.close()
    print(msgspec.json.encode(Made(group, tokens, [])).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
