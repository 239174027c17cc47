"""kill -9 while messages go out whose time has come: each of them is there once."""

import random
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from guiju.kernel.db import EntryQuery
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.groups import service as groups
from guiju.modules.messaging import _unsent_store
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.scheduling import _label
from guiju.modules.messaging.unsent_types import Scheduled
from guiju.modules.policy.types import PRESENT
from guiju.runtime import Runtime, open_runtime
from guiju.settings import read_settings
from tests.support.kills import make_place
from tests.support.server import Place

PEOPLE, EACH, KILLS = 20, 10, 4
# The jobs run a second after the start; some kills come before, most while a batch goes out.
SOONEST, LATEST = 0.3, 1.4


def members(runtime: Runtime) -> tuple[GroupId, list[PersonId]]:
    """The group of the place, and people who write there."""
    (group,) = {entry.group for entry in registered(runtime)}
    assert group is not None
    found = runtime.read(lambda tx: groups.members(tx, group))
    return group, [each.person for each in found if each.state in PRESENT][:PEOPLE]


def registered(runtime: Runtime) -> list[Recorded]:
    query = EntryQuery(kinds=("groups.registered",), limit=10)
    return list(runtime.read(lambda tx: tx.entries(query)))


def put_aside(place: Place) -> set[tuple[str, str]]:
    """Messages that are due at once; (person, cmid) of each."""
    runtime = open_runtime(read_settings(place.environment))
    try:
        group, people = members(runtime)
        now = runtime.clock.now()
        rows = []
        for person in people:
            for number in range(EACH):
                cmid, body = f"s{number}", Body(f"第{number}条")
                sealed = runtime.notes.seal(person, _label(cmid), msgspec.json.encode(body), now)
                rows.append(Scheduled(person, cmid, group, now - number, sealed))

        def save(tx: WriteTx) -> None:
            for row in rows:
                _unsent_store.save_scheduled(tx, row)

        runtime.write(save)
        return {(row.person, row.cmid) for row in rows}
    finally:
        runtime.close()


def left(place: Place) -> tuple[int, Counter[tuple[str, str]]]:
    """How many still wait, and how often each message stands in the ledger."""
    runtime = open_runtime(read_settings(place.environment))
    try:
        _, people = members(runtime)
        waiting = sum(
            len(runtime.read(lambda tx, who=who: _unsent_store.scheduled(tx, who)))  # type: ignore[misc]  # bound at once
            for who in people
        )
        query = EntryQuery(kinds=("messaging.sent",), limit=10_000)
        sent = runtime.read(lambda tx: tx.entries(query))
        return waiting, Counter(
            (str(each.actor), each.fact.cmid) for each in sent if each.fact.cmid.startswith("s")
        )
    finally:
        runtime.close()


@pytest.mark.timeout(180)
def test_each_is_sent_once_whatever_ends_the_server(
    tmp_path: Path, database_url: str | None
) -> None:
    place, _ = make_place(tmp_path, database_url)
    wanted, rng, caught = put_aside(place), random.Random(20261128), 0
    before = len(wanted)
    for _ in range(KILLS):
        with place.serving() as serving:
            time.sleep(rng.uniform(SOONEST, LATEST))
            serving.kill()
        waiting, _ = left(place)
        caught += 0 < waiting < before
        before = waiting
    assert caught >= 2, "the kills came while messages went out"
    deadline = time.monotonic() + 60
    with place.serving():
        while time.monotonic() < deadline:
            time.sleep(1)
            if left(place)[0] == 0:
                break
    waiting, sent = left(place)
    assert waiting == 0
    assert set(sent) == wanted and set(sent.values()) == {1}
