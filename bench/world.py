"""An organisation to measure: one group of people, signed in, with the pack's flood limit out of the way."""

import os
import random
import re
import sys
from typing import Final

import msgspec

from guiju.kernel.actor import Actor
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Verdict
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import UnitId
from guiju.modules.groups import applying, roster
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import ApplicationInput, GroupKind
from guiju.modules.identity import service as identity
from guiju.modules.policy import service as policy
from guiju.runtime import Runtime, load_pack, open_runtime
from guiju.settings import read_settings
from guiju.setup import SYSTEM, initialise, open_account

_FLOOD: Final = re.compile(r"\{messages: \d+, seconds: \d+\}")
_NO_FLOOD: Final = "{messages: 100000, seconds: 1}"
_SLICE: Final = 50
# An application states no more; the owner admits the others.
_STATED: Final = 40
# Letters that the load's own phrases do not contain, so that no made term hits a harmless text.
_LETTERS: Final = "鳄鳅鳇鳌鳍鳎鳏鳐鳓鳔鳕鳖鳗鳘鳙鳜鳝鳞鳟鳢"


class World(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to make. `online` members get a session; `offline` members of the group get none.

    `outside` people have a session and no group. `terms` are added to the pack's dictionaries;
    -1 takes the pack `plain-office` with empty dictionaries.
    """

    online: int
    offline: int = 0
    outside: int = 0
    terms: int = 0


class Made(msgspec.Struct):
    """The group, and the tokens of the sessions of its members and of the others."""

    group: str
    members: list[str]
    outside: list[str]


def made_terms(count: int) -> list[str]:
    """`count` different terms that no text of the load contains; the same on every call."""
    draw = random.Random(count)  # repeatable, not secret
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.choices(_LETTERS, k=draw.randint(3, 6)))] = None
    return list(found)


def pack(terms: int) -> tuple[str, dict[str, str]]:
    """The pack in force and its dictionaries."""
    if terms < 0:
        text, dictionaries = load_pack("plain-office")
        empty = {name: _emptied(body) for name, body in dictionaries.items()}
        return _FLOOD.sub(_NO_FLOOD, text), empty
    text, dictionaries = load_pack("party-run-plant")
    assert _FLOOD.search(text), "the pack limits floods"
    grown = dict(dictionaries)
    name = "ads"
    grown[name] = (
        grown[name].rstrip() + "".join(f"\n  - {term}" for term in made_terms(terms)) + "\n"
    )
    return _FLOOD.sub(_NO_FLOOD, text), grown


def _emptied(body: str) -> str:
    # A dictionary keeps one term, since none at all is refused.
    head, _, _ = body.partition("terms:\n")
    return f"{head}terms:\n  - {_LETTERS[:6]}\n"


def build(world: World) -> Made:
    """Make the organisation of this environment's settings."""
    settings = read_settings()
    initialise(settings)
    runtime = open_runtime(settings)
    people = _people(runtime, world)
    inside = world.online + world.offline
    group = _group(runtime, people[:inside], plain=world.terms < 0)
    signed = [*people[: world.online], *people[inside:]]
    tokens = [token for part in _slices(signed) for token in sign_in(runtime, part)]
    runtime.close()
    return Made(group, tokens[: world.online], tokens[world.online :])


def _slices(people: list[PersonId]) -> list[list[PersonId]]:
    return [people[start : start + _SLICE] for start in range(0, len(people), _SLICE)]


def _people(runtime: Runtime, world: World) -> list[PersonId]:
    text, dictionaries = pack(world.terms)

    def first(tx: WriteTx) -> UnitId:
        policy.adopt(tx, SYSTEM, text=text, dictionaries=dictionaries)
        directory.name_organisation(tx, SYSTEM, name="澄远装备")
        return directory.add_unit(tx, SYSTEM, name="总装车间").id

    unit = runtime.write(first)
    hashed = identity.hash_password("bench-only-2026")
    total = world.online + world.offline + world.outside

    def some(tx: WriteTx, numbers: range) -> list[PersonId]:
        made = []
        for number in numbers:
            person = directory.add_person(
                tx, SYSTEM, name=f"员工{number}", staff_no=f"B{number:05d}", unit=unit
            )
            open_account(tx, SYSTEM, person.id, password_hash=hashed, proof="bench")
            made.append(person.id)
        return made

    people: list[PersonId] = []
    for start in range(0, total, _SLICE):
        numbers = range(start, min(start + _SLICE, total))
        people += runtime.write(lambda tx, numbers=numbers: some(tx, numbers))  # type: ignore[misc]  # bound at once

    def offices(tx: WriteTx) -> None:
        directory.grant_role(tx, SYSTEM, people[0], "registrar")
        directory.set_unit_head(tx, SYSTEM, unit, people[1])

    runtime.write(offices)
    return people


def _group(runtime: Runtime, people: list[PersonId], *, plain: bool) -> str:
    owner, administrator = people[2], people[3]
    stated = ApplicationInput(
        "澄远测速工作群", "测速", "全体", "team" if plain else "workshop", "internal", GroupKind.INTERNAL, None, owner,
        (administrator,), tuple(one for one in people[:_STATED] if one not in (owner, administrator)), None, "",
    )  # fmt: skip
    application = runtime.write(lambda tx: applying.apply_for(tx, Actor(owner), stated=stated))
    for approver in (people[1],) if plain else (people[1], people[0]):
        runtime.write(
            lambda tx, who=Actor(approver): approvals.decide(  # type: ignore[misc]  # bound at once
                tx, who, application.request, verdict=Verdict.APPROVE, opinion=""
            )
        )
    page = runtime.read(
        lambda tx: groups.list_register(
            tx, SYSTEM, state=None, group_class=None, query="", after=0, limit=1
        )
    )
    group = page.items[0].id
    for part in _slices(people[_STATED:]):
        runtime.write(lambda tx, part=part: roster.admit(tx, Actor(owner), group, part))  # type: ignore[misc]  # bound at once
    return group


def sign_in(runtime: Runtime, people: list[PersonId]) -> list[str]:
    """A new session of each; their tokens."""

    def verb(tx: WriteTx) -> list[str]:
        tokens = []
        for person in people:
            account = identity.find_account_of(tx, person)
            assert account is not None, "add_person has requested it"
            token, hashed = identity.new_token()
            identity.create_session(tx, account.id, token_hash=hashed, device="bench")
            tokens.append(token)
        return tokens

    return runtime.write(verb)


def main() -> None:
    """Read the world from standard input, make it, print what was made."""
    os.umask(0o077)
    world = msgspec.json.decode(sys.stdin.buffer.read(), type=World)
    print(msgspec.json.encode(build(world)).decode())


if __name__ == "__main__":
    main()
